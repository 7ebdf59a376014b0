import type { CorrelatorArchitecture } from '../../src/engine/weights/types.ts';
import { createRandom } from '../../src/lib/random.ts';
import { RECIPES, type Recipe } from '../../src/train/recipe.ts';
import { startWeights } from '../../src/train/start.ts';
import { createStep, prepareDevice, type TrainingClip } from '../../src/train/step.ts';

const ROUNDS = 5;

/** Seconds of one training step (forward, losses, backward) on made-up keys of 3 × 12 × 24 tokens; Markdown. */
export async function benchTraining(): Promise<string> {
  await prepareDevice('wasm');
  const rows: string[] = [];
  for (const dim of [192, 384]) {
    for (const objective of ['paper', 'released'] as const) {
      const { best, worst } = await time(dim, RECIPES[objective]);
      rows.push(`| ${dim} | ${objective} | ${best.toFixed(2)} | ${worst.toFixed(2)} |`);
    }
  }
  return ['| channels | recipe | best s | worst s |', '| ---: | --- | ---: | ---: |', ...rows].join('\n');
}

async function time(dim: number, recipe: Recipe): Promise<{ best: number; worst: number }> {
  const random = createRandom(dim);
  const clip: TrainingClip = {
    frames: 3,
    rows: 12,
    columns: 24,
    keys: Float32Array.from({ length: 3 * 288 * dim }, () => random.normal()),
  };
  const architecture: CorrelatorArchitecture = {
    dim,
    heads: 8,
    hidden: 4 * dim,
    epsilon: 1e-5,
    temporalPositions: recipe.temporalPositions ? 3 : 0,
  };
  const weights = startWeights(clip.keys, architecture, dim / 64, 0);
  const step = createStep(architecture, recipe);
  const times: number[] = [];
  // The first round compiles.
  for (let round = 0; round <= ROUNDS; round++) {
    const start = performance.now();
    await step.gradients(weights, clip, round);
    if (round > 0) times.push((performance.now() - start) / 1000);
  }
  step.release();
  return { best: Math.min(...times), worst: Math.max(...times) };
}
