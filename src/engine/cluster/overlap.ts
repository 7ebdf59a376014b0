import type { Clustering } from '../backend/types.ts';

type Labelled = Pick<Clustering, 'labels' | 'clusters'>;

/** For every cluster of `of`, the cluster of `among` that shares most tokens with it; the lower number on a tie. */
export function mostShared(of: Labelled, among: Labelled): Int32Array {
  // Only pairs that share a token are kept: a table of all would grow with the product of the clusters.
  const shared = Array.from({ length: of.clusters }, () => new Map<number, number>());
  of.labels.forEach((cluster, token) => {
    const counts = shared[cluster]!;
    const other = among.labels[token]!;
    counts.set(other, (counts.get(other) ?? 0) + 1);
  });
  return Int32Array.from(shared, (counts) => {
    let [best, most] = [0, 0];
    for (const [other, count] of counts) {
      if (count > most || (count === most && other < best)) [best, most] = [other, count];
    }
    return best;
  });
}
