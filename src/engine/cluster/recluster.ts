import type { Backend, Level, Rows, SweepOptions } from '../backend/types.ts';
import { cut, type Merge } from './dendrogram.ts';
import { sweepUntilStable } from './levels.ts';

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
  /** What average linkage makes of the centroids at every τ, where that is how the run joined them. */
  tree?: Merge[];
}

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

/** Clusters at another τ: by the later hierarchies of Algorithm 1 alone, or by a cut of the dendrogram. */
export async function recluster(backend: Backend, first: LeafLevel, tau: number): Promise<Reclustering> {
  if (first.tree) {
    const { parent, clusters } = cut(first.tree, first.centroids.count, tau);
    return { labels: first.parent.map((leaf) => parent[leaf]!), clusters };
  }
  const levels: Level[] = [];
  const copy = await backend.concat([first.centroids]);
  const found = await sweepUntilStable(backend, copy, { ...first.options, tau }, levels, {
    computed: 0,
    all: 0,
  });
  const clusters = found.count;
  found.release();
  const labels = first.parent.map((centroid) => levels.reduce((at, { parent }) => parent[at]!, centroid));
  return { labels, clusters };
}

/** Trials of a bisection over τ: 2⁻¹⁰ of the range is finer than a slider's step. */
const TRIALS = 10;

/**
 * The smallest τ in the range that leaves at most `objects`, as `count` counts them (the upper end where none gets
 * there). Their number falls as τ rises, all but steadily, so the range is halved again and again.
 */
export async function tauFor(
  backend: Backend,
  first: LeafLevel,
  objects: number,
  [low, high]: readonly [number, number],
  count: (found: Reclustering) => number = ({ clusters }) => clusters,
): Promise<number> {
  let [under, over] = [Math.max(low, first.options.tau), high];
  for (let trial = 0; trial < TRIALS; trial++) {
    const tau = (under + over) / 2;
    if (count(await recluster(backend, first, tau)) <= objects) over = tau;
    else under = tau;
  }
  return over;
}

/**
 * How the distances between the leaf level's centroids spread over [0, `most`): share of token pairs in each of
 * `bins`, the last bin taking all beyond. Pairs within a centroid are left out.
 */
export async function distanceHistogram(
  backend: Backend,
  first: LeafLevel,
  most: number,
  bins: number,
): Promise<Float32Array> {
  const { centroids } = first;
  const members = membersOf(first);
  const distances = await backend.distances(centroids, centroids);
  const shares = new Float32Array(bins);
  let pairs = 0;
  for (let a = 0; a < centroids.count; a++) {
    for (let b = 0; b < a; b++) {
      const bin = Math.min(bins - 1, Math.floor((distances[a * centroids.count + b]! / most) * bins));
      shares[bin]! += members[a]! * members[b]!;
      pairs += members[a]! * members[b]!;
    }
  }
  return pairs > 0 ? shares.map((share) => share / pairs) : shares;
}
