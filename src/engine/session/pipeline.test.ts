import { expect, test } from 'vitest';
import { patchMaps } from './pipeline.ts';

test('a per-frame map leaves out the class token, takes the head mean and sums to one', () => {
  // One frame, two heads, class token + 2 patches.
  const head = (a: number, b: number) => [9, 9, 9, 9, a, b, 9, b, a];
  const maps = Float32Array.from([...head(0.1, 0.3), ...head(0.5, 0.1)]);
  const out = patchMaps(maps, 1, 2, 2);
  expect([...out].map((p) => Number(p.toFixed(5)))).toEqual([0.6, 0.4, 0.4, 0.6]);
});
