import { expect, test } from 'vitest';
import { objectsOf } from './objects.ts';
import { trailsOf } from './trails.ts';

const cluster = (id: number) => ({ id, tokens: 1, share: 1, frames: 1, border: 0, background: false });
const objects = objectsOf([cluster(0), cluster(1)]);
const clip = { frameCount: 9, duration: 3 };
const grid = { frames: 2, rows: 1, columns: 4 };

test('a trail goes straight between processed frames, and is nowhere before and after', () => {
  const nodes = Int32Array.of(0, 5, 5, 5, 5, 5, 5, 0);
  const { length, paths } = trailsOf({ frames: Int32Array.of(2, 6), grid }, nodes, objects, clip);
  expect(length).toBe(6);
  const x = [...paths[0]!.points].filter((_, i) => i % 2 === 0);
  expect(x.map(Number.isNaN)).toEqual([true, true, false, false, false, false, false, true, true]);
  expect(x[4]).toBeCloseTo(0.5, 6);
  for (let frame = 3; frame <= 6; frame++) expect(x[frame]).toBeGreaterThan(x[frame - 1]!);
  expect(paths[0]!.points[9]).toBeCloseTo(0.5, 6);
});

test('an object that is nowhere, or whose frames are pending, has no trail', () => {
  const nodes = new Int32Array(8).fill(-1);
  const { paths } = trailsOf({ frames: Int32Array.of(2, 6), grid }, nodes, objects, clip);
  for (const { points } of paths) expect(points.every(Number.isNaN)).toBe(true);
});
