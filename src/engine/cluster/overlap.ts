import type { Clustering } from '../backend/types.ts';

type Labelled = Pick<Clustering, 'labels' | 'clusters'>;

/** For every cluster of `of`, the cluster of `among` that shares most tokens with it; the lower number on a tie. */
export function mostShared(of: Labelled, among: Labelled): Int32Array {
  const shared = new Int32Array(of.clusters * among.clusters);
  of.labels.forEach((cluster, token) => {
    shared[cluster * among.clusters + among.labels[token]!]!++;
  });
  return Int32Array.from({ length: of.clusters }, (_, cluster) => {
    const counts = shared.subarray(cluster * among.clusters, (cluster + 1) * among.clusters);
    return counts.indexOf(Math.max(...counts));
  });
}
