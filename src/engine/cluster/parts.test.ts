import { expect, test } from 'vitest';
import { loadGoldens } from '../../../test/cluster-goldens.ts';
import { PlainBackend } from '../backend/plain/backend.ts';
import type { Backend, Rows } from '../backend/types.ts';
import { cluster } from './algorithm1.ts';
import { clusterOfPart, partsOfTokens } from './parts.ts';

const goldens = await loadGoldens();

test('parts divide the final clusters, and only what Eq. 3 moved has another part', async () => {
  const backend: Backend = new PlainBackend();
  const attention = await backend.attend(goldens.input(1));
  let centroids: Rows | undefined;
  const settings = { clustering: 'paper', tau: 0.5, window: 3, k: 8, seed: 0 } as const;
  const run = await cluster(backend, attention, goldens.grid, settings, {
    budget: 2 ** 26,
    onFirst: (first) => {
      centroids = first.centroids;
    },
  });
  const { parent } = run.levels[0]!;
  const clusterOf = clusterOfPart(run.levels);
  const moved = parent.map((part, token) => Number(clusterOf[part] !== run.labels[token]));
  expect(
    moved.reduce((sum, one) => sum + one),
    'tokens moved in this case',
  ).toBeGreaterThan(0);

  const parts = await partsOfTokens(backend, { centroids: centroids!, parent }, run);
  expect(parts.map((part) => clusterOf[part]!)).toEqual(run.labels);
  parts.forEach((part, token) => {
    if (!moved[token]) expect(part).toBe(parent[token]);
  });

  const all = await backend.distances(centroids!, centroids!);
  const count = centroids!.count;
  parts.forEach((part, token) => {
    if (!moved[token]) return;
    const to = (other: number) => all[parent[token]! * count + other]!;
    for (let other = 0; other < count; other++)
      if (clusterOf[other] === run.labels[token]) expect(to(part)).toBeLessThanOrEqual(to(other));
  });
  centroids!.release();
  attention.release();
  expect(backend.memory.held).toBe(0);
});
