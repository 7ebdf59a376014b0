import { expect, test } from 'vitest';
import { mostShared } from './overlap.ts';

test('each cluster finds the one that it shares most tokens with', () => {
  const before = { clusters: 3, labels: Int32Array.of(0, 0, 0, 1, 1, 2) };
  const after = { clusters: 2, labels: Int32Array.of(0, 0, 0, 0, 1, 1) };
  expect([...mostShared(after, before)]).toEqual([0, 1]);
});
