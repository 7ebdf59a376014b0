import { expect, test } from 'vitest';
import { runSettings } from '../../../test/run-settings.ts';
import type { RunResult } from '../../engine/session/result.ts';
import { sameSettings } from '../../engine/settings/settings.ts';
import { RecentResults, sameTokens, sizesAround, stridesFor, tauStep } from './settings.ts';

const SETTINGS = runSettings({
  model: 'tiny',
  stride: 4,
  tau: 0.3,
  ratio: 1,
  temperature: [1, 2],
  clustering: 'windowed',
  samples: 24,
});
const resultOf = (tau: number, labels = new Int32Array(25)) =>
  ({ settings: { ...SETTINGS, tau }, parts: labels, frames: labels }) as unknown as RunResult;

test('settings are compared by what they say, not by the order in which they say it', () => {
  const { model, tau, ...others } = SETTINGS;
  expect(sameSettings(SETTINGS, { tau, ...others, model })).toBe(true);
  expect(sameSettings(SETTINGS, { ...SETTINGS, temperature: [2, 1] })).toBe(false);
  expect(sameSettings(SETTINGS, { ...SETTINGS, end: 5 })).toBe(false);
});

test('tokens are kept over a change of what comes after them, not over another metric', () => {
  expect(sameTokens(SETTINGS, { ...SETTINGS, tau: 0.1, clustering: 'kmeans', seed: 3 })).toBe(true);
  expect(sameTokens(SETTINGS, { ...SETTINGS, ratio: 0.5 })).toBe(true);
  for (const change of [{ metric: 'F' }, { stride: 1 }, { device: 'wasm' }] as const)
    expect(sameTokens(SETTINGS, { ...SETTINGS, ...change }), JSON.stringify(change)).toBe(false);
  const fused = { ...SETTINGS, metric: 'Fv' } as const;
  expect(sameTokens(fused, { ...fused, ratio: 0.5 })).toBe(false);
});

test('of the last results those stay that were put or asked for last, as far as there is room', () => {
  const results = new RecentResults(200);
  const [first, second, third] = [resultOf(0.1), resultOf(0.2), resultOf(0.3)];
  results.put(first);
  results.put(second);
  expect(results.get(resultOf(0.1))).toBe(first);
  results.put(third);
  expect(results.get(second)).toBeUndefined();
  expect(results.get(first)).toBe(first);
  const large = resultOf(0.4, new Int32Array(100));
  results.put(large);
  expect(results.get(large), 'the newest stays').toBe(large);
  expect(results.get(first)).toBeUndefined();
  results.clear();
  expect(results.get(large)).toBeUndefined();
});

test('arrays that results share are counted once', () => {
  const results = new RecentResults(100);
  const shared = new Int32Array(25);
  for (const tau of [0.1, 0.2, 0.3]) results.put(resultOf(tau, shared));
  for (const tau of [0.1, 0.2, 0.3]) expect(results.get(resultOf(tau))).toBeDefined();
});

test('another τ is looked up in a result that kept its leaves', () => {
  const results = new RecentResults(1000);
  const kept = { ...resultOf(0.1), followed: { leaves: {} } } as RunResult;
  results.put(kept);
  results.put(resultOf(0.2));
  expect(results.withLeavesOf(resultOf(0.3))).toBe(kept);
  expect(results.withLeavesOf({ settings: { ...SETTINGS, stride: 1 } })).toBeUndefined();
});

test('offered sizes keep the patches whole', () => {
  expect(sizesAround(192, 384)).toContainEqual({ height: 96, width: 192 });
  expect(sizesAround(192, 384)).toContainEqual({ height: 192, width: 384 });
  // 224 × 448 may be of patches of 8, 14 or 16: only multiples of all three are safe.
  expect(sizesAround(224, 448).map(({ height }) => height)).toEqual([112, 224, 336, 448]);
  // 518 × 518 is of patches of 14.
  for (const { height } of sizesAround(518, 518)) expect(height % 14).toBe(0);
});

test('every stride that there is can be chosen by words, none beyond the clip', () => {
  expect(stridesFor(7, 12)).toEqual([1, 2, 3, 4, 5, 7, 10]);
  expect(stridesFor(1, 1)).toEqual([1]);
  expect(stridesFor(40, 452).at(-1)).toBe(40);
});

test('τ moves in round steps', () => {
  expect(tauStep([0.05, 0.8])).toBe(0.005);
  expect(tauStep([0, 4])).toBe(0.02);
});
