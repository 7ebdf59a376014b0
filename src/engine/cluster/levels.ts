import type { Backend, Level, Rows, SweepOptions } from '../backend/types.ts';
import { yieldToEvents } from './chunks.ts';

/** Distances that sweeps have computed, against all i < j of the sets that they swept. */
export interface Pairs {
  computed: number;
  all: number;
}

/**
 * Sweeps over the centroids until their number stays; adds a level for each sweep that joined some. Takes `start`
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

/** Cluster of every token at the last of the levels. */
export function composed(levels: readonly Level[]): Int32Array {
  return levels[0]!.parent.map((cluster) => levels.slice(1).reduce((at, { parent }) => parent[at]!, cluster));
}
