import type { Backend, Level, Rows } from '../backend/types.ts';
import { clusterOfLeaf, sweepUntilStable } from './levels.ts';
import type { LeafLevel } from './types.ts';

/** Tokens of every centroid. */
export function membersOf({ centroids, parent }: Pick<LeafLevel, 'centroids' | 'parent'>): Float64Array {
  const members = new Float64Array(centroids.count);
  for (const centroid of parent) members[centroid]!++;
  return members;
}

export interface Reclustering {
  /** Cluster of every token. */
  labels: Int32Array;
  clusters: number;
}

/** Clusters at another τ: by the later levels of Algorithm 1 alone. */
export async function recluster(backend: Backend, first: LeafLevel, tau: number): Promise<Reclustering> {
  const levels: Level[] = [];
  const copy = await backend.concat([first.centroids]);
  const found = await sweepUntilStable(backend, copy, { ...first.options, tau }, levels, {
    computed: 0,
    all: 0,
  });
  const clusters = found.count;
  found.release();
  const clusterOf = clusterOfLeaf(levels, first.centroids.count);
  return { labels: first.parent.map((centroid) => clusterOf[centroid]!), clusters };
}

/** Trials of a bisection over τ: 2⁻¹⁰ of the range is finer than a slider's step. */
const TRIALS = 10;

/**
 * The smallest τ in the range that leaves at most `most`, as `count` counts at a τ (the upper end where none gets there).
 * Their number falls as τ rises, all but steadily, so the range is halved again and again.
 */
export async function tauFor(
  most: number,
  [low, high]: readonly [number, number],
  count: (tau: number) => Promise<number>,
): Promise<number> {
  let [under, over] = [low, high];
  for (let trial = 0; trial < TRIALS; trial++) {
    const tau = (under + over) / 2;
    if ((await count(tau)) <= most) over = tau;
    else under = tau;
  }
  return over;
}

/** Centroids that the histogram compares at most: their D takes 16 MB. */
export const MOST_COMPARED = 2048;

/**
 * How the distances between the leaf level's centroids spread (`spreadOf`). Of more than MOST_COMPARED centroids that
 * many are taken, evenly spread over their order: time and memory of K × K distances stay bounded, and the shares are an
 * estimate.
 *
 * @param members tokens of every centroid; those behind them are left out
 */
export async function distanceHistogram(
  backend: Backend,
  { centroids, members }: { centroids: Rows; members: Float64Array },
  most: number,
  bins: number,
): Promise<Float32Array> {
  const count = members.length;
  const compared = Math.min(count, MOST_COMPARED);
  const chosen = Array.from({ length: compared }, (_, i) => Math.floor((i * count) / compared));
  const rows = await backend.gather(centroids, chosen);
  const distances = await backend.distances(rows, rows).finally(() => rows.release());
  return spreadOf(
    distances,
    chosen.map((centroid) => members[centroid]!),
    most,
    bins,
  );
}

/**
 * How distances spread over [0, `most`): share of token pairs in each of `bins`, the last bin taking all beyond.
 *
 * @param distances between groups of tokens, a square; pairs within a group are left out
 * @param members tokens of every group; groups behind those are left out
 */
export function spreadOf(
  distances: Float32Array,
  members: ArrayLike<number>,
  most: number,
  bins: number,
): Float32Array {
  const groups = Math.sqrt(distances.length);
  const shares = new Float64Array(bins);
  let pairs = 0;
  for (let a = 0; a < members.length; a++) {
    for (let b = 0; b < a; b++) {
      const bin = Math.min(bins - 1, Math.floor((distances[a * groups + b]! / most) * bins));
      const both = members[a]! * members[b]!;
      shares[bin]! += both;
      pairs += both;
    }
  }
  return Float32Array.from(shares, (share) => share / Math.max(1, pairs));
}
