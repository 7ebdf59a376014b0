import type { Cells } from '../../lib/size.ts';
import type { Attention, Backend, Grid } from '../backend/types.ts';

/** Side of the squares of tokens whose keys are averaged: evidence is gathered from a quarter as many keys. */
const SQUARE = 2;
/** One sample in so many lends its keys, and no more than so many samples do. */
const EVERY = 2;
const MOST_FRAMES = 12;
/** Sharpens attention for gathering evidence, which needs it sharper than clustering does. */
const SHARPNESS = 6;

/** Places of the samples whose keys lend evidence. */
export function poolingFrames(samples: number): number[] {
  const step = Math.max(EVERY, Math.ceil(samples / MOST_FRAMES));
  const frames: number[] = [];
  for (let place = 0; place < samples; place += step) frames.push(place);
  return frames;
}

/** The grid of the averaged keys of a frame. */
export const poolingGrid = ({ rows, columns }: Cells) => ({
  rows: Math.ceil(rows / SQUARE),
  columns: Math.ceil(columns / SQUARE),
});

/**
 * Attention of any queries over averaged keys of some samples, to gather evidence of motion (p̄). On the eight sequences of
 * DAVIS-2016 it is as good as over every key, at a quarter of the cost.
 *
 * @param keysOf keys of the sample at a place, [tokens, heads·channels]
 * @param temperature of the model, one per head
 */
export async function poolingAttention(
  backend: Backend,
  grid: Grid,
  { heads, channels }: { heads: number; channels: number },
  keysOf: (place: number) => Promise<Float32Array>,
  temperature: readonly number[],
  signal?: AbortSignal,
): Promise<Attention> {
  const frames = poolingFrames(grid.frames);
  const coarse = { ...poolingGrid(grid), frames: frames.length };
  return backend.attend(
    {
      grid: coarse,
      heads,
      channels,
      read: async (_, first, count) => {
        const size = coarse.rows * coarse.columns * heads * channels;
        const keys = new Float32Array(count * size);
        for (let i = 0; i < count; i++)
          keys.set(averaged(await keysOf(frames[first + i]!), grid, heads * channels), i * size);
        return keys;
      },
      keyFrames: frames.map((_, i) => i),
      temperature: temperature.map((value) => SHARPNESS * value),
    },
    signal,
  );
}

/** Means of the keys of every square of tokens; squares at the right and lower edge may be cut off. */
function averaged(keys: Float32Array, { rows, columns }: Cells, dim: number): Float32Array {
  const coarse = poolingGrid({ rows, columns });
  const means = new Float32Array(coarse.rows * coarse.columns * dim);
  const counts = new Float32Array(coarse.rows * coarse.columns);
  for (let row = 0, token = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, token++) {
      const square = Math.floor(row / SQUARE) * coarse.columns + Math.floor(column / SQUARE);
      counts[square]!++;
      for (let c = 0; c < dim; c++) means[square * dim + c]! += keys[token * dim + c]!;
    }
  }
  for (let square = 0; square < counts.length; square++)
    for (let c = 0; c < dim; c++) means[square * dim + c]! /= counts[square]!;
  return means;
}
