import type { Grid, Level } from '../backend/types.ts';

/** Mean m of its tokens from which a cluster moves by itself. */
const FOREGROUND = 0.5;
/** Two clusters move as one where they do not drift apart by more than this share of the way that they go … */
const MOST_DRIFT = 0.3;
/** … over the frames where they touch: at least this share of those that both are in, … */
const LEAST_TOGETHER = 1 / 3;
/** … and along at least so many pairs of tokens on average. */
const LEAST_CONTACT = 2;
/** Pixels a frame that the way is taken to be at least. */
const STILL = 0.5;

/** How tokens of sampled frames move. */
export interface TokenMotion {
  /** m of every token, 0…1. */
  m: Float32Array;
  /** What of its motion the camera does not explain, [tokens, 2], pixels a frame. */
  residual: Float32Array;
}

/** Mean m of every cluster, weighed by tokens; 0 of those without any. */
export function meanMotion(labels: Int32Array, clusters: number, m: Float32Array): Float32Array {
  const [sums, counts] = [new Float64Array(clusters), new Float64Array(clusters)];
  for (const [token, label] of labels.entries()) {
    if (label < 0) continue;
    sums[label]! += m[token]!;
    counts[label]!++;
  }
  return Float32Array.from(sums, (sum, cluster) => (counts[cluster]! > 0 ? sum / counts[cluster]! : 0));
}

/**
 * Which clusters move by themselves: those whose mean m is one half or more. Where none reaches it, the one that comes
 * nearest, unless it is below a quarter.
 */
export function foregroundOf(motion: Float32Array): boolean[] {
  const most = Math.max(...motion);
  const least = most >= FOREGROUND ? FOREGROUND : Math.max(FOREGROUND / 2, most);
  return Array.from(motion, (mean) => mean >= least);
}

/**
 * Common fate (Wertheimer 1923): what moves together belongs together. Clusters that move by themselves are joined where
 * they touch and stay together: the legs of an animal swing, but go where its trunk goes in the sum of their steps. Two
 * things that move apart stay two, though they may meet.
 *
 * @param labels cluster of every token of the sampled frames
 * @returns one more level of the hierarchy, or null where nothing is joined
 */
export function joinByMotion(
  labels: Int32Array,
  clusters: number,
  foreground: readonly boolean[],
  { m, residual }: TokenMotion,
  grid: Grid,
): Level | null {
  const pairs = contacts(labels, clusters, foreground, grid);
  const velocities = velocitiesOf(labels, clusters, { m, residual }, grid);
  const parent = Int32Array.from({ length: clusters }, (_, cluster) => cluster);
  const root = (cluster: number): number => {
    let at = cluster;
    while (parent[at] !== at) at = parent[at]!;
    return at;
  };
  let joined = false;
  for (const [pair, frames] of pairs) {
    const [a, b] = [Math.floor(pair / clusters), pair % clusters];
    const contact = [...frames.values()].reduce((sum, count) => sum + count, 0) / frames.size;
    const touching = [...frames.keys()];
    if (contact < LEAST_CONTACT || touching.length < LEAST_TOGETHER * together(a, b, velocities)) continue;
    if (drift(a, b, touching, velocities) > MOST_DRIFT) continue;
    const [low, high] = [root(a), root(b)].sort((x, y) => x - y);
    if (low === high) continue;
    parent[high!] = low!;
    joined = true;
  }
  if (!joined) return null;
  const roots = [...parent.keys()].filter((cluster) => parent[cluster] === cluster);
  const place = new Map(roots.map((cluster, i) => [cluster, i]));
  return { clusters: roots.length, parent: parent.map((_, cluster) => place.get(root(cluster))!) };
}

/** Pairs of moving clusters that touch, as a·clusters + b with a < b, and along how many pairs of tokens in each frame. */
function contacts(
  labels: Int32Array,
  clusters: number,
  foreground: readonly boolean[],
  { frames, rows, columns }: Grid,
): Map<number, Map<number, number>> {
  const pairs = new Map<number, Map<number, number>>();
  const meet = (frame: number, x: number, y: number) => {
    if (x === y || x < 0 || y < 0 || !foreground[x] || !foreground[y]) return;
    const pair = Math.min(x, y) * clusters + Math.max(x, y);
    const seen = pairs.get(pair) ?? new Map<number, number>();
    seen.set(frame, (seen.get(frame) ?? 0) + 1);
    pairs.set(pair, seen);
  };
  for (let frame = 0, token = 0; frame < frames; frame++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, token++) {
        if (column + 1 < columns) meet(frame, labels[token]!, labels[token + 1]!);
        if (row + 1 < rows) meet(frame, labels[token]!, labels[token + columns]!);
      }
    }
  }
  return pairs;
}

/** Mean residual motion of every cluster in every frame, weighed by m: [frames, clusters, 3] with the weight last. */
function velocitiesOf(
  labels: Int32Array,
  clusters: number,
  { m, residual }: TokenMotion,
  { frames, rows, columns }: Grid,
): Float64Array[] {
  const n = rows * columns;
  return Array.from({ length: frames }, (_, frame) => {
    const sums = new Float64Array(3 * clusters);
    for (let token = frame * n; token < (frame + 1) * n; token++) {
      const label = labels[token]!;
      if (label < 0) continue;
      sums[3 * label]! += m[token]! * residual[2 * token]!;
      sums[3 * label + 1]! += m[token]! * residual[2 * token + 1]!;
      sums[3 * label + 2]! += m[token]!;
    }
    return sums;
  });
}

/** In how many frames both clusters are. */
const together = (a: number, b: number, velocities: readonly Float64Array[]): number =>
  velocities.reduce((count, sums) => count + Number(sums[3 * a + 2]! > 0 && sums[3 * b + 2]! > 0), 0);

/** How far two clusters drift apart in some frames, as a share of the way of the faster: |Σ(v_a − v_b)| / Σ max(|v_a|, |v_b|). */
function drift(a: number, b: number, frames: readonly number[], velocities: readonly Float64Array[]): number {
  let [x, y, way] = [0, 0, 0];
  for (const frame of frames) {
    const sums = velocities[frame]!;
    const mean = (cluster: number, axis: number) =>
      sums[3 * cluster + axis]! / Math.max(1e-6, sums[3 * cluster + 2]!);
    const [ax, ay, bx, by] = [mean(a, 0), mean(a, 1), mean(b, 0), mean(b, 1)];
    x += ax - bx;
    y += ay - by;
    way += Math.max(Math.hypot(ax, ay), Math.hypot(bx, by), STILL);
  }
  return Math.hypot(x, y) / way;
}
