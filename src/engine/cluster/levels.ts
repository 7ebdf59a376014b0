import { yieldToEvents } from '../../lib/events.ts';
import type { Backend, Level, Rows, SweepOptions } from '../backend/types.ts';
import type { Pairs } from './types.ts';

/**
 * Sweeps over the centroids until their number no longer changes; adds a level for each sweep that joined some. Takes `start`
 * over: it is released, or given back.
 */
export async function sweepUntilStable(
  backend: Backend,
  start: Rows,
  options: SweepOptions,
  levels: Level[],
  pairs: Pairs,
  signal?: AbortSignal,
): Promise<Rows> {
  let centroids = start;
  for (;;) {
    const sweep = backend.sweep(centroids.width, options);
    try {
      await yieldToEvents(signal);
      const parent = await sweep.add(centroids);
      count(pairs, sweep.pairs, centroids.count);
      // A sweep that joins nothing leaves every centroid as it is.
      if (sweep.clusters === centroids.count) return centroids;
      const next = await sweep.centroids();
      centroids.release();
      centroids = next;
      levels.push({ clusters: centroids.count, parent });
    } catch (error) {
      centroids.release();
      throw error;
    } finally {
      sweep.release();
    }
  }
}

/** Counts a sweep over `rows` rows that asked for `computed` distances. */
export function count(pairs: Pairs, computed: number, rows: number): void {
  pairs.computed += computed;
  pairs.all += choose2(rows);
}

/** Pairs of n things. */
export const choose2 = (n: number) => (n * (n - 1)) / 2;

/** Cluster, at the last of the levels, of each of the `count` below the first: centroids or tokens. */
export function clusterOfLeaf(levels: readonly Level[], count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, leaf) =>
    levels.reduce((at, { parent }) => parent[at]!, leaf),
  );
}

/** Leaves, and the tokens that each was made of. */
export interface Counted {
  leaves: Rows;
  members: Float64Array;
}

/** Joins leaves until their number no longer changes. Takes them over, as `sweepUntilStable` does. */
export async function joinLeaves(
  backend: Backend,
  { leaves, members }: Counted,
  options: SweepOptions,
  pairs: Pairs,
  signal?: AbortSignal,
): Promise<Counted> {
  const levels: Level[] = [];
  const joined = await sweepUntilStable(backend, leaves, options, levels, pairs, signal);
  const counts = new Float64Array(joined.count);
  for (const [leaf, into] of clusterOfLeaf(levels, members.length).entries()) counts[into]! += members[leaf]!;
  return { leaves: joined, members: counts };
}

/** What τ is raised by where leaves are too many. */
const COARSER = 1.25;

/** Joins leaves at a rising τ while there are more than `most`. Takes them over. `options`: with the τ that it came to. */
export async function joinToFew(
  backend: Backend,
  leaves: Counted,
  options: SweepOptions,
  most: number,
  pairs: Pairs,
  signal?: AbortSignal,
): Promise<Counted & { options: SweepOptions }> {
  let few = { ...leaves, options };
  while (few.leaves.count > most) {
    const coarser = { ...few.options, tau: few.options.tau * COARSER };
    few = { ...(await joinLeaves(backend, few, coarser, pairs, signal)), options: coarser };
  }
  return few;
}
