import type { Backend, Clustering, Level } from '../backend/types.ts';
import type { LeafLevel } from './recluster.ts';

/** Entries of D looked at together. */
const ENTRIES = 2 ** 22;

/** Final cluster of every cluster of the leaf level. */
export function clusterOfPart(levels: readonly Level[]): Int32Array {
  const parts = Int32Array.from({ length: levels[0]!.clusters }, (_, part) => part);
  return parts.map((part) => levels.slice(1).reduce((at, { parent }) => parent[at]!, part));
}

/**
 * Part of every token: the cluster of the leaf level that it was joined to, so that every level of Algorithm 1
 * divides the final clusters (Fig. 5). Eq. 3 moves some tokens to another cluster than the one that they were joined
 * into; such a token takes, of its new cluster's parts, the one nearest (Eq. 2) to the part it was joined to.
 *
 * @returns [tokens], each below `levels[0].clusters`
 */
export async function partsOfTokens(
  backend: Backend,
  { centroids, parent }: Pick<LeafLevel, 'centroids' | 'parent'>,
  { labels, levels, clusters }: Pick<Clustering, 'labels' | 'levels' | 'clusters'>,
): Promise<Int32Array> {
  const clusterOf = clusterOfPart(levels);
  const parts = parent.slice();
  const moved = new Map<number, number[]>();
  parent.forEach((part, token) => {
    if (clusterOf[part] === labels[token]) return;
    const tokens = moved.get(part);
    if (tokens) tokens.push(token);
    else moved.set(part, [token]);
  });
  const left = [...moved.keys()].sort((a, b) => a - b);
  const together = Math.max(1, Math.floor(ENTRIES / centroids.count));
  for (let at = 0; at < left.length; at += together) {
    const some = left.slice(at, at + together);
    const rows = await backend.gather(centroids, some);
    const distances = await backend.distances(rows, centroids);
    rows.release();
    for (const [i, part] of some.entries()) {
      const nearest = nearestIn(distances.subarray(i * centroids.count), clusterOf, clusters);
      for (const token of moved.get(part)!) parts[token] = nearest[labels[token]!]!;
    }
  }
  return parts;
}

/** Nearest part of every cluster, the lowest on a tie. */
function nearestIn(distances: Float32Array, clusterOf: Int32Array, clusters: number): Int32Array {
  const nearest = new Int32Array(clusters).fill(-1);
  clusterOf.forEach((cluster, part) => {
    const best = nearest[cluster]!;
    if (best < 0 || distances[part]! < distances[best]!) nearest[cluster] = part;
  });
  return nearest;
}
