import { expect, test } from 'vitest';
import { mostShared } from './overlap.ts';

test('each cluster finds the one that it shares most tokens with', () => {
  const before = { clusters: 3, labels: Int32Array.of(0, 0, 0, 1, 1, 2) };
  const after = { clusters: 2, labels: Int32Array.of(0, 0, 0, 0, 1, 1) };
  expect([...mostShared(after, before)]).toEqual([0, 1]);
});

test('the lower number wins a tie, and a cluster without tokens gets the first', () => {
  const of = { clusters: 2, labels: Int32Array.of(0, 0, 0, 0) };
  const among = { clusters: 4, labels: Int32Array.of(3, 1, 3, 1) };
  expect([...mostShared(of, among)]).toEqual([1, 0]);
});

test('tens of thousands of clusters on both sides fit into memory', () => {
  const clusters = 60_000;
  const labels = Int32Array.from({ length: clusters }, (_, token) => token);
  const found = mostShared({ clusters, labels }, { clusters, labels: labels.toReversed() });
  expect(found[0]).toBe(clusters - 1);
});
