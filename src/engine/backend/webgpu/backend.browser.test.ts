import { afterAll, beforeAll, expect, test } from 'vitest';
import { GOLDEN_WINDOW, loadGoldens } from '../../../../test/cluster-goldens.ts';
import { cluster } from '../../cluster/algorithm1.ts';
import { plainFilter } from '../../mask/guided.ts';
import type { SelfTest } from '../../settings/run.ts';
import { PlainBackend } from '../plain/backend.ts';
import type { AttentionInput, Backend } from '../types.ts';
import { provenFilter } from './guided.ts';
import { findAdapter, requestDevice } from './runtime/device.ts';
import { verifiedBackend } from './selftest.ts';

let device: GPUDevice;
let backend: Backend;
let selfTest: SelfTest;
const goldens = await loadGoldens();

beforeAll(async () => {
  const { adapter } = await findAdapter(1);
  device = await requestDevice(adapter!);
  ({ backend, selfTest } = await verifiedBackend(device));
});
afterAll(async () => {
  expect(backend.memory.held).toBe(0);
  await backend.release();
  device.destroy();
});

test('the browser’s device passes the self-test', () => {
  expect(selfTest.attention).toBeLessThan(selfTest.half ? 2e-2 : 1e-5);
  expect(selfTest.divergence).toBeLessThan(selfTest.half ? 2e-2 : 1e-5);
  expect(selfTest.large).toBe(device.limits.maxStorageBufferBindingSize > 2 ** 27);
});

test.each(['paper', 'windowed', 'released'] as const)('reference, %s', async (mode) => {
  const run = goldens.runs.find((each) => each.mode === mode && each.ratio === 0.3 && each.tau === 0.5)!;
  const attention = await backend.attend(goldens.input(run.ratio));
  const settings = { clustering: mode, tau: run.tau, window: GOLDEN_WINDOW, k: 8, seed: 1 };
  const found = await cluster(backend, attention, goldens.grid, settings, { budget: 2 ** 26 });
  attention.release();
  expect(found.levels.map(({ clusters }) => clusters)).toEqual(run.levels);
  expect(found.labels).toEqual(run.labels);
});

/** A few values of each kernel that the runs above leave out. */
async function others(by: Backend) {
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
  const [found, expected] = [await others(backend), await others(new PlainBackend())];
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
