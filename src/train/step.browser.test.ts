import { expect, test } from 'vitest';
import { plantedSource } from '../../test/planted-clips.ts';
import { UNCHANGED } from './augment.ts';
import { RECIPES, type Recipe } from './recipe.ts';
import { startWeights } from './start.ts';
import { createStep, prepareDevice } from './step.ts';

const architecture = { dim: 12, heads: 3, hidden: 48, epsilon: 1e-5, temporalPositions: 0 };

test.each<[string, Partial<Recipe>]>([
  ['paper', {}],
  ['local correlation', { motionRepresentation: 'local' }],
])('the GPU gives the gradients of the CPU: %s', async (_, change) => {
  const recipe: Recipe = { ...RECIPES.paper, positives: 2, negatives: 8, ...change };
  const clip = await plantedSource(1).read({ clip: 0, indices: [0, 4, 8], augmentation: UNCHANGED });
  const weights = startWeights(clip.keys, architecture, 3, 0);
  const gradients = async (device: 'wasm' | 'webgpu') => {
    await prepareDevice(device);
    const step = createStep(architecture, recipe);
    const result = await step.gradients(weights, clip, 1);
    step.release();
    return result;
  };
  const [cpu, gpu] = [await gradients('wasm'), await gradients('webgpu')];
  expect(gpu.loss.total / cpu.loss.total).toBeCloseTo(1, 3);
  for (const [name, { data }] of cpu.gradients) {
    const other = gpu.gradients.get(name)!.data;
    const apart = Math.hypot(...data.map((value, at) => value - other[at]!));
    expect(apart, name).toBeLessThan(0.01 * Math.hypot(...data) + 1e-3);
  }
});
