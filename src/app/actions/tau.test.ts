import { expect, test } from 'vitest';
import { SETTINGS } from '../../../test/page-workers.ts';
import type { ModelEntry } from '../../engine/weights/types.ts';
import { detailRange, tauRange } from './tau.ts';

const MODEL = { id: SETTINGS.model, defaults: { tau: 0.25, tauRange: [0.05, 0.8] } } as unknown as ModelEntry;
const of = (settings: Partial<typeof SETTINGS>) => ({
  models: [MODEL] as never,
  settings: { ...SETTINGS, tau: 0.25, clustering: 'hierarchical' as const, ...settings },
});

test('of a followed clip the slider goes as far as its leaves answer; a finer τ that was typed stays within it', () => {
  expect(detailRange(of({}))).toEqual([0.125, 0.8]);
  expect(detailRange(of({ tau: 0.07 }))).toEqual([0.07, 0.8]);
  expect(detailRange(of({ clustering: 'windowed' }))).toEqual([0.05, 0.8]);
  expect(tauRange(of({}))).toEqual([0.05, 0.8]);
});
