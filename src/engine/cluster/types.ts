import type { Level, Rows, SweepOptions } from '../backend/types.ts';
import type { RunSettings } from '../settings/run.ts';

export type ClusterSettings = Pick<RunSettings, 'clustering' | 'tau' | 'window' | 'k' | 'seed'>;

/** Distances that sweeps have computed, against all i < j of the sets that they swept. */
export interface Pairs {
  computed: number;
  all: number;
}

/** Centroids, how they came about, and what that cost. */
export interface Hierarchy {
  centroids: Rows;
  levels: Level[];
  pairs: Pairs;
}

/**
 * The leaf level of a run: a few hundred centroids that stand for all tokens, so that another τ can be tried in
 * no time. What it gives for a τ above its own is near what a run gives, not equal to it: a run's first sweep joins
 * tokens within the larger τ at once.
 */
export interface LeafLevel {
  /** τ, and whether D = τ joins, of the run that it comes from. */
  options: SweepOptions;
  centroids: Rows;
  /** Centroid of every token. */
  parent: Int32Array;
}
