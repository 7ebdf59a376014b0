import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadGoldens } from '../../../test/cluster-goldens.ts';
import { PlainBackend } from '../backend/plain/backend.ts';
import type { Clustering } from '../backend/types.ts';
import { cluster } from './algorithm1.ts';
import { composed } from './levels.ts';
import { distanceHistogram, type LeafLevel, recluster, tauFor } from './recluster.ts';

const goldens = await loadGoldens();
const backend = new PlainBackend();
let first: LeafLevel;
let run: Clustering;

/** The reference's run at τ = 0.2, whose leaf level the tests recluster. */
beforeAll(async () => {
  const attention = await backend.attend(goldens.input(1));
  const settings = { clustering: 'paper', tau: 0.2, window: 3, k: 8, seed: 0 } as const;
  run = await cluster(backend, attention, goldens.grid, settings, {
    budget: 2 ** 26,
    onFirst: (found) => {
      first = found;
    },
  });
  attention.release();
});

test('average linkage: a run’s clusters are a cut, levels divide it, and every τ above the leaves’ is at hand', async () => {
  const attention = await backend.attend(goldens.input(1));
  const settings = { clustering: 'agglomerative', tau: 0.8, window: 3, k: 8, seed: 0 } as const;
  let leaves: LeafLevel | undefined;
  const found = await cluster(backend, attention, goldens.grid, settings, {
    budget: 2 ** 26,
    onFirst: (given) => {
      leaves = given;
    },
  });
  expect(leaves!.options.tau).toBe(0.4);
  expect(leaves!.parent).toEqual(found.levels[0]!.parent);
  const own = await recluster(backend, leaves!, 0.8);
  expect(own.clusters).toBe(found.clusters);
  expect(own.labels).toEqual(composed(found.levels));
  // Eq. 3 moves few tokens: the centroids are those of the cut.
  const moved = found.labels.filter((label, token) => label !== own.labels[token]).length;
  expect(moved / found.labels.length).toBeLessThan(0.1);
  const counts: number[] = [];
  for (const tau of [0.4, 0.6, 0.8, 1.2, 50]) counts.push((await recluster(backend, leaves!, tau)).clusters);
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  expect(counts.at(-1)).toBe(1);
  leaves!.centroids.release();
  attention.release();
});

afterAll(() => {
  first.centroids.release();
  expect(backend.memory.held).toBe(0);
});

test('at its own τ the clusters are the run’s', async () => {
  const { clusters, labels } = await recluster(backend, first, 0.2);
  expect(clusters).toBe(run.clusters);
  const composed = first.parent.map((at) => run.levels.slice(1).reduce((c, { parent }) => parent[c]!, at));
  expect(labels).toEqual(composed);
});

test('clusters get fewer as τ rises, near the runs’ own numbers', async () => {
  const counts: number[] = [];
  for (const tau of [0.2, 0.5, 1, 1.6]) counts.push((await recluster(backend, first, tau)).clusters);
  expect(counts).toEqual([...counts].sort((a, b) => b - a));
  // Whole runs at these τ leave 129, 12, 4 and 2 clusters.
  expect(Math.abs(counts[1]! - 12)).toBeLessThanOrEqual(4);
  expect(Math.abs(counts[2]! - 4)).toBeLessThanOrEqual(1);
});

test('τ for a number of objects', async () => {
  const tau = await tauFor(backend, first, 6, [0.1, 2]);
  expect((await recluster(backend, first, tau)).clusters).toBeLessThanOrEqual(6);
  expect((await recluster(backend, first, tau - 0.05)).clusters).toBeGreaterThanOrEqual(6);
});

test('the histogram of distances is one of token pairs', async () => {
  const bins = await distanceHistogram(backend, first, 2, 16);
  expect(bins.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
  // Centroids are at least τ apart only in their own sweep's order; most pairs lie well beyond it.
  expect(bins[0]).toBeLessThan(0.1);
});
