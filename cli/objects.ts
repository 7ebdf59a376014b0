import type { ClusterSummary } from '../src/engine/cluster/background.ts';

export interface Numbered {
  /** Object of each cluster; 0: background or left out. */
  objectOf: number[];
  /** Clusters that are objects, largest first: object 1, 2, …; of several joined, their union. */
  objects: ClusterSummary[];
  /** Objects that were too small to be among the first `most`. */
  leftOut: number;
}

/**
 * Numbers the objects from 1 by size, largest first; at most `most` of them. `everything`: the clusters that count as
 * background are numbered like the others.
 */
export function numberObjects(
  clusters: readonly ClusterSummary[],
  most: number,
  everything = false,
): Numbered {
  const found = clusters
    .filter((cluster) => (everything || !cluster.background) && cluster.tokens > 0)
    .sort((a, b) => b.tokens - a.tokens || a.id - b.id);
  const objects = found.slice(0, most);
  const objectOf = Array.from({ length: Math.max(-1, ...clusters.map(({ id }) => id)) + 1 }, () => 0);
  for (const [place, { id }] of objects.entries()) objectOf[id] = place + 1;
  return { objectOf, objects, leftOut: found.length - objects.length };
}

/** Single-object mode: every cluster that is not background becomes object 1, which is `foreground`, if there is any. */
export function numberForeground(
  clusters: readonly ClusterSummary[],
  foreground: ClusterSummary | null,
): Numbered {
  const objectOf = Array.from({ length: Math.max(-1, ...clusters.map(({ id }) => id)) + 1 }, () => 0);
  for (const { id, background } of clusters) objectOf[id] = Number(!background);
  return { objectOf, objects: foreground ? [foreground] : [], leftOut: 0 };
}
