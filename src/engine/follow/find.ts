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
  /** What tokens are held against (Eq. 3): the hierarchy's leaves. The taker releases them. */
  leaves: Rows;
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
      options,
      levels: [],
      members: membersOf(leafOf, centroids.count),
      pairs,
    };
    if (!fine) return found;
    try {
      await limit(backend, found);
      return { ...found, levels: await levelsAt(backend, found, settings.tau) };
    } catch (error) {
      found.leaves.release();
      throw error;
    }
  } finally {
    scan.release();
  }
}

/** Levels above the leaves at a τ: the later hierarchies of Algorithm 1. A matter of milliseconds. */
export async function levelsAt(
  backend: Backend,
  { leaves, options }: Pick<Found, 'leaves' | 'options'>,
  tau: number,
): Promise<Level[]> {
  const levels: Level[] = [];
  const copy = await backend.concat([leaves]);
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
