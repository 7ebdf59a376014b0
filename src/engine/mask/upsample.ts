import { linearWeights } from '../../lib/linear.ts';
import type { Grid } from '../backend/types.ts';

/** What masks are made from: a run's Eq. 3, soft. */
export interface SoftLabels {
  grid: Grid;
  /** Nearest cluster of every token, [frames · rows · columns]. */
  labels: Int32Array;
  clusters: number;
  /** D of every token to every centroid, [tokens, clusters]; null: outlines follow the labels alone. */
  distances: Float32Array | null;
  /** Instead of its cluster, of every token: the part of the cluster that it belongs to. */
  parts?: Int32Array | null;
}

/**
 * Labels of one frame at pixel size (Eq. 3 between the tokens): the distances to the centroids are interpolated
 * bilinearly between token centres and the argmin is taken at every pixel, so that outlines run smoothly where a
 * nearest-token picture would be blocks. Only the clusters of the four tokens around a pixel count: a pixel in the
 * middle of four equal tokens costs nothing. With `parts`, a pixel of a cluster takes the part that most of the cluster's
 * tokens around it have: parts divide a cluster and leave its outline as it is.
 *
 * @param frame place among the processed frames
 * @returns [height, width] cluster of every pixel, or part where there are parts
 */
export function upsampleLabels(soft: SoftLabels, frame: number, width: number, height: number): Uint16Array {
  const { rows, columns } = soft.grid;
  const base = frame * rows * columns;
  const out = new Uint16Array(width * height);
  const across = linearWeights(width, columns);
  const down = linearWeights(height, rows);
  const corners = new Int32Array(4);
  for (let y = 0; y < height; y++) {
    const top = base + down.before[y]! * columns;
    const bottom = base + down.after[y]! * columns;
    const v = down.weight[y]!;
    for (let x = 0; x < width; x++) {
      corners[0] = top + across.before[x]!;
      corners[1] = top + across.after[x]!;
      corners[2] = bottom + across.before[x]!;
      corners[3] = bottom + across.after[x]!;
      out[y * width + x] = nearest(soft, corners, across.weight[x]!, v);
    }
  }
  return out;
}

/** A label for every token from one for every cluster of the leaf level; null where there is nothing to choose. */
export const chosenParts = (parts: Int32Array | null, chosen: Int32Array | undefined): Int32Array | null =>
  parts && chosen ? parts.map((part) => chosen[part]!) : null;

function nearest(soft: SoftLabels, corners: Int32Array, u: number, v: number): number {
  const cluster = nearestCluster(soft, corners, u, v);
  return soft.parts ? partOf(cluster, soft.parts, soft.labels, corners, u, v) : cluster;
}

function partOf(
  cluster: number,
  parts: Int32Array,
  labels: Int32Array,
  corners: Int32Array,
  u: number,
  v: number,
): number {
  let best = -1;
  let most = -1;
  for (let corner = 0; corner < 4; corner++) {
    if (labels[corners[corner]!] !== cluster) continue;
    const part = parts[corners[corner]!]!;
    let weight = 0;
    for (let other = 0; other < 4; other++) {
      const same = labels[corners[other]!] === cluster && parts[corners[other]!] === part;
      if (same) weight += (other % 2 === 0 ? 1 - u : u) * (other < 2 ? 1 - v : v);
    }
    if (weight > most || (weight === most && part < best)) {
      most = weight;
      best = part;
    }
  }
  return best;
}

function nearestCluster(
  { labels, clusters, distances }: SoftLabels,
  corners: Int32Array,
  u: number,
  v: number,
): number {
  const a = labels[corners[0]!]!;
  if (a === labels[corners[1]!] && a === labels[corners[2]!] && a === labels[corners[3]!]) return a;
  let best = a;
  let least = Number.POSITIVE_INFINITY;
  for (let corner = 0; corner < 4; corner++) {
    const cluster = labels[corners[corner]!]!;
    const d = (at: number) => {
      const token = corners[at]!;
      return distances ? distances[token * clusters + cluster]! : Number(labels[token] !== cluster);
    };
    const distance = (1 - v) * ((1 - u) * d(0) + u * d(1)) + v * ((1 - u) * d(2) + u * d(3));
    if (distance < least || (distance === least && cluster < best)) {
      least = distance;
      best = cluster;
    }
  }
  return best;
}

/** Place of the processed frame nearest in time to a clip frame. `frames` ascending, not empty; the earlier on a tie. */
export function nearestFrame(frames: ArrayLike<number>, clipFrame: number): number {
  let low = 0;
  let high = frames.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (frames[middle]! <= clipFrame) low = middle;
    else high = middle - 1;
  }
  const next = Math.min(low + 1, frames.length - 1);
  return Math.abs(frames[next]! - clipFrame) < Math.abs(clipFrame - frames[low]!) ? next : low;
}

/** Place of a clip frame among the processed ones, ascending; −1 where it is none of them. */
export function placeOf(frames: ArrayLike<number>, clipFrame: number): number {
  const place = nearestFrame(frames, clipFrame);
  return frames[place] === clipFrame ? place : -1;
}
