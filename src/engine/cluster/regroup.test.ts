import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadGoldens } from './goldens.ts';
import { cluster } from './hierarchy.ts';
import { PlainCompute } from './plain.ts';
import { distanceHistogram, type FirstHierarchy, regroup, tauFor } from './regroup.ts';
import { composed } from './settle.ts';
import type { Clustering } from './types.ts';

const goldens = await loadGoldens();
const compute = new PlainCompute();
let first: FirstHierarchy;
let run: Clustering;

/** The reference's run at τ = 0.2, whose first hierarchy the tests regroup. */
beforeAll(async () => {
  const attention = await compute.attend(goldens.input(1));
  const settings = { clustering: 'paper', tau: 0.2, window: 3, k: 8, seed: 0 } as const;
  run = await cluster(compute, attention, goldens.grid, settings, {
    budget: 2 ** 26,
    onFirst: (found) => {
      first = found;
    },
  });
  attention.release();
});

test('average linkage: a run’s clusters are a cut, levels divide it, and every τ above the leaves’ is at hand', async () => {
  const attention = await compute.attend(goldens.input(1));
  const settings = { clustering: 'agglomerative', tau: 0.8, window: 3, k: 8, seed: 0 } as const;
  let leaves: FirstHierarchy | undefined;
  const found = await cluster(compute, attention, goldens.grid, settings, {
    budget: 2 ** 26,
    onFirst: (given) => {
      leaves = given;
    },
  });
  expect(leaves!.options.tau).toBe(0.4);
  expect(leaves!.parent).toEqual(found.levels[0]!.parent);
  const own = await regroup(compute, leaves!, 0.8);
  expect(own.clusters).toBe(found.clusters);
  expect(own.labels).toEqual(composed(found.levels));
  // Eq. 3 moves few tokens: the centroids are those of the cut.
  const moved = found.labels.filter((label, token) => label !== own.labels[token]).length;
  expect(moved / found.labels.length).toBeLessThan(0.1);
  const counts: number[] = [];
  for (const tau of [0.4, 0.6, 0.8, 1.2, 50]) counts.push((await regroup(compute, leaves!, tau)).clusters);
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  expect(counts.at(-1)).toBe(1);
  leaves!.centroids.release();
  attention.release();
});

afterAll(() => {
  first.centroids.release();
  expect(compute.memory.held).toBe(0);
});

test('at its own τ the clusters are the run’s', async () => {
  const { clusters, labels } = await regroup(compute, first, 0.2);
  expect(clusters).toBe(run.clusters);
  const composed = first.parent.map((at) => run.levels.slice(1).reduce((c, { parent }) => parent[c]!, at));
  expect(labels).toEqual(composed);
});

test('clusters get fewer as τ rises, near the runs’ own numbers', async () => {
  const counts: number[] = [];
  for (const tau of [0.2, 0.5, 1, 1.6]) counts.push((await regroup(compute, first, tau)).clusters);
  expect(counts).toEqual([...counts].sort((a, b) => b - a));
  // Whole runs at these τ leave 129, 12, 4 and 2 clusters.
  expect(Math.abs(counts[1]! - 12)).toBeLessThanOrEqual(4);
  expect(Math.abs(counts[2]! - 4)).toBeLessThanOrEqual(1);
});

test('τ for a number of objects', async () => {
  const tau = await tauFor(compute, first, 6, [0.1, 2]);
  expect((await regroup(compute, first, tau)).clusters).toBeLessThanOrEqual(6);
  expect((await regroup(compute, first, tau - 0.05)).clusters).toBeGreaterThanOrEqual(6);
});

test('the histogram of distances is one of token pairs', async () => {
  const bins = await distanceHistogram(compute, first, 2, 16);
  expect(bins.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
  // Centroids are at least τ apart only in their own sweep's order; most pairs lie well beyond it.
  expect(bins[0]).toBeLessThan(0.1);
});
