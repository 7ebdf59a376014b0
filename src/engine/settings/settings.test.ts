import * as v from 'valibot';
import { expect, test } from 'vitest';
import { runSettings } from '../../../test/run-settings.ts';
import type { RunSettings } from './run.ts';
import { checkSettings, keyOf, perHead, sameSettings, storedSettings, sweptSettings } from './settings.ts';

const good = runSettings({ clustering: 'paper' });

test('settings that a run can have pass', () => {
  expect(() => checkSettings(good)).not.toThrow();
  expect(() => checkSettings({ ...good, end: 1, ratio: 1, temperature: [1, 2, 0.5] })).not.toThrow();
});

test.each<[keyof RunSettings, Partial<RunSettings>]>([
  ['height', { height: 0 }],
  ['width', { width: 100.5 }],
  ['start', { start: -1 }],
  ['end', { start: 5, end: 5 }],
  ['stride', { stride: 0 }],
  ['tau', { tau: 0 }],
  ['tau', { tau: Number.NaN }],
  ['ratio', { ratio: 1.01 }],
  ['temperature', { temperature: [] }],
  ['temperature', { temperature: [1, -1] }],
  ['window', { window: 0 }],
  ['k', { k: 1.5 }],
  ['seed', { seed: -1 }],
  ['clustering', { clustering: 'best' as 'paper' }],
  ['model', { model: 7 as unknown as string }],
])('%s is refused by name: %o', (name, change) => {
  expect(() => checkSettings({ ...good, ...change })).toThrow(
    expect.objectContaining({
      code: 'run/bad-setting',
      message: expect.stringContaining(`setting ${name} `),
    }),
  );
});

test('a temperature is for all heads, or one for each', () => {
  expect(perHead(2, 3)).toEqual([2, 2, 2]);
  expect(perHead([1, 2], 2)).toEqual([1, 2]);
  expect(() => perHead([1, 2], 3)).toThrow(expect.objectContaining({ code: 'run/bad-setting' }));
});

test('settings are the same whatever the order of their keys, and heads are compared one by one', () => {
  const turned = Object.fromEntries(Object.entries(good).reverse()) as unknown as RunSettings;
  expect(sameSettings(good, turned)).toBe(true);
  expect(keyOf(good, 'clusters')).toBe(keyOf(turned, 'clusters'));
  expect(sameSettings({ ...good, temperature: [1, 2] }, { ...good, temperature: [1, 2] })).toBe(true);
  expect(sameSettings({ ...good, temperature: [1, 2] }, { ...good, temperature: [1, 3] })).toBe(false);
  expect(sameSettings(good, { ...good, seed: 1 })).toBe(false);
});

test.each<[Partial<RunSettings>, sessions: boolean, tokens: boolean, rows: boolean]>([
  [{ tau: 2, clustering: 'kmeans', k: 3, window: 9, seed: 4 }, true, true, true],
  [{ ratio: 0.5 }, true, true, false],
  [{ temperature: 2 }, true, true, false],
  [{ stride: 2 }, true, false, false],
  [{ metric: 'A' }, true, false, false],
  [{ width: 16 }, false, false, false],
  [{ model: 'other' }, false, false, false],
])('what a change leaves as it was: %o', (change, sessions, tokens, rows) => {
  const kept = (step: 'sessions' | 'tokens' | 'rows') =>
    keyOf(good, step) === keyOf({ ...good, ...change }, step);
  expect([kept('sessions'), kept('tokens'), kept('rows')]).toEqual([sessions, tokens, rows]);
});

test('with F_v, tokens depend on the key frames', () => {
  const fused = { ...good, metric: 'Fv' } as const;
  expect(keyOf({ ...fused, ratio: 0.5 }, 'tokens')).not.toBe(keyOf(fused, 'tokens'));
});

test('settings of other versions are read: unknown ones left out, new ones as they begin, retired values replaced', () => {
  const { seed: _, ...older } = good;
  expect(v.parse(storedSettings, { ...older, pool: 2, clustering: 'agglomerative' })).toEqual({
    ...good,
    clustering: 'windowed',
  });
  expect(v.is(storedSettings, { ...good, clustering: 'best' })).toBe(false);
  const { tau: __, ...without } = good;
  expect(v.is(storedSettings, without)).toBe(false);
});

test('sweeps change what is dearest least often', () => {
  const known = ['metric', 'ratio', 'clustering', 'k', 'window', 'tau'];
  expect(sweptSettings().filter((name) => known.includes(name))).toEqual(known);
});
