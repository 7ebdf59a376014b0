import type { Clustering } from '../backend/types.ts';
import { summariseClusters } from '../cluster/background.ts';
import type { Records } from '../follow/records.ts';
import type { ClustersAt } from './clusters.ts';
import { labelsOf } from './frame-updates.ts';
import type { Clustered } from './result.ts';

/**
 * A run's clustering, from clusters of its leaves, in all frames that have been followed.
 *
 * @param leaves how many there are
 * @param pairs distances that were computed to find the leaves
 */
export function clusteredBy(
  { levels, clusterOf, clusters: classified }: ClustersAt,
  leaves: number,
  records: Records,
  pairs: Clustering['pairs'],
): Clustered {
  const { labels, parts } = labelsOf(records, clusterOf);
  // Clusters are classified in the samples, and counted over all followed frames.
  const clusters = summariseClusters({ labels, clusters: classified.length }, records.grid).map(
    (counted, id) => {
      const { background, motion } = classified[id]!;
      return { ...counted, background, ...(motion !== undefined && { motion }) };
    },
  );
  const clustering: Clustering = {
    labels,
    clusters: clusters.length,
    levels: [{ clusters: leaves, parent: parts }, ...levels],
    distances: null,
    pairs,
  };
  return { clustering, parts, clusters };
}
