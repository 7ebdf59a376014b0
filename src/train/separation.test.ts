import { describe, expect, test } from 'vitest';
import { PlainBackend } from '../engine/backend/plain/backend.ts';
import { calibrateTau, countClusters } from './separation.ts';

describe('calibrateTau', () => {
  test('finds the least τ at which the clusters have become few enough', async () => {
    const tau = await calibrateTau(async (at) => (at < 0.7 ? 9 : 3), 4);
    expect(tau).toBeGreaterThanOrEqual(0.7);
    expect(tau).toBeLessThan(0.71);
  });

  test('says when no τ does, or every one', async () => {
    expect(await calibrateTau(async (at) => (at < 0.0004 ? 9 : 3), 4)).toBeCloseTo(0.0004, 5);
    expect(await calibrateTau(async () => 500, 4)).toBeNull();
    expect(await calibrateTau(async () => 1, 4)).toBeNull();
  });
});

test('clusters of held rows are those of Algorithm 1', async () => {
  // Two kinds of rows, far apart.
  const kinds = [
    [0.4, 0.4, 0.1, 0.1],
    [0.1, 0.1, 0.4, 0.4],
  ];
  const rows = Float32Array.from([0, 0, 1, 1].flatMap((kind) => kinds[kind]!));
  const grid = { frames: 1, rows: 2, columns: 2 };
  const backend = new PlainBackend();
  expect(await countClusters(backend, rows, grid, 0.5)).toBe(2);
  expect(await countClusters(backend, rows, grid, 50)).toBe(1);
});
