import { expect, test } from 'vitest';
import { RECIPES } from '../../train/recipe.ts';
import { chosenRecipe, comparedFrames, pace, smoothed, type TimedPoint } from './adapt.ts';

const choice = { recipe: 'paper', iterations: 40, size: 'small', stride: 1 } as const;

test('the chosen size stays on the patch grid, and no stride falls below one frame', () => {
  const recipe = chosenRecipe({ ...RECIPES.paper, height: 112, width: 224 }, choice, 16);
  expect(recipe).toMatchObject({ height: 96, width: 112, iterations: 40, stride: 1, strideJitter: 0 });
  const usual = chosenRecipe(RECIPES.paper, { ...choice, size: 'usual', stride: 4 }, 8);
  expect(usual).toEqual({ ...RECIPES.paper, iterations: 40 });
});

test('the pace is that of the latest iterations', () => {
  const point = { loss: 1, semantic: 1, motion: 0, learningRate: 1, seconds: 1 };
  const points: TimedPoint[] = Array.from({ length: 60 }, (_, i) => ({
    ...point,
    iteration: i + 1,
    at: i < 30 ? 10 * i : 300 + 2 * (i - 30),
  }));
  expect(pace(points.slice(0, 1))).toBeNull();
  expect(pace(points.slice(0, 5))).toBe(10);
  expect(pace(points)).toBe(2);
});

test('smoothing keeps the length and the level', () => {
  const losses = Array.from({ length: 64 }, (_, i) => 1 + (i % 2 ? 0.5 : -0.5));
  const smooth = smoothed(losses);
  expect(smooth).toHaveLength(64);
  expect(Math.max(...smooth.map((loss) => Math.abs(loss - 1)))).toBeLessThan(0.11);
});

test('frames to compare hold the current one once, in order', () => {
  const processed = Int32Array.from([0, 10, 20, 30]);
  expect(comparedFrames(processed, 13)).toEqual([0, 10, 13, 20, 30]);
  expect(comparedFrames(processed, 20)).toEqual([0, 10, 20, 30]);
  expect(comparedFrames(Int32Array.from([4]), 4)).toEqual([4]);
});
