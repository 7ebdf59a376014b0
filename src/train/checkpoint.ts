import { readSafetensors, toWeights, writeSafetensors } from '../engine/weights/safetensors.ts';
import type { CorrelatorArchitecture, Tensor, Weights } from '../engine/weights/types.ts';
import { type AdamWState, createAdamW } from './adamw.ts';
import { parameterShapes } from './block.ts';
import { failure } from './errors.ts';
import type { Recipe } from './recipe.ts';
import type { Separation } from './separation.ts';

/** One line of the loss curve. */
export interface LossPoint {
  iteration: number;
  /** Eq. 9 and its two weighted parts, means over the batch. */
  loss: number;
  semantic: number;
  motion: number;
  learningRate: number;
  /** What the iteration took. */
  seconds: number;
}

/** One look at the validation clips. */
export interface ValidationPoint extends Separation {
  iteration: number;
  /** τ that keeps the granularity of the untrained path; null: there is none. */
  tau: number | null;
  /** Clusters a validation clip at that τ. */
  clusters: number;
  /** Mean J where there are masks to measure it by. */
  j?: number;
}

/** Everything that the rest of a training depends on, and what has been seen of it. */
export interface TrainingState {
  model: string;
  architecture: CorrelatorArchitecture;
  recipe: Recipe;
  weights: Weights;
  optimiser: AdamWState;
  /** State of the random numbers. */
  random: number;
  /** Iterations done. */
  iteration: number;
  /** Clusters that the untrained path finds in a validation clip: what τ is calibrated to. */
  granularity: number;
  /** The least τ at which it does so. */
  anchor: number;
  losses: LossPoint[];
  validations: ValidationPoint[];
}

type Plain = Omit<TrainingState, 'weights' | 'optimiser'> & { steps: number };

const FIRST = 'adamw.first.';
const SECOND = 'adamw.second.';

/** The state as one safetensors file: weights and AdamW's moments as tensors, the rest as JSON in its metadata. */
export function writeCheckpoint({ weights, optimiser, ...rest }: TrainingState): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, Tensor>();
  for (const [name, { shape, data }] of weights) {
    tensors.set(name, { shape, data });
    tensors.set(FIRST + name, { shape, data: optimiser.first.get(name)! });
    tensors.set(SECOND + name, { shape, data: optimiser.second.get(name)! });
  }
  const plain: Plain = { ...rest, steps: optimiser.steps };
  return writeSafetensors(tensors, { format: 'pt', training: JSON.stringify(plain) });
}

/** Reads a checkpoint; going on from it gives, bit for bit, what going on without a stop would have given. Throws `train/checkpoint`. */
export function readCheckpoint(bytes: Uint8Array): TrainingState {
  const { metadata, tensors } = readSafetensors(bytes);
  if (!metadata.training) throw failure('train/checkpoint', { why: { code: 'no-state' } });
  const { steps, ...plain } = parsed(metadata.training);
  const all = toWeights(tensors);
  const weights = new Map<string, Tensor>();
  const optimiser: AdamWState = { steps, first: new Map(), second: new Map() };
  for (const [name, shape] of parameterShapes(plain.architecture)) {
    const [tensor, first, second] = ['', FIRST, SECOND].map((prefix) => all.get(prefix + name));
    if (!tensor || !first || !second)
      throw failure('train/checkpoint', { why: { code: 'lacks', params: { name } } });
    // Copies: training changes them in place, and the file's bytes are the caller's.
    weights.set(name, { shape, data: tensor.data.slice() });
    optimiser.first.set(name, first.data.slice());
    optimiser.second.set(name, second.data.slice());
  }
  return { ...plain, weights, optimiser };
}

function parsed(text: string): Plain {
  const why = { code: 'unreadable' } as const;
  let state: Partial<Plain> | null;
  try {
    state = JSON.parse(text);
  } catch (cause) {
    throw failure('train/checkpoint', { why }, { cause });
  }
  const { dim, heads, hidden } = state?.architecture ?? {};
  const known = [dim, heads, hidden].every((size) => Number.isSafeInteger(size) && size! > 0);
  if (!known || !state?.recipe || !Number.isSafeInteger(state.iteration))
    throw failure('train/checkpoint', { why });
  return state as Plain;
}

/** The state before the first iteration. */
export function initialState(
  start: Pick<TrainingState, 'model' | 'architecture' | 'recipe' | 'weights' | 'random'>,
): TrainingState {
  return {
    ...start,
    optimiser: createAdamW(start.weights),
    iteration: 0,
    granularity: 0,
    anchor: 0,
    losses: [],
    validations: [],
  };
}

/** The trained correlator for the engine: weights by timm's names, and in the metadata how to run and cluster with them. */
export function exportCorrelator(state: TrainingState): Uint8Array<ArrayBuffer> {
  const { architecture, recipe, iteration, validations, model } = state;
  const tau = validations.at(-1)?.tau;
  return writeSafetensors(state.weights, {
    format: 'pt',
    backbone: model,
    heads: String(architecture.heads),
    eps: String(architecture.epsilon),
    iterations: String(iteration),
    recipe: JSON.stringify(recipe),
    ...(tau ? { tau: String(tau) } : {}),
  });
}
