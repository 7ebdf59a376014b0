import { expect, test } from 'vitest';
import { PlainBackend } from '../engine/backend/plain/backend.ts';
import { bestCluster, coverage, validate } from './validation.ts';

test('one label has to suit all frames', () => {
  const truth = Float32Array.of(1, 1, 0, 0, 1, 1, 0, 0);
  expect(bestCluster(Int32Array.of(1, 1, 0, 0, 1, 1, 0, 0), 2, truth, 4)).toBe(1);
  expect(bestCluster(Int32Array.of(1, 1, 0, 0, 2, 2, 0, 0), 3, truth, 4)).toBe(0.5);
  expect(bestCluster(Int32Array.of(0, 0, 0, 0, 0, 0, 0, 0), 1, truth, 4)).toBe(0.5);
});

test('a cell is covered by the share of its pixels', () => {
  const labels = [
    [1, 1, 0, 0],
    [1, 0, 0, 0],
  ].flat();
  expect([...coverage({ width: 4, height: 2, labels }, 1, 2)]).toEqual([0.75, 0]);
  expect([...coverage({ width: 4, height: 2, labels }, 2, 2)]).toEqual([1, 0, 0.5, 0]);
});

test('keys that lie apart are scored as the masks that they are', async () => {
  const grid = { frames: 2, rows: 2, columns: 3 };
  const truth = Float32Array.of(1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0);
  const keys = Float32Array.from([...truth].flatMap((share) => (share ? [3, 0] : [0, 3])));
  const same = async (all: Float32Array) => ({ q: all, k: all });
  expect(await validate([{ grid, keys, truth }], same, 1, new PlainBackend(), 0.5)).toBe(1);
});
