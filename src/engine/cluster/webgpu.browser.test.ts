import { afterAll, beforeAll, expect, test } from 'vitest';
import { findAdapter, requestDevice } from '../gpu/device.ts';
import { provenCompute } from '../gpu/selftest.ts';
import type { SelfTest } from '../run.ts';
import { GOLDEN_WINDOW, loadGoldens } from './goldens.ts';
import { cluster } from './hierarchy.ts';
import type { Compute } from './types.ts';

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
