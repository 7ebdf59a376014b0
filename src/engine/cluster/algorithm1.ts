import type {
  Attention,
  Backend,
  Clustering,
  Grid,
  Level,
  Rows,
  Sweep,
  SweepOptions,
} from '../backend/types.ts';
import { ChunkScan, type Control, planChunks } from './chunks.ts';
import { kMeans } from './kmeans.ts';
import { choose2, count, sweepUntilStable } from './levels.ts';
import type { ClusterSettings, Hierarchy } from './types.ts';

/**
 * Clusters the rows of A'v (Algorithm 1 or K-means) and assigns every token to its nearest centroid (Eq. 3).
 * `grid` is that of the tokens; a window counts its frames. Nothing of size tokens × width is held beyond the budget.
 * Throws the signal's reason when it aborts.
 */
export async function cluster(
  backend: Backend,
  attention: Attention,
  grid: Grid,
  settings: ClusterSettings,
  control: Control,
): Promise<Clustering> {
  const { clustering } = settings;
  const inWindows = clustering !== 'paper' && clustering !== 'kmeans';
  const windowRows = inWindows ? settings.window * grid.rows * grid.columns : attention.tokens;
  const chunks = planChunks(attention, windowRows, control.budget, clustering === 'released');
  const scan = new ChunkScan(attention, chunks, control, 2);
  let found: Hierarchy | undefined;
  try {
    found =
      clustering === 'kmeans'
        ? await kMeans(backend, attention, scan, settings)
        : await hierarchical(backend, attention, scan, settings, control);
    scan.expect(1);
    const { centroids, levels, pairs } = found;
    const soft = attention.tokens * centroids.count * 4 <= control.budget;
    const labels = new Int32Array(attention.tokens);
    const distances = soft ? new Float32Array(attention.tokens * centroids.count) : null;
    await scan.each(async (rows, { first }) => {
      const nearest = await backend.nearest(rows, centroids, soft);
      labels.set(nearest.labels, first);
      if (nearest.distances) distances?.set(nearest.distances, first * centroids.count);
    });
    const share = pairs.all > 0 ? pairs.computed / pairs.all : 0;
    return { labels, clusters: centroids.count, levels, distances, pairs: { ...pairs, share } };
  } finally {
    found?.centroids.release();
    scan.release();
  }
}

/**
 * Algorithm 1: sweeps over rows, then over their centroids, until their number no longer changes. In windows the
 * leaf level's pivots end with their window. The released code first smooths each window's rows and joins
 * rows at distance τ too.
 */
export async function hierarchical(
  backend: Backend,
  attention: Attention,
  scan: ChunkScan,
  settings: ClusterSettings,
  control: Control,
): Promise<Hierarchy> {
  const released = settings.clustering === 'released';
  const options: SweepOptions = { tau: settings.tau, inclusive: released };
  const pairs = { computed: 0, all: 0 };
  const parts: Rows[] = [];
  const parent = new Int32Array(attention.tokens);
  let sweep: Sweep | undefined;
  let swept = 0;
  let earlier = 0;
  let window = 0;

  const endWindow = async () => {
    if (!sweep) return;
    parts.push(await sweep.centroids());
    earlier += sweep.clusters;
    count(pairs, sweep.pairs, swept);
    sweep.release();
    sweep = undefined;
    swept = 0;
  };

  try {
    await scan.each(async (rows, chunk) => {
      if (chunk.window !== window) await endWindow();
      window = chunk.window;
      const smoothed = released ? await backend.smooth(rows, settings.tau) : null;
      // Smoothing computes every pair of its window.
      if (smoothed) count(pairs, choose2(chunk.count), 0);
      sweep ??= backend.sweep(attention.width, options);
      try {
        const labels = await sweep.add(smoothed ?? rows);
        for (const [i, label] of labels.entries()) parent[chunk.first + i] = earlier + label;
      } finally {
        smoothed?.release();
      }
      swept += chunk.count;
    });
    await endWindow();
    const leaves = parts.length === 1 ? parts.pop()! : await backend.concat(parts);
    for (const part of parts.splice(0)) part.release();
    const levels: Level[] = [{ clusters: leaves.count, parent }];
    try {
      const copy = await backend.concat([leaves]);
      const centroids = await sweepUntilStable(backend, copy, options, levels, pairs, control.signal);
      if (control.onFirst) control.onFirst({ options, centroids: leaves, parent });
      else leaves.release();
      return { centroids, levels, pairs };
    } catch (error) {
      leaves.release();
      throw error;
    }
  } finally {
    sweep?.release();
    for (const part of parts) part.release();
  }
}
