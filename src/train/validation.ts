import type { Backend, Grid } from '../engine/backend/types.ts';
import { cluster } from '../engine/cluster/algorithm1.ts';
import { keyFrames } from '../engine/tokens/keyframes.ts';
import { mean } from '../metrics/statistics.ts';

/** A sequence with masks, as the validation keeps it. */
export interface ValidationSequence {
  grid: Grid;
  /** The backbone's keys, [tokens, dim]. */
  keys: Float32Array;
  /** Share of every token that is foreground, [tokens]. */
  truth: Float32Array;
}

/** The correlator's projections of keys. */
export type Project = (keys: Float32Array, tokens: number) => Promise<{ q: Float32Array; k: Float32Array }>;

/** Share of frames that are key frames: the validation takes few frames of a sequence. */
const RATIO = 1 / 3;
/** J moves by a point or two from one τ to the next, so it is averaged over τ and two neighbours. */
const TAU_FACTORS = [1 / 1.25, 1, 1.25];
/** Frames that the validation takes of a sequence. */
export const VALIDATION_FRAMES = 6;

/**
 * Mean J over the sequences, and over three τ, of the one cluster that suits best, on the grid of tokens. An oracle, and
 * coarser than `unprompted eval`: made to compare states of a training.
 */
export async function validate(
  sequences: readonly ValidationSequence[],
  project: Project,
  heads: number,
  backend: Backend,
  tau: number,
  signal?: AbortSignal,
): Promise<number> {
  const scores: number[] = [];
  for (const { grid, keys, truth } of sequences) {
    const n = grid.rows * grid.columns;
    const dim = keys.length / (grid.frames * n);
    const projected = await project(keys, grid.frames * n);
    const attention = await backend.attend(
      {
        grid,
        heads,
        channels: dim / heads,
        read: async (which, first, count) =>
          projected[which].slice(first * n * dim, (first + count) * n * dim),
        keyFrames: keyFrames(grid.frames, RATIO),
        temperature: Array.from({ length: heads }, () => 1),
      },
      signal,
    );
    try {
      for (const factor of TAU_FACTORS) {
        const rule = { clustering: 'paper', tau: factor * tau, window: grid.frames, k: 1, seed: 0 } as const;
        const control = { budget: 2 ** 28, signal };
        const { labels, clusters } = await cluster(backend, attention, grid, rule, control);
        scores.push(bestCluster(labels, clusters, truth, n));
      }
    } finally {
      attention.release();
    }
  }
  return mean(scores);
}

/** J, averaged over frames of `n` tokens, of the one label whose average is highest. Tokens may be foreground in part. */
export function bestCluster(labels: Int32Array, clusters: number, truth: Float32Array, n: number): number {
  const frames = labels.length / n;
  const sums = new Float64Array(clusters);
  for (let frame = 0; frame < frames; frame++) {
    const shared = new Float64Array(clusters);
    const sizes = new Float64Array(clusters);
    let foreground = 0;
    for (let token = frame * n; token < (frame + 1) * n; token++) {
      shared[labels[token]!]! += truth[token]!;
      sizes[labels[token]!]! += 1;
      foreground += truth[token]!;
    }
    for (let label = 0; label < clusters; label++) {
      const union = sizes[label]! + foreground - shared[label]!;
      sums[label]! += (union > 0 ? shared[label]! / union : 1) / frames;
    }
  }
  return Math.max(...sums);
}

/** The share of every cell of a rows × columns grid that a mask's labels above 0 cover. */
export function coverage(
  { width, height, labels }: { width: number; height: number; labels: ArrayLike<number> },
  rows: number,
  columns: number,
): Float32Array {
  const covered = new Float32Array(rows * columns);
  const sizes = new Float32Array(rows * columns);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * rows) / height);
    for (let x = 0; x < width; x++) {
      const cell = row * columns + Math.floor((x * columns) / width);
      sizes[cell]! += 1;
      if (labels[y * width + x]! > 0) covered[cell]! += 1;
    }
  }
  return covered.map((value, cell) => (sizes[cell]! > 0 ? value / sizes[cell]! : 0));
}
