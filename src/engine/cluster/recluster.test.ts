import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { loadGoldens } from '../../../test/cluster-goldens.ts';
import { PlainBackend } from '../backend/plain/backend.ts';
import type { Backend, Clustering } from '../backend/types.ts';
import { cluster } from './algorithm1.ts';
import { distanceHistogram, MOST_COMPARED, membersOf, recluster, tauFor } from './recluster.ts';
import type { LeafLevel } from './types.ts';

const goldens = await loadGoldens();
const backend: Backend = new PlainBackend();
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
  const clustersAt = async (tau: number) => (await recluster(backend, first, tau)).clusters;
  const tau = await tauFor(6, [first.options.tau, 2], clustersAt);
  expect((await recluster(backend, first, tau)).clusters).toBeLessThanOrEqual(6);
  expect((await recluster(backend, first, tau - 0.05)).clusters).toBeGreaterThanOrEqual(6);
});

test('the histogram of distances is one of token pairs', async () => {
  const members = membersOf(first);
  const bins = await distanceHistogram(backend, { ...first, members }, 2, 16);
  expect(bins.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
  // Centroids are at least τ apart only in their own sweep's order; most pairs lie well beyond it.
  expect(bins[0]).toBeLessThan(0.1);
});

test('leaves behind those that count, newcomers’ and twins, change nothing in the histogram', async () => {
  const members = membersOf(first);
  const own = await distanceHistogram(backend, { ...first, members }, 2, 16);
  const twins = await backend.gather(first.centroids, [3, 3, 0]);
  const centroids = await backend.concat([first.centroids, twins]);
  expect(await distanceHistogram(backend, { centroids, members }, 2, 16)).toEqual(own);
  for (const rows of [twins, centroids]) rows.release();
});

test('of very many centroids the histogram compares a bounded number, and estimates', async () => {
  const count = 2 * MOST_COMPARED + 7;
  // A third of the centroids are of one kind, the others of another, 1.6 · ln 9 = 3.5 away.
  const peak = (centroid: number) => Number(centroid % 3 === 0);
  const values = Float32Array.from({ length: 2 * count }, (_, at) =>
    at % 2 === peak(Math.floor(at / 2)) ? 0.9 : 0.1,
  );
  const centroids = await backend.load(values, 2, 'kl');
  const members = new Float64Array(count).fill(1);
  const compared = vi.spyOn(backend, 'distances');
  const shares = await distanceHistogram(backend, { centroids, members }, 4, 2);
  expect(compared.mock.calls.map(([a, b]) => [a.count, b.count])).toEqual([[MOST_COMPARED, MOST_COMPARED]]);
  compared.mockRestore();
  expect(shares[1]).toBeCloseTo(4 / 9, 2);
  expect(shares[0]! + shares[1]!).toBeCloseTo(1, 5);
  centroids.release();
});

test('where memory runs out after the first sweeps, nothing stays held', async () => {
  const attention = await backend.attend(goldens.input(1));
  const before = backend.memory.held;
  const settings = { clustering: 'windowed', tau: 0.2, window: 3, k: 8, seed: 0 } as const;
  const concat = backend.concat.bind(backend);
  const failing = vi.spyOn(backend, 'concat').mockImplementation(async (parts) => {
    // The windows' centroids are joined; a copy of them no longer fits.
    if (parts.length === 1) throw new RangeError('no room');
    return concat(parts);
  });
  const run = cluster(backend, attention, goldens.grid, settings, { budget: 2 ** 26 });
  await expect(run).rejects.toThrow('no room');
  failing.mockRestore();
  expect(backend.memory.held).toBe(before);
  attention.release();
});
