import type { AttentionInput, Grid } from '../../src/engine/backend/types.ts';
import { keyFrames } from '../../src/engine/tokens/keyframes.ts';

export interface ClipShape {
  grid: Grid;
  heads: number;
  channels: number;
  ratio: number;
}

/**
 * q and k of a made-up clip: blobs that move over a background of three bands, each region with its own direction in
 * feature space, plus noise. Always the same for the same shape.
 */
export function madeUpClip({ grid, heads, channels, ratio }: ClipShape): AttentionInput {
  const dim = heads * channels;
  const random = gaussians(1);
  const REGIONS = 9;
  const means = Array.from({ length: REGIONS }, () => Float32Array.from({ length: dim }, random));
  const n = grid.rows * grid.columns;
  const features = () => {
    const values = new Float32Array(grid.frames * n * dim);
    for (let token = 0; token < grid.frames * n; token++) {
      const frame = Math.floor(token / n);
      const mean = means[regionAt(grid, frame, token % n)]!;
      for (let c = 0; c < dim; c++) values[token * dim + c] = 1.2 * mean[c]! + 0.5 * random();
    }
    return values;
  };
  const [q, k] = [features(), features()];
  return {
    grid,
    heads,
    channels,
    keyFrames: keyFrames(grid.frames, ratio),
    temperature: Array.from({ length: heads }, () => 1),
    read: async (which, first, count) =>
      (which === 'q' ? q : k).subarray(first * n * dim, (first + count) * n * dim),
  };
}

/** Six moving discs (regions 3..8) on three bands (0..2). */
function regionAt({ rows, columns }: Grid, frame: number, place: number): number {
  const [y, x] = [(Math.floor(place / columns) + 0.5) / rows, ((place % columns) + 0.5) / columns];
  for (let disc = 0; disc < 6; disc++) {
    const cx = 0.5 + 0.4 * Math.sin(disc * 1.7 + 0.05 * frame);
    const cy = 0.5 + 0.35 * Math.cos(disc * 2.3 + 0.04 * frame);
    if (Math.hypot(x - cx, y - cy) < 0.08 + 0.01 * disc) return 3 + disc;
  }
  return Math.min(2, Math.floor(3 * y));
}

/** Normal deviates by summing uniform ones of a linear congruential sequence. */
function gaussians(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return () => {
    let sum = 0;
    for (let i = 0; i < 12; i++) sum += uniform();
    return sum - 6;
  };
}
