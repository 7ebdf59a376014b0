import { expect, test } from 'vitest';
import { cropAround, largest } from './portrait.ts';

/** 60 × 40 pixels, of which a box belongs to cluster 1. */
function map(left: number, top: number, right: number, bottom: number) {
  const labels = new Uint16Array(60 * 40);
  for (let y = top; y <= bottom; y++) labels.fill(1, y * 60 + left, y * 60 + right + 1);
  return { width: 60, height: 40, labels };
}

test('a crop is a square around the object, with some room', () => {
  const { left, top, side } = cropAround(map(10, 5, 39, 24), [1, 0], 0)!;
  expect(side).toBeCloseTo(30 * 1.24);
  expect(left + side / 2).toBe(25);
  expect(top + side / 2).toBe(15);
});

test('a tiny object is not blown up, and one that is not there has no crop', () => {
  expect(cropAround(map(3, 3, 4, 4), [1, 0], 0)!.side).toBe(24);
  expect(cropAround(map(3, 3, 4, 4), [1, 0], 5)).toBeNull();
});

test('the frame that shows most of it is taken', () => {
  expect(largest([0, 0.2, 0.4, 0.4])).toBe(2);
});
