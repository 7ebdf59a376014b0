import { numpy } from '@jax-js/jax';
import { beforeAll, describe, expect, test } from 'vitest';
import { plantedSource } from '../../test/planted-clips.ts';
import { PlainBackend } from '../engine/backend/plain/backend.ts';
import { UNCHANGED } from './augment.ts';
import { exportCorrelator, readCheckpoint, type TrainingState, writeCheckpoint } from './checkpoint.ts';
import { type TrainingPlan, train } from './loop.ts';
import { RECIPES, type Recipe } from './recipe.ts';
import { createStep, prepareDevice } from './step.ts';

/** jax-js keeps its live buffers in a Map of its own: what it is given when a buffer is made shows which. */
async function liveBuffers(): Promise<ReadonlyMap<unknown, unknown>> {
  await prepareDevice('wasm');
  const { set } = Map.prototype;
  let found: Map<unknown, unknown> | undefined;
  Map.prototype.set = function (key, value) {
    if (isBuffer(value)) found = this;
    return set.call(this, key, value);
  };
  try {
    numpy
      .array(Float32Array.of(1, 2, 3, 4))
      .add(1)
      .dataSync();
  } finally {
    Map.prototype.set = set;
  }
  return found!;
}

function isBuffer(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'ptr' in value && 'size' in value;
}

const recipe: Recipe = {
  ...RECIPES.paper,
  positives: 2,
  negatives: 8,
  heads: 3,
  learningRate: 3e-3,
  iterations: 24,
  batch: 1,
};

function plan(change: Partial<Recipe> = {}, more: Partial<TrainingPlan> = {}): TrainingPlan {
  return {
    model: 'planted',
    source: plantedSource(9),
    backend: new PlainBackend(),
    recipe: { ...recipe, ...change },
    tau: 0.5,
    validateEvery: 12,
    ...more,
  };
}

function flat(state: TrainingState): number[] {
  return [...state.weights.values()].flatMap(({ data }) => [...data]);
}

beforeAll(() => prepareDevice('wasm'));

describe('training on planted scenes', () => {
  test('lowers the loss and parts positives from negatives', async () => {
    const state = await train(plan());
    expect(state.iteration).toBe(24);
    expect(state.losses).toHaveLength(24);
    const [before, , after] = state.validations;
    expect(after!.separation).toBeGreaterThan(before!.separation);
    const mean = (from: number, to: number) =>
      state.losses.slice(from, to).reduce((sum, { loss }) => sum + loss, 0) / (to - from);
    expect(mean(20, 24)).toBeLessThan(mean(0, 4));
  });

  test('the same seed gives the same weights, another seed others', async () => {
    const [once, again, other] = [
      await train(plan({ iterations: 3 })),
      await train(plan({ iterations: 3 })),
      await train(plan({ iterations: 3, seed: 1 })),
    ];
    expect(flat(once)).toEqual(flat(again));
    expect(flat(once)).not.toEqual(flat(other));
  });

  test('accumulated gradients make the same update as their mean', async () => {
    const state = await train(plan({ iterations: 2, batch: 3 }));
    expect(state.optimiser.steps).toBe(2);
  });

  test('a resumed training ends as an unbroken one does', async () => {
    const whole = await train(plan());
    let file: Uint8Array<ArrayBuffer> | undefined;
    const stop = new AbortController();
    const cut = train(
      plan(
        {},
        {
          signal: stop.signal,
          onValidation: (point, state) => {
            if (point.iteration !== 12) return;
            file = writeCheckpoint(state);
            stop.abort();
          },
        },
      ),
    );
    await expect(cut).rejects.toThrow();
    const rest = await train(plan({}, { resume: readCheckpoint(file!) }));
    expect(flat(rest)).toEqual(flat(whole));
    expect(rest.validations.map(({ tau }) => tau)).toEqual(whole.validations.map(({ tau }) => tau));
    expect(exportCorrelator(rest)).toEqual(exportCorrelator(whole));
  });

  test('a checkpoint of another recipe or model is refused', async () => {
    const state = await train(plan({ iterations: 1 }));
    await expect(train(plan({ iterations: 2 }, { resume: state }))).rejects.toMatchObject({
      code: 'train/checkpoint',
    });
    await expect(train(plan({ iterations: 1 }, { resume: state, model: 'other' }))).rejects.toMatchObject({
      code: 'train/checkpoint',
    });
  });

  test('a loss that is no number ends the training', async () => {
    const source = plantedSource(9);
    const broken = {
      ...source,
      read: async (...args: Parameters<typeof source.read>) => {
        const clip = await source.read(...args);
        if (args[0].augmentation.brightness !== 1) clip.keys.fill(Number.NaN);
        return clip;
      },
    };
    const state = await train(plan({ iterations: 1 }));
    await expect(train(plan({}, { source: broken, resume: { ...state, recipe } }))).rejects.toMatchObject({
      code: 'train/diverged',
    });
  });

  test('clips that are too short are reported', async () => {
    const source = { ...plantedSource(1), clips: [{ name: 'short', frames: 2 }] };
    await expect(train(plan({}, { source }))).rejects.toMatchObject({ code: 'train/no-clip' });
  });
});

test.each<[string, Partial<Recipe>]>([
  ['paper', {}],
  ['released', { ...RECIPES.released, queries: 4, positives: 2, negatives: 8 }],
  ['local correlation', { motionRepresentation: 'local' }],
])('no buffer outlives a step: %s', async (_, change) => {
  const chosen = { ...recipe, ...change };
  const source = plantedSource(1);
  const state = await train(plan({ iterations: 1 }));
  const architecture = { ...state.architecture, temporalPositions: 0 };
  const weights = new Map([...state.weights].filter(([name]) => name !== 'temporal_embed'));
  const clip = await source.read({
    clip: 0,
    indices: [0, 4, 8],
    augmentation: UNCHANGED,
  });
  const buffers = await liveBuffers();
  const step = createStep(architecture, chosen);
  for (let i = 0; i < 2; i++) await step.gradients(weights, clip, i);
  await step.observe(weights, clip);
  const live = buffers.size;
  const steps = 25;
  for (let i = 0; i < steps; i++) await step.gradients(weights, clip, i);
  await step.observe(weights, clip);
  expect(buffers.size).toBe(live);
  step.release();
});

test('a thousand steps leave as many buffers as one', async () => {
  const source = plantedSource(1, { rows: 2, columns: 3, dim: 6 });
  const tiny = { positives: 1, negatives: 2, temporalPositions: false };
  const state = await train(plan({ ...tiny, iterations: 1 }, { source }));
  const clip = await source.read({ clip: 0, indices: [0, 4, 8], augmentation: UNCHANGED });
  const buffers = await liveBuffers();
  const step = createStep(state.architecture, state.recipe);
  await step.gradients(state.weights, clip, 0);
  const live = buffers.size;
  for (let i = 0; i < 1000; i++) await step.gradients(state.weights, clip, i);
  expect(buffers.size).toBe(live);
  step.release();
}, 120_000);
