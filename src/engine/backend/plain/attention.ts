import { type AttentionInput, rowGrid } from '../types.ts';

/**
 * Rows of A'v (Eq. 1), in float64: the mean over heads of softmax(temperature_h · q·kᵀ / √channels).
 * q [n, heads·channels], k [width, heads·channels]; returns P [n, width].
 */
export function headMeanSoftmax(
  q: Float32Array,
  k: Float32Array,
  { heads, channels, temperature }: Pick<AttentionInput, 'heads' | 'channels' | 'temperature'>,
): Float64Array {
  const dim = heads * channels;
  const width = k.length / dim;
  const means = new Float64Array((q.length / dim) * width);
  const logits = new Float64Array(width);
  for (let row = 0; row * dim < q.length; row++) {
    const mean = means.subarray(row * width, (row + 1) * width);
    for (let head = 0; head < heads; head++) {
      const scale = temperature[head]! / Math.sqrt(channels);
      const query = q.subarray(row * dim + head * channels, row * dim + (head + 1) * channels);
      for (let j = 0; j < width; j++) {
        let dot = 0;
        for (let c = 0; c < channels; c++) dot += query[c]! * k[j * dim + head * channels + c]!;
        logits[j] = scale * dot;
      }
      const top = logits.reduce((a, b) => Math.max(a, b));
      const sum = logits.reduce((total, logit) => total + Math.exp(logit - top), 0);
      for (let j = 0; j < width; j++) mean[j]! += Math.exp(logits[j]! - top) / (sum * heads);
    }
  }
  return means;
}

/** Rows of A'v over squares of `pool` × `pool` key positions of a frame, from rows over all of them: sums of P. */
export function poolKeys(
  p: Float64Array,
  input: Pick<AttentionInput, 'grid' | 'keyFrames' | 'pool'>,
): Float64Array {
  const { grid, pool = 1 } = input;
  if (pool === 1) return p;
  const { rows, columns } = rowGrid(input);
  const frame = grid.rows * grid.columns;
  const pooled = new Float64Array((p.length / frame) * rows * columns);
  for (const [at, x] of p.entries()) {
    const row = Math.floor((at % frame) / grid.columns / pool);
    const column = Math.floor(((at % frame) % grid.columns) / pool);
    pooled[(Math.floor(at / frame) * rows + row) * columns + column]! += x;
  }
  return pooled;
}

/** Keys of the key frames, joined in order: [T'n, heads·channels]. */
export async function readKeys(input: AttentionInput, signal?: AbortSignal): Promise<Float32Array> {
  const frame = input.grid.rows * input.grid.columns * input.heads * input.channels;
  const keys = new Float32Array(input.keyFrames.length * frame);
  for (const [i, first] of input.keyFrames.entries()) {
    signal?.throwIfAborted();
    keys.set(await input.read('k', first, 1), i * frame);
  }
  return keys;
}

/** Queries of the tokens [first, first + count), which may begin and end within a frame. */
export async function readQueries(
  input: AttentionInput,
  first: number,
  count: number,
): Promise<Float32Array> {
  const n = input.grid.rows * input.grid.columns;
  const dim = input.heads * input.channels;
  const firstFrame = Math.floor(first / n);
  const frames = Math.ceil((first + count) / n) - firstFrame;
  const q = await input.read('q', firstFrame, frames);
  const skip = first - firstFrame * n;
  return q.subarray(skip * dim, (skip + count) * dim);
}
