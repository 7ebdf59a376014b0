import type { Attention, Backend, Rows, SweepOptions } from '../backend/types.ts';
import type { Hierarchy } from './algorithm1.ts';
import type { ChunkScan, Control } from './chunks.ts';
import { averageLinkage, cutLevels } from './dendrogram.ts';
import { choose2, composed, count } from './levels.ts';
import { membersOf } from './recluster.ts';

/** Cuts of the dendrogram that become levels, as shares of τ. */
const CUTS = [0.625, 0.75, 0.875, 1];

/**
 * Average linkage on D (Eq. 2) over what Algorithm 1 leaves at a smaller τ, every centroid counting as its tokens, cut
 * at τ. Where Algorithm 1 joins by the order of the rows, this joins by distance alone, and the whole dendrogram gives
 * every larger τ at once. Centroids of the cut are the means of all their tokens' rows.
 *
 * `found`: Algorithm 1's at the smaller τ; its centroids are taken over. Its levels count as one: the leaves.
 */
export async function agglomerate(
  backend: Backend,
  attention: Attention,
  passes: ChunkScan,
  found: Hierarchy,
  tau: number,
  options: SweepOptions,
  { onFirst }: Control,
): Promise<Hierarchy> {
  const { centroids: leaves, pairs } = found;
  const parent = composed(found.levels);
  try {
    const distances = await backend.distances(leaves, leaves);
    count(pairs, choose2(leaves.count), leaves.count);
    const tree = averageLinkage(distances, membersOf({ centroids: leaves, parent }));
    const above = cutLevels(
      tree,
      leaves.count,
      CUTS.map((share) => share * tau),
    );
    const levels = [{ clusters: leaves.count, parent }, ...above];
    const centroids = await means(backend, attention, passes, composed(levels), levels.at(-1)!.clusters);
    if (onFirst) onFirst({ options, centroids: leaves, parent, tree });
    else leaves.release();
    return { centroids, levels, pairs };
  } catch (error) {
    leaves.release();
    throw error;
  }
}

/** Means of the rows of every label. */
async function means(
  backend: Backend,
  attention: Attention,
  passes: ChunkScan,
  labels: Int32Array,
  clusters: number,
): Promise<Rows> {
  const accumulator = backend.accumulator(attention.width, clusters);
  try {
    await passes.each((rows, { first, count }) => accumulator.add(rows, labels.slice(first, first + count)));
    return (await accumulator.means()).rows;
  } finally {
    accumulator.release();
  }
}
