import { expect, test } from 'vitest';
import { runSettings } from '../../../test/run-settings.ts';
import type { RunResult } from '../../engine/session/result.ts';
import { RecentResults, sameRun, sameTokens, sizesAround, tauStep } from './settings.ts';

const SETTINGS = runSettings({
  model: 'tiny',
  stride: 4,
  tau: 0.3,
  ratio: 1,
  temperature: [1, 2],
  clustering: 'windowed',
  samples: 24,
});
const resultOf = (tau: number) => ({ settings: { ...SETTINGS, tau } }) as RunResult;

test('settings are compared by what they say, not by the order in which they say it', () => {
  const { model, tau, ...others } = SETTINGS;
  expect(sameRun(SETTINGS, { tau, ...others, model })).toBe(true);
  expect(sameRun(SETTINGS, { ...SETTINGS, temperature: [2, 1] })).toBe(false);
  expect(sameRun(SETTINGS, { ...SETTINGS, end: 5 })).toBe(false);
});

test('tokens are kept over a change of what comes after them, not over another metric', () => {
  expect(sameTokens(SETTINGS, { ...SETTINGS, tau: 0.1, clustering: 'kmeans', seed: 3 })).toBe(true);
  expect(sameTokens(SETTINGS, { ...SETTINGS, ratio: 0.5 })).toBe(true);
  for (const change of [{ metric: 'F' }, { stride: 1 }, { device: 'wasm' }] as const)
    expect(sameTokens(SETTINGS, { ...SETTINGS, ...change }), JSON.stringify(change)).toBe(false);
  const fused = { ...SETTINGS, metric: 'Fv' } as const;
  expect(sameTokens(fused, { ...fused, ratio: 0.5 })).toBe(false);
});

test('of the last results those stay that were put or asked for last', () => {
  const results = new RecentResults(2);
  const [first, second, third] = [resultOf(0.1), resultOf(0.2), resultOf(0.3)];
  results.put(first);
  results.put(second);
  expect(results.get(resultOf(0.1))).toBe(first);
  results.put(third);
  expect(results.get(second)).toBeUndefined();
  expect(results.get(first)).toBe(first);
  results.clear();
  expect(results.get(first)).toBeUndefined();
});

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
