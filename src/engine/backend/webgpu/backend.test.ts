import { afterAll, describe, expect, test } from 'vitest';
import { testBackend } from '../../../../test/backend-cases.ts';
import { inputFrom } from '../../../../test/cluster-goldens.ts';
import { dawnDevice } from '../../../../test/dawn.ts';
import { PlainBackend } from '../plain/backend.ts';
import type { Backend, RowMetric } from '../types.ts';
import { createWebgpuBackend } from './backend.ts';
import type { Tuning } from './runtime/kernel.ts';

const device = await dawnDevice();
afterAll(() => device.destroy());

testBackend('webgpu', async () => createWebgpuBackend(device));

/** Pages of a few rows, so that everything crosses pages; and the tiles that real GPUs get. */
const TUNINGS: Record<string, Partial<Tuning>> = {
  'tiny pages': { pageBytes: 2 ** 15 },
  'large tiles': { threads: 8, register: 8 },
};

describe.each(Object.entries(TUNINGS))('against the plain twin, %s', (_, tuning) => {
  const backend = createWebgpuBackend(device, tuning);
  const plain = new PlainBackend();
  afterAll(async () => {
    expect(backend.memory.held).toBe(0);
    await backend.release();
  });

  test.each([
    { frames: 1, rows: 1, columns: 1, heads: 1, channels: 1 },
    { frames: 2, rows: 1, columns: 1, heads: 7, channels: 3 },
    { frames: 3, rows: 5, columns: 7, heads: 7, channels: 17 },
    { frames: 2, rows: 9, columns: 8, heads: 1, channels: 64 },
  ])('rows of A′v: %o', async ({ heads, channels, ...grid }) => {
    const tokens = grid.frames * grid.rows * grid.columns;
    const [q, k] = [1, 2].map((seed) => noise(tokens * heads * channels, seed));
    const temperature = Array.from({ length: heads }, (_, head) => 1 + head);
    const input = inputFrom(q!, k!, grid, heads, [grid.frames - 1], temperature);
    const read = async (by: Backend) => {
      const attention = await by.attend(input);
      const rows = await attention.rows(tokens - 1 - Math.floor(tokens / 2), 1 + Math.floor(tokens / 2));
      const values = await by.read(rows);
      rows.release();
      attention.release();
      return values;
    };
    expectClose(await read(backend), await read(plain), 1e-6);
  });

  test.each([
    [1, 1, 'kl'],
    [7, 3, 'kl'],
    [67, 131, 'kl'],
    [70, 1100, 'kl'],
    [35, 18, 'cosine'],
  ] as [number, number, RowMetric][])('%i rows of width %i, %s', async (count, width, metric) => {
    const values = metric === 'kl' ? distributions(count, width) : noise(count * width, 5);
    const found = await everything(backend, values, width, metric);
    const expected = await everything(plain, values, width, metric);
    expectClose(found.d, expected.d, 2e-5);
    expect(found.labels).toEqual(expected.labels);
    expectClose(found.distances!, expected.distances!, 2e-5);
    expect(found.swept).toEqual(expected.swept);
    expectClose(found.centroids, expected.centroids, 1e-6);
    expectClose(found.smooth, expected.smooth, 1e-6);
    expect(found.counts).toEqual(expected.counts);
    expectClose(found.means, expected.means, 1e-6);
  });
});

/** Every method's result on the same rows. */
async function everything(backend: Backend, values: Float32Array, width: number, metric: RowMetric) {
  const rows = await backend.load(values, width, metric);
  const d = await backend.distances(rows, rows);
  const tau = threshold(d);
  const chosen = Array.from({ length: rows.count }, (_, i) => rows.count - 1 - i).filter((i) => i % 3 < 2);
  const picked = await backend.gather(rows, chosen);
  const both = await backend.concat([rows, picked]);
  const nearest = await backend.nearest(both, picked, true);
  const sweep = backend.sweep(width, { tau, inclusive: false });
  const swept = [...(await sweep.add(both)), ...(await sweep.add(rows))];
  const centroids = await sweep.centroids();
  const smooth = await backend.smooth(both, tau);
  const accumulator = backend.accumulator(width, 3);
  await accumulator.add(
    both,
    Int32Array.from({ length: both.count }, (_, i) => (i * i) % 3),
  );
  const means = await accumulator.means();
  const result = {
    d,
    ...nearest,
    swept,
    centroids: await backend.read(centroids),
    smooth: await backend.read(smooth),
    counts: means.counts,
    means: await backend.read(means.rows),
  };
  for (const held of [rows, picked, both, sweep, centroids, smooth, accumulator, means.rows]) held.release();
  return result;
}

/** A τ that some distances are below and none is near: the middle of the widest gap around their median. */
function threshold(d: Float32Array): number {
  const sorted = d.toSorted();
  const middle = sorted.subarray(Math.floor(sorted.length * 0.3), Math.ceil(sorted.length * 0.7));
  let [gap, tau] = [0, 1];
  for (let i = 1; i < middle.length; i++)
    if (middle[i]! - middle[i - 1]! > gap)
      [gap, tau] = [middle[i]! - middle[i - 1]!, (middle[i]! + middle[i - 1]!) / 2];
  return tau;
}

function expectClose(found: Float32Array, expected: Float32Array, bound: number): void {
  expect(found).toHaveLength(expected.length);
  const off = found.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i]!)), 0);
  expect(off).toBeLessThan(bound);
}

/** Distributions with a peak each, some of it at the same place. */
function distributions(count: number, width: number): Float32Array {
  const values = noise(count * width, 9).map((x) => 0.1 + (x + 1) ** 2);
  for (let i = 0; i < count; i++) {
    const row = values.subarray(i * width, (i + 1) * width);
    row[(i % 4) % width]! += width;
    const sum = row.reduce((a, b) => a + b);
    for (let x = 0; x < width; x++) row[x]! /= sum;
  }
  return values;
}

/** Numbers in [−1, 1) that look random and are always the same. */
function noise(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    const x = Math.sin(12.9898 * (i + 1) + 78.233 * (seed + 1)) * 43758.5453;
    return 2 * (x - Math.floor(x)) - 1;
  });
}
