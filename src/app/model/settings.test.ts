import { expect, test } from 'vitest';
import { sizesAround, tauStep } from './settings.ts';

test('offered sizes keep the patches whole', () => {
  expect(sizesAround(192, 384)).toContainEqual({ height: 96, width: 192 });
  expect(sizesAround(192, 384)).toContainEqual({ height: 192, width: 384 });
  // 224 × 448 may be of patches of 8, 14 or 16: only multiples of all three are safe.
  expect(sizesAround(224, 448).map(({ height }) => height)).toEqual([112, 224, 336, 448]);
  // 518 × 518 is of patches of 14.
  for (const { height } of sizesAround(518, 518)) expect(height % 14).toBe(0);
});

test('τ moves in round steps', () => {
  expect(tauStep([0.05, 0.8])).toBe(0.005);
  expect(tauStep([0, 4])).toBe(0.02);
});
