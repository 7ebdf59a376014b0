import { createRandom } from '../../lib/random.ts';
import type { Attention, Backend, Rows } from '../backend/types.ts';
import type { ChunkScan } from './chunks.ts';
import type { ClusterSettings, Hierarchy } from './types.ts';

/** Symmetric KL with mean centroids need not converge: it may end in a cycle. */
const MAX_ROUNDS = 50;

/**
 * K-means over the rows of A'v (Table 4, A_v*): k-means++ start, Eq. 2 as the distance, means of P as centroids.
 * Distances between rows and centroids, none between rows: `pairs` stays zero.
 */
export async function kMeans(
  backend: Backend,
  attention: Attention,
  scan: ChunkScan,
  settings: ClusterSettings,
): Promise<Hierarchy> {
  const k = Math.min(settings.k, attention.tokens);
  scan.expect(k + MAX_ROUNDS);
  let centroids = await plusPlus(backend, attention, scan, k, createRandom(settings.seed).next);
  let labels = new Int32Array(attention.tokens).fill(-1);
  try {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const { labels: next, means } = await iterate(backend, attention, scan, centroids);
      centroids.release();
      centroids = means;
      const stable = next.every((label, i) => label === labels[i]);
      labels = next;
      if (stable) break;
    }
  } catch (error) {
    centroids.release();
    throw error;
  }
  return {
    centroids,
    levels: [{ clusters: centroids.count, parent: labels }],
    pairs: { computed: 0, all: 0 },
  };
}

/** One round: rows to their nearest centroid, centroids to their rows' mean. Clusters left without a row end. */
async function iterate(
  backend: Backend,
  attention: Attention,
  scan: ChunkScan,
  centroids: Rows,
): Promise<{ labels: Int32Array<ArrayBuffer>; means: Rows }> {
  const labels = new Int32Array(attention.tokens);
  const accumulator = backend.accumulator(attention.width, centroids.count);
  try {
    await scan.each(async (rows, { first }) => {
      const nearest = await backend.nearest(rows, centroids);
      labels.set(nearest.labels, first);
      await accumulator.add(rows, nearest.labels);
    });
    const { rows: means, counts } = await accumulator.means();
    const living = [...counts.keys()].filter((cluster) => counts[cluster]! > 0);
    if (living.length === counts.length) return { labels, means };
    const place = Int32Array.from(counts, (_, cluster) => living.indexOf(cluster));
    const kept = await backend.gather(means, living).finally(() => means.release());
    return { labels: labels.map((label) => place[label]!), means: kept };
  } finally {
    accumulator.release();
  }
}

/** k-means++: the first centroid is any row, each further one a row drawn in proportion to its D to the nearest. */
async function plusPlus(
  backend: Backend,
  attention: Attention,
  scan: ChunkScan,
  k: number,
  random: () => number,
): Promise<Rows> {
  const nearest = new Float64Array(attention.tokens).fill(1);
  const chosen: Rows[] = [];
  try {
    while (chosen.length < k) {
      const token = draw(nearest, random());
      const centroid = await attention.rows(token, 1);
      chosen.push(centroid);
      await scan.each(async (rows, { first }) => {
        const distances = await backend.distances(rows, centroid);
        for (const [i, d] of distances.entries())
          nearest[first + i] = chosen.length === 1 ? d : Math.min(nearest[first + i]!, d);
      });
    }
    return await backend.concat(chosen);
  } finally {
    for (const rows of chosen) rows.release();
  }
}

/** An index drawn in proportion to its weight; `at` in [0, 1). The last one where all weights are zero. */
function draw(weights: Float64Array, at: number): number {
  let left = at * weights.reduce((sum, weight) => sum + weight, 0);
  const index = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return index < 0 ? weights.length - 1 : index;
}
