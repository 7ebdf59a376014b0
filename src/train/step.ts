import { defaultDevice, init, jit, numpy as np, random, tree, vjp } from '@jax-js/jax';
import type { CorrelatorArchitecture, Tensor, Weights } from '../engine/model/types.ts';
import type { Device } from '../engine/settings/run.ts';
import { failure } from '../lib/errors.ts';
import { block, type Parameters } from './block.ts';
import { type Loss, type MapShape, type Maps, objective } from './losses.ts';
import { distanceMaps, type MapArrays } from './maps.ts';
import { createRandom, sample } from './random.ts';
import type { Objective, Recipe } from './recipe.ts';

/** One training clip: the backbone's keys of its frames, [frames·rows·columns, dim], frame-major. */
export interface TrainingClip {
  frames: number;
  rows: number;
  columns: number;
  keys: Float32Array;
}

/** The block and its losses, compiled for one architecture and recipe. Nothing on the device outlives a call. */
export interface Step {
  /** Loss of one training clip and its gradient to every weight. `seed` decides the queries and what is dropped. */
  gradients(weights: Weights, clip: TrainingClip, seed: number): Promise<{ loss: Loss; gradients: Weights }>;
  /** Forwards only, nothing dropped, every token a query, M the symmetric KL whatever the objective. */
  observe(weights: Weights, clip: TrainingClip): Promise<{ maps: Maps; shape: MapShape }>;
  release(): void;
}

/** Makes `device` the one that jax-js computes on, for this whole worker. Throws `train/no-device`. */
export async function prepareDevice(device: Device): Promise<void> {
  const ready = await init(device);
  if (!ready.includes(device)) throw failure('train/no-device', { device });
  defaultDevice(device);
}

/** What a forward pass takes besides the weights. `selection`: a one-hot row a query; absent: every token. */
type Inputs = { tokens: np.Array; selection?: np.Array; key?: np.Array };

/** Needs `prepareDevice`. */
export function createStep(architecture: CorrelatorArchitecture, recipe: Recipe): Step {
  const drops = recipe.attentionDropout > 0 || recipe.dropout > 0;

  const build = ({ frames, rows, columns }: TrainingClip, distance: Objective) =>
    jit((parameters: Parameters, { tokens, selection, key }: Inputs): MapArrays => {
      const dropout = key && { attention: recipe.attentionDropout, output: recipe.dropout, key };
      const output = block(parameters, tokens, frames, architecture, dropout);
      return distanceMaps(output, selection ?? null, {
        ...recipe,
        objective: distance,
        frames,
        rows,
        columns,
      });
    });
  const built = new Map<string, ReturnType<typeof build>>();
  const forwardFor = (clip: TrainingClip, distance: Objective) => {
    const name = [distance, clip.frames, clip.rows, clip.columns].join();
    const forward = built.get(name) ?? build(clip, distance);
    built.set(name, forward);
    return forward;
  };

  return {
    async gradients(weights, clip, seed) {
      const forward = forwardFor(clip, recipe.objective);
      const shape = drawQueries(clip, recipe, seed);
      const inputs: Inputs = { tokens: tokensOf(clip, architecture.dim) };
      if (recipe.queries !== null) inputs.selection = oneHot(shape);
      if (drops) inputs.key = random.key(seed);
      const [arrays, backward] = vjp((p: Parameters) => forward(p, inputs), [upload(weights)]);
      try {
        const loss = objective(await download(arrays), shape, recipe);
        const size = [shape.queries.length, clip.frames * shape.tokens];
        const [found] = backward({
          attention: np.zeros(size),
          semantic: np.array(loss.slopes.semantic, { shape: size }),
          motion: np.array(loss.slopes.motion, { shape: size }),
          entropy: np.array(loss.slopes.entropy),
        });
        return { loss, gradients: await tensors(found, weights) };
      } finally {
        backward.dispose();
      }
    },

    async observe(weights, clip) {
      const shape = everyQuery(clip);
      const arrays = forwardFor(clip, 'paper')(upload(weights), { tokens: tokensOf(clip, architecture.dim) });
      return { maps: await download(arrays), shape };
    },

    release() {
      for (const forward of built.values()) forward.dispose();
      built.clear();
    },
  };
}

function everyQuery({ frames, rows, columns }: TrainingClip): MapShape {
  const queries = Array.from({ length: frames * rows * columns }, (_, i) => i);
  return { frames, tokens: rows * columns, queries };
}

/** Every token, or the same random places of every frame. */
function drawQueries(clip: TrainingClip, recipe: Recipe, seed: number): MapShape {
  const all = everyQuery(clip);
  if (recipe.queries === null) return all;
  const places = sample(createRandom(seed), recipe.queries, all.tokens);
  const queries = Array.from({ length: clip.frames }, (_, frame) =>
    places.map((place) => frame * all.tokens + place),
  );
  return { ...all, queries: queries.flat() };
}

function oneHot({ frames, tokens, queries }: MapShape): np.Array {
  const rows = new Float32Array(queries.length * frames * tokens);
  queries.forEach((query, row) => {
    rows[row * frames * tokens + query] = 1;
  });
  return np.array(rows, { shape: [queries.length, frames * tokens] });
}

function tokensOf(clip: TrainingClip, dim: number): np.Array {
  return np.array(clip.keys, { shape: [clip.frames * clip.rows * clip.columns, dim] });
}

function upload(weights: Weights): Parameters {
  const entries = [...weights].map(([name, { data, shape }]) => [
    name,
    np.array(data, { shape: [...shape] }),
  ]);
  return Object.fromEntries(entries) as Parameters;
}

/** Reads the arrays and frees them. */
async function download(arrays: MapArrays): Promise<Maps> {
  try {
    const { attention, semantic, motion, entropy } = arrays;
    return {
      attention: await values(attention.ref),
      semantic: await values(semantic.ref),
      motion: await values(motion.ref),
      entropy: await values(entropy.ref),
    };
  } finally {
    tree.dispose(arrays);
  }
}

async function tensors(arrays: Parameters, like: Weights): Promise<Weights> {
  const read = new Map<string, Tensor>();
  for (const [name, { shape }] of like) read.set(name, { shape, data: await values(arrays[name]!) });
  return read;
}

async function values(array: np.Array): Promise<Float32Array> {
  return (await array.data()) as Float32Array;
}
