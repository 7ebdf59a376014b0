import type { Attention, Backend, Grid, Level, Rows, SweepOptions } from '../backend/types.ts';
import { hierarchical } from '../cluster/algorithm1.ts';
import { ChunkScan, type Control, planChunks } from '../cluster/chunks.ts';
import { kMeans } from '../cluster/kmeans.ts';
import { composed, sweepUntilStable } from '../cluster/levels.ts';
import type { ClusterSettings } from '../cluster/types.ts';

/** Leaves that one frame's tokens are compared with at most: their τ is raised until they are so few. */
const MOST_LEAVES = 192;
const COARSER = 1.25;

/** What is found in the sampled frames, and all that following the others takes. */
export interface Found {
  /** Centroids that tokens are compared with (Eq. 3): the hierarchy's leaves. The caller releases them. */
  leaves: Rows;
  /** Of those, how many were found in the samples; what came in later has the leaves behind them. */
  first: number;
  /** Of the sweep that the leaves come from. */
  options: SweepOptions;
  /** From the leaves up; the last one's clusters are the result's. Empty where every leaf is a cluster. */
  levels: Level[];
  /** Tokens of the samples that each leaf was made of. */
  members: Float64Array;
  /** Distances that the sweeps computed, against all pairs. */
  pairs: { computed: number; all: number };
}

/**
 * The leaves and levels of Algorithm 1 over the rows of sampled frames. `hierarchical` makes leaves at `leafTau`, finer
 * than τ, so that τ can be moved both ways without another run, and goes on from them at τ; the other ways have their
 * final centroids for leaves, and Eq. 3 is the paper's.
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
  const { clustering } = settings;
  const fine = clustering === 'hierarchical';
  const at = { ...settings, tau: fine ? Math.min(settings.tau, leafTau) : settings.tau };
  const inWindows = clustering !== 'paper' && clustering !== 'kmeans';
  const windowRows = inWindows ? settings.window * grid.rows * grid.columns : attention.tokens;
  const chunks = planChunks(attention, windowRows, control.budget, clustering === 'released');
  const scan = new ChunkScan(attention, chunks, control, clustering === 'kmeans' ? 2 : 1);
  const options = { tau: at.tau, inclusive: clustering === 'released' };
  try {
    const { centroids, levels, pairs } =
      clustering === 'kmeans'
        ? await kMeans(backend, attention, scan, at)
        : await hierarchical(backend, attention, scan, at, control);
    const leafOf = composed(levels);
    const found = {
      leaves: centroids,
      first: centroids.count,
      options,
      levels: [],
      members: membersOf(leafOf, centroids.count),
      pairs,
    };
    if (!fine) return found;
    try {
      await limit(backend, found);
      found.first = found.leaves.count;
      return { ...found, levels: await levelsAt(backend, found, settings.tau) };
    } catch (error) {
      found.leaves.release();
      throw error;
    }
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

/** Cluster of every leaf. */
export function clusterOfLeaf(levels: readonly Level[], leaves: number): Int32Array {
  return Int32Array.from({ length: leaves }, (_, leaf) =>
    levels.reduce((at, { parent }) => parent[at]!, leaf),
  );
}

/**
 * Levels of the first leaves with the later ones in them. Clusters of the first leaves stay what they are, under the same
 * numbers: a later leaf joins the cluster of the first leaf that it is nearest to, where that is nearer than τ; the
 * others make clusters of their own, by Algorithm 1 and then by what `join` says, which come after.
 *
 * @param base levels of the first leaves
 * @param join the group of each new cluster, given the cluster of every leaf and how many there are of the first
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
 * Levels with more leaves behind the first ones: up to the last level each of them stays by itself.
 *
 * @param clusterOf cluster of every leaf on the last level, of the first ones as it was
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

/** Joins leaves at a rising τ until they are few enough. */
async function limit(backend: Backend, found: Found): Promise<void> {
  while (found.leaves.count > MOST_LEAVES) {
    found.options = { ...found.options, tau: found.options.tau * COARSER };
    const levels: Level[] = [];
    found.leaves = await sweepUntilStable(backend, found.leaves, found.options, levels, found.pairs);
    const into = clusterOfLeaf(levels, found.members.length);
    const members = new Float64Array(found.leaves.count);
    for (const [leaf, count] of found.members.entries()) members[into[leaf]!]! += count;
    found.members = members;
  }
}

function membersOf(leafOf: Int32Array, leaves: number): Float64Array {
  const members = new Float64Array(leaves);
  for (const leaf of leafOf) members[leaf]!++;
  return members;
}
