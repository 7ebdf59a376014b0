import type { Attention, Backend, Grid, Level, Rows, SweepOptions } from '../backend/types.ts';
import { hierarchical } from '../cluster/algorithm1.ts';
import { ChunkScan, type Control, planChunks } from '../cluster/chunks.ts';
import { clusterOfLeaf, joinToFew, sweepUntilStable } from '../cluster/levels.ts';
import { membersOf } from '../cluster/recluster.ts';
import type { ClusterSettings, Pairs } from '../cluster/types.ts';

/** Leaves that one frame's tokens are compared with at most. */
const MOST_LEAVES = 192;

/** What is found in the sampled frames, and all that following needs. */
export interface Found {
  /** Centroids that tokens are compared with (Eq. 3): the hierarchy's leaves. The caller releases them. */
  leaves: Rows;
  /** How many of them were found in the samples; the leaves of newcomers come after these. */
  first: number;
  /** Of the sweep that the leaves come from. */
  options: SweepOptions;
  /** Tokens of the samples that each leaf was made of. */
  members: Float64Array;
  /** Distances that the sweeps computed, against all pairs. */
  pairs: Pairs;
}

/**
 * The leaves of Algorithm 1 over the rows of sampled frames. They are made at `leafTau`, finer than τ, so that τ can be moved
 * both ways without another run; `levelsAt` goes on from them.
 *
 * @throws the signal's reason when it aborts
 */
export async function find(
  backend: Backend,
  attention: Attention,
  grid: Grid,
  settings: ClusterSettings,
  leafTau: number,
  control: Control,
): Promise<Found> {
  const at = { ...settings, tau: Math.min(settings.tau, leafTau) };
  const windowRows = settings.window * grid.rows * grid.columns;
  const chunks = planChunks(attention, windowRows, control.budget, false);
  const scan = new ChunkScan(attention, chunks, control, 1);
  try {
    const { centroids, levels, pairs } = await hierarchical(backend, attention, scan, at, control);
    const parent = clusterOfLeaf(levels, attention.tokens);
    const made = { leaves: centroids, members: membersOf({ centroids, parent }) };
    const options = { tau: at.tau, inclusive: false };
    const few = await joinToFew(backend, made, options, MOST_LEAVES, pairs);
    return { ...few, first: few.leaves.count, pairs };
  } finally {
    scan.release();
  }
}

/** Levels above the first leaves at a τ: the later hierarchies of Algorithm 1. A matter of milliseconds. */
export async function levelsAt(
  backend: Backend,
  { leaves, first, options }: Pick<Found, 'leaves' | 'first' | 'options'>,
  tau: number,
): Promise<Level[]> {
  const levels: Level[] = [];
  const copy = await backend.gather(leaves, numbers(0, first));
  const top = await sweepUntilStable(backend, copy, { ...options, tau }, levels, { computed: 0, all: 0 });
  top.release();
  return levels;
}

/**
 * Levels of the first leaves, with the later ones added. Clusters of the first leaves keep their numbers: a later leaf joins
 * the cluster of the nearest first leaf, if that is nearer than τ; the others form clusters of their own, by Algorithm 1 and
 * then by `join`, which come after.
 *
 * @param base levels of the first leaves
 * @param join groups new clusters, given the cluster of every leaf and how many clusters the first leaves have
 */
export async function withLater(
  backend: Backend,
  { leaves, first, options }: Pick<Found, 'leaves' | 'first' | 'options'>,
  tau: number,
  base: readonly Level[],
  join: (clusterOf: Int32Array, old: number) => Level | null,
): Promise<Level[]> {
  const count = leaves.count - first;
  const old = base.at(-1)?.clusters ?? first;
  const clusterOf = new Int32Array(leaves.count);
  clusterOf.set(clusterOfLeaf(base, first));
  const apart: number[] = [];
  const later = await backend.gather(leaves, numbers(first, count));
  try {
    const distances = await backend.distances(later, leaves);
    for (let i = 0; i < count; i++) {
      const own = distances.subarray(i * leaves.count, i * leaves.count + first);
      const nearest = own.reduce((best, distance, leaf) => (distance < own[best]! ? leaf : best), 0);
      if (own[nearest]! < tau) clusterOf[first + i] = clusterOf[nearest]!;
      else apart.push(i);
    }
    const levels: Level[] = [];
    if (apart.length > 0) {
      const start = await backend.gather(later, apart);
      const pairs = { computed: 0, all: 0 };
      (await sweepUntilStable(backend, start, { ...options, tau }, levels, pairs)).release();
    }
    const own = clusterOfLeaf(levels, apart.length);
    for (const [place, i] of apart.entries()) clusterOf[first + i] = old + own[place]!;
    let clusters = old + (levels.at(-1)?.clusters ?? apart.length);
    const joined = join(clusterOf, old);
    if (joined) {
      for (const i of apart) clusterOf[first + i] = old + joined.parent[clusterOf[first + i]! - old]!;
      clusters = old + joined.clusters;
    }
    return withMore(base, first, clusterOf, clusters);
  } finally {
    later.release();
  }
}

/**
 * Levels with more leaves after the first ones, which stay by themselves up to the last level.
 *
 * @param clusterOf cluster of every leaf on the last level, unchanged for the first ones
 */
export function withMore(
  base: readonly Level[],
  first: number,
  clusterOf: Int32Array,
  clusters: number,
): Level[] {
  const count = clusterOf.length - first;
  const inner = base.slice(0, -1).map((level) => ({
    clusters: level.clusters + count,
    parent: Int32Array.from([...level.parent, ...numbers(level.clusters, count)]),
  }));
  const last = base.at(-1)?.parent ?? numbers(0, first);
  return [...inner, { clusters, parent: Int32Array.from([...last, ...clusterOf.subarray(first)]) }];
}

const numbers = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => first + i);
