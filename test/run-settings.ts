import type { RunSettings } from '../src/engine/settings/run.ts';
import { fixedSettings } from '../src/engine/settings/settings.ts';

/** Settings of a small run, complete whatever settings there are. */
export const runSettings = (change: Partial<RunSettings> = {}): RunSettings => ({
  ...fixedSettings(),
  model: 'm',
  height: 192,
  width: 384,
  stride: 1,
  tau: 1,
  ratio: 0.1,
  temperature: 1,
  ...change,
});
