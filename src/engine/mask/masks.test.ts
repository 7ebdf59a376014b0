import { expect, test } from 'vitest';
import { type MaskedRun, masksOf } from './masks.ts';

test('more clusters than 16 bits number are refused, before any would take the label of another', () => {
  const run = { clustering: { clusters: 65_536 }, parts: null } as MaskedRun;
  expect(() => masksOf(run, {} as Parameters<typeof masksOf>[1])).toThrow(
    expect.objectContaining({ code: 'run/too-many-clusters' }),
  );
});
