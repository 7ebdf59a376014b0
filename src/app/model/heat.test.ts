import { expect, test } from 'vitest';
import { nearness, stretched } from './heat.ts';

test('frames of a map share one scale', () => {
  expect(stretched(Float32Array.of(1, 2, 3, 5), 2).map((frame) => [...frame])).toEqual([
    [0, 0.25],
    [0.5, 1],
  ]);
  expect([...stretched(Float32Array.of(2, 2), 1)[0]!]).toEqual([0, 0]);
});

test('what joins at τ is the nearer half', () => {
  expect([...nearness(Float32Array.of(0, 0.5, 1.5), 0.5)]).toEqual([1, 0.5, 0.25]);
});
