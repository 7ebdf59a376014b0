import type { Level } from '../backend/types.ts';

/** Two sets of leaves that become one: each is named by one of its leaves. */
export interface Merge {
  a: number;
  b: number;
  /** Average linkage between the two. */
  height: number;
}

/**
 * Average linkage (UPGMA) over all leaves: the distance of two sets is the mean of the distances between their members,
 * a leaf counting as `weights[leaf]` of them. By nearest-neighbour chains, which the linkage's reducibility allows:
 * O(K²) time, and the K × K matrix, which is overwritten.
 *
 * @param distances [K, K], symmetric; the diagonal is not read
 * @returns K − 1 merges, lowest first: every set is made before it is part of another
 */
export function averageLinkage(distances: Float32Array, weights: ArrayLike<number>): Merge[] {
  const leaves = weights.length;
  const weight = Float64Array.from(weights);
  const standing = Uint8Array.from({ length: leaves }, () => 1);
  const merges: Merge[] = [];
  const chain: number[] = [];
  for (let first = 0; merges.length < leaves - 1; ) {
    while (!standing[first]) first++;
    if (chain.length === 0) chain.push(first);
    const tip = chain.at(-1)!;
    const before = chain.at(-2);
    const next = nearest(distances, standing, tip, before);
    if (next !== before) {
      chain.push(next);
      continue;
    }
    chain.length -= 2;
    merges.push({ a: tip, b: next, height: distances[tip * leaves + next]! });
    join(distances, standing, weight, tip, next);
  }
  // The chains find merges out of order. A set is never lower than its parts, and the sort is stable.
  return merges.sort((one, other) => one.height - other.height);
}

/** The standing set nearest to `tip`; `before` where that is as near as any, so that chains end. */
function nearest(
  distances: Float32Array,
  standing: Uint8Array,
  tip: number,
  before: number | undefined,
): number {
  const leaves = standing.length;
  const row = distances.subarray(tip * leaves, (tip + 1) * leaves);
  let best = before ?? -1;
  for (let other = 0; other < leaves; other++)
    if (standing[other] && other !== tip && (best < 0 || row[other]! < row[best]!)) best = other;
  return best;
}

/** Puts set `from` into set `to`. */
function join(
  distances: Float32Array,
  standing: Uint8Array,
  weight: Float64Array,
  from: number,
  to: number,
): void {
  const leaves = standing.length;
  standing[from] = 0;
  const share = weight[from]! / (weight[from]! + weight[to]!);
  weight[to]! += weight[from]!;
  for (let other = 0; other < leaves; other++) {
    if (!standing[other] || other === to) continue;
    const d = share * distances[from * leaves + other]! + (1 - share) * distances[to * leaves + other]!;
    distances[to * leaves + other] = d;
    distances[other * leaves + to] = d;
  }
}

/** Cluster of every leaf once all sets nearer than τ have been joined, numbered in the order of their first leaves. */
export function cut(
  merges: readonly Merge[],
  leaves: number,
  tau: number,
): { parent: Int32Array; clusters: number } {
  const joined = Int32Array.from({ length: leaves }, (_, leaf) => leaf);
  const setOf = (leaf: number): number => {
    let set = leaf;
    while (joined[set] !== set) {
      joined[set] = joined[joined[set]!]!;
      set = joined[set]!;
    }
    return set;
  };
  for (const { a, b, height } of merges) if (height < tau) joined[setOf(a)] = setOf(b);
  const numbers = new Map<number, number>();
  const parent = joined.map((_, leaf) => {
    const set = setOf(leaf);
    if (!numbers.has(set)) numbers.set(set, numbers.size);
    return numbers.get(set)!;
  });
  return { parent, clusters: numbers.size };
}

/** Cuts at rising τ as levels above the leaves; those that join nothing are left out. */
export function cutLevels(merges: readonly Merge[], leaves: number, taus: readonly number[]): Level[] {
  const levels: Level[] = [];
  let below = Int32Array.from({ length: leaves }, (_, leaf) => leaf);
  let clusters = leaves;
  for (const tau of taus) {
    const next = cut(merges, leaves, tau);
    if (next.clusters === clusters) continue;
    const parent = new Int32Array(clusters);
    below.forEach((cluster, leaf) => {
      parent[cluster] = next.parent[leaf]!;
    });
    levels.push({ clusters: next.clusters, parent });
    below = Int32Array.from(next.parent);
    clusters = next.clusters;
  }
  return levels;
}
