import { beforeAll, describe, expect, test } from 'vitest';
import { cosineDistance, entropy, plainLoss, symmetricKl } from '../../test/plain-losses.ts';
import type { CorrelatorArchitecture, Tensor, Weights } from '../engine/model/types.ts';
import { parameterShapes } from './block.ts';
import { type MapShape, type Maps, objective } from './losses.ts';
import { createRandom } from './random.ts';
import { RECIPES, type Recipe } from './recipe.ts';
import { createStep, prepareDevice, type TrainingClip } from './step.ts';

const architecture: CorrelatorArchitecture = {
  dim: 12,
  heads: 3,
  hidden: 48,
  epsilon: 1e-5,
  temporalPositions: 3,
};
const NO_DROPOUT = { attentionDropout: 0, dropout: 0 };
const small: Recipe = { ...RECIPES.paper, positives: 3, negatives: 5 };

function randomWeights(seed: number, arch = architecture): Weights {
  const random = createRandom(seed);
  const weights = new Map<string, Tensor>();
  for (const [name, shape] of parameterShapes(arch)) {
    const centre = name.startsWith('norm') && name.endsWith('weight') ? 1 : 0;
    const length = shape.reduce((a, b) => a * b, 1);
    weights.set(name, { shape, data: Float32Array.from({ length }, () => centre + 0.3 * random.normal()) });
  }
  return weights;
}

function randomClip(seed: number): TrainingClip {
  const random = createRandom(seed);
  const [frames, rows, columns] = [3, 4, 5];
  const keys = Float32Array.from({ length: frames * rows * columns * architecture.dim }, () =>
    random.normal(),
  );
  return { frames, rows, columns, keys };
}

beforeAll(() => prepareDevice('wasm'));

test('maps are Eqs. 1, 2 and 7 row by row', async () => {
  const step = createStep(architecture, small);
  const { maps, shape } = await step.observe(randomWeights(1), randomClip(2));
  const width = shape.frames * shape.tokens;
  const row = (i: number) => maps.attention.subarray(i * width, (i + 1) * width);
  for (const [i, j] of [
    [0, 0],
    [3, 41],
    [59, 20],
  ] as const) {
    expect(row(i).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(maps.motion[i * width + j]).toBeCloseTo(symmetricKl(row(i), row(j)), 4);
    expect(maps.entropy[i]).toBeCloseTo(entropy(row(i)), 4);
  }
  step.release();
});

test('the semantic distance is the cosine distance of the block’s output', async () => {
  // With the projection and the MLP's second layer at zero the block hands its input on.
  const weights = new Map(randomWeights(3));
  for (const name of [
    'attn.proj.weight',
    'attn.proj.bias',
    'mlp.fc2.weight',
    'mlp.fc2.bias',
    'temporal_embed',
  ]) {
    const { shape, data } = weights.get(name)!;
    weights.set(name, { shape, data: new Float32Array(data.length) });
  }
  const clip = randomClip(4);
  const step = createStep(architecture, small);
  const { maps } = await step.observe(weights, clip);
  const token = (i: number) => clip.keys.subarray(i * architecture.dim, (i + 1) * architecture.dim);
  expect(maps.semantic[7 * 60 + 33]).toBeCloseTo(cosineDistance(token(7), token(33)), 5);
  step.release();
});

/**
 * Holds a step's gradients against central differences along each gradient. The loss jumps where the sets of Eq. 4
 * change, and the gradient is that of fixed sets: `fixed` puts the maps of the start in their place.
 */
async function expectGradients(
  arch: CorrelatorArchitecture,
  recipe: Recipe,
  fixed: (moved: Maps, start: Maps) => Maps,
  loss: (maps: Maps, shape: MapShape) => number,
): Promise<void> {
  const step = createStep(arch, recipe);
  const weights = randomWeights(5, arch);
  const clip = randomClip(6);
  const { gradients } = await step.gradients(weights, clip, 9);
  const start = (await step.observe(weights, clip)).maps;
  for (const [name, { shape, data }] of weights) {
    const found = gradients.get(name)!.data;
    const norm = Math.hypot(...found);
    const size = 1e-2;
    const moved = async (sign: number) => {
      const along = data.map((value, at) => value + ((sign * size) / (norm || 1)) * found[at]!);
      const there = await step.observe(new Map(weights).set(name, { shape, data: along }), clip);
      return loss(fixed(there.maps, start), there.shape);
    };
    const slope = ((await moved(1)) - (await moved(-1))) / (2 * size);
    expect(Math.abs(slope - norm), name).toBeLessThan(0.02 * norm + 1e-4);
  }
  step.release();
}

describe.each<[string, Partial<Recipe>]>([
  ['paper', {}],
  ['L_s only', { motion: false }],
  ['L_m only', { semantic: false }],
  ['without w', { weighted: false }],
  ['global correlation', { motionRepresentation: 'global' }],
  ['local correlation', { motionRepresentation: 'local' }],
])('gradients: %s', (_, change) => {
  test('are those of finite differences of the plain twin', async () => {
    const recipe = { ...small, ...change };
    await expectGradients(
      architecture,
      recipe,
      (moved, { attention }) => ({ ...moved, attention }),
      (maps, shape) => plainLoss(maps, shape, recipe),
    );
  });
});

test('gradients: released, the query’s row and weight being constants', async () => {
  const recipe: Recipe = { ...RECIPES.released, ...NO_DROPOUT, queries: 20, positives: 3, negatives: 5 };
  const width = 60;
  await expectGradients(
    { ...architecture, temporalPositions: 0 },
    recipe,
    (moved, start) => ({
      ...moved,
      attention: start.attention,
      entropy: start.entropy,
      motion: moved.motion.map((_, at) => {
        const [i, j] = [Math.floor(at / width), at % width];
        let sum = 0;
        for (let k = 0; k < width; k++) {
          sum -= start.attention[i * width + k]! * Math.log(moved.attention[j * width + k]!);
        }
        return sum;
      }),
    }),
    (maps, shape) => objective(maps, shape, recipe).total,
  );
});

test('every place of every frame as a sampled query is every token as a query', async () => {
  const weights = randomWeights(5);
  const clip = randomClip(6);
  const [all, sampled] = await Promise.all(
    [null, 20].map(async (queries) => {
      const step = createStep(architecture, { ...small, queries });
      const result = await step.gradients(weights, clip, 3);
      step.release();
      return result;
    }),
  );
  expect(sampled!.loss.total).toBeCloseTo(all!.loss.total, 3);
  for (const [name, { data }] of all!.gradients) {
    const other = sampled!.gradients.get(name)!.data;
    expect(Math.hypot(...data.map((value, at) => value - other[at]!)), name).toBeLessThan(
      1e-3 * (1 + Math.hypot(...data)),
    );
  }
});

test('dropout follows the seed', async () => {
  const step = createStep(architecture, { ...small, attentionDropout: 0.4, dropout: 0.1 });
  const weights = randomWeights(7);
  const losses: number[] = [];
  for (const seed of [1, 1, 2]) losses.push((await step.gradients(weights, randomClip(8), seed)).loss.total);
  expect(losses[0]).toBe(losses[1]);
  expect(losses[0]).not.toBe(losses[2]);
  step.release();
});
