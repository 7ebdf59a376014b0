import { expect, test } from 'vitest';
import type { RunSettings } from './run.ts';
import { checkSettings, perHead } from './settings.ts';

const good: RunSettings = {
  model: 'm',
  height: 192,
  width: 384,
  start: 0,
  end: null,
  stride: 1,
  tau: 1,
  ratio: 0.1,
  temperature: 1,
  clustering: 'paper',
  window: 3,
  metric: 'Av',
  pool: 1,
  k: 8,
  seed: 0,
  device: 'auto',
};

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
  ['pool', { pool: 3 as 2 }],
  ['window', { window: 0 }],
  ['k', { k: 1.5 }],
  ['seed', { seed: -1 }],
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
