import { afterAll, beforeAll, expect, test } from 'vitest';
import { findAdapter, requestDevice } from '../gpu/device.ts';
import { provenCompute } from '../gpu/selftest.ts';
import { plainFilter } from '../mask/refine.ts';
import { provenFilter } from '../mask/webgpu.ts';
import type { SelfTest } from '../run.ts';
import { GOLDEN_WINDOW, loadGoldens } from './goldens.ts';
import { cluster } from './hierarchy.ts';
import { PlainCompute } from './plain.ts';
import type { AttentionInput, Compute } from './types.ts';

let device: GPUDevice;
let compute: Compute;
let selfTest: SelfTest;
const goldens = await loadGoldens();

beforeAll(async () => {
  const { adapter } = await findAdapter(1);
  device = await requestDevice(adapter!);
  ({ compute, selfTest } = await provenCompute(device));
});
afterAll(async () => {
  expect(compute.memory.held).toBe(0);
  await compute.release();
  device.destroy();
});

test('the browser’s device passes the self-test', () => {
  expect(selfTest.attention).toBeLessThan(selfTest.half ? 2e-2 : 1e-5);
  expect(selfTest.divergence).toBeLessThan(selfTest.half ? 2e-2 : 1e-5);
  expect(selfTest.large).toBe(device.limits.maxStorageBufferBindingSize > 2 ** 27);
});

test.each(['paper', 'windowed', 'released'] as const)('reference, %s', async (mode) => {
  const run = goldens.runs.find((each) => each.mode === mode && each.ratio === 0.3 && each.tau === 0.5)!;
  const attention = await compute.attend(goldens.input(run.ratio));
  const settings = { clustering: mode, tau: run.tau, window: GOLDEN_WINDOW, k: 8, seed: 1 };
  const found = await cluster(compute, attention, goldens.grid, settings, { budget: 2 ** 26 });
  attention.release();
  expect(found.levels.map(({ clusters }) => clusters)).toEqual(run.levels);
  expect(found.labels).toEqual(run.labels);
});

/** A few values of each kernel that the runs above leave out. */
async function others(by: Compute) {
  const input: AttentionInput = goldens.input(0.3);
  const attention = await by.attend(input);
  const pooled = await by.attend({ ...input, pool: 2 });
  const one = await attention.rows(100, 1);
  const squares = await pooled.rows(50, 3);
  const { features, dim } = goldens;
  const directions = await by.load(features.subarray(0, 20 * dim), dim, 'cosine');
  const settings = { clustering: 'kmeans', tau: 1, window: 1, k: 3, seed: 1 } as const;
  const { labels } = await cluster(by, attention, goldens.grid, settings, { budget: 2 ** 26 });
  const found = {
    map: await by.read(one),
    squares: await by.read(squares),
    cosine: await by.distances(directions, directions),
    labels,
  };
  for (const held of [one, squares, directions, attention, pooled]) held.release();
  return found;
}

test('one token’s map, pooled keys, features and K-means are the plain twin’s', async () => {
  const [found, expected] = [await others(compute), await others(new PlainCompute())];
  expect(found.labels).toEqual(expected.labels);
  for (const name of ['map', 'squares', 'cosine'] as const) {
    expect(found[name]).toHaveLength(expected[name].length);
    const off = found[name].reduce((most, x, i) => Math.max(most, Math.abs(x - expected[name][i]!)), 0);
    expect(off, name).toBeLessThan(selfTest.half ? 2e-2 : 1e-5);
  }
});

test('the guided filter is right on the browser’s device', async () => {
  // Where it were not, the plain one would be given.
  expect(await provenFilter(device)).not.toBe(plainFilter);
});
