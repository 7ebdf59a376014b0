import { P_FLOOR } from '../numerics.ts';
import { readQueries } from '../plain/attention.ts';
import { type Attention, type AttentionInput, rowGrid } from '../types.ts';
import rowsSource from './attention.wgsl?raw';
import packSource from './pack.wgsl?raw';
import poolSource from './pool.wgsl?raw';
import productSource from './product.wgsl?raw';
import { entropies, makeRows, type Page, pageRows, rowBytes, spans, strideOf } from './rows.ts';
import type { Batch } from './runtime/batch.ts';
import type { Gpu } from './runtime/gpu.ts';
import { type Kernel, LANES, STEP, tileOf } from './runtime/kernel.ts';
import statisticsSource from './statistics.wgsl?raw';
import tileSource from './tile.wgsl?raw';

export const PACK: Kernel = { name: 'pack', source: packSource };
export const STATISTICS: Kernel = {
  name: 'statistics',
  source: tileSource + productSource + statisticsSource,
};
export const ROWS: Kernel = { name: 'attention-rows', source: tileSource + productSource + rowsSource };
export const POOL: Kernel = { name: 'pool', source: poolSource };

/** Keys of a page at most: what one dispatch goes over stays short. */
const PAGE_KEYS = 2 ** 14;

interface KeyPage {
  first: number;
  count: number;
  /** [heads, count, channels padded to STEP] of f32. */
  matrices: GPUBuffer;
}

/** Keys of the key frames on the GPU, and from there rows of A'v (Eq. 1) for any tokens. */
export async function attendWebgpu(
  gpu: Gpu,
  input: AttentionInput,
  signal?: AbortSignal,
): Promise<Attention> {
  const { grid, heads, channels, keyFrames, temperature, pool = 1 } = input;
  const n = grid.rows * grid.columns;
  const keysInAll = keyFrames.length * n;
  const { width } = rowGrid(input);
  const quads = (Math.ceil(channels / STEP) * STEP) / 4;
  const tile = tileOf(gpu.tuning);
  const [packing, statistics, rows, entropy, pooling] = await Promise.all([
    gpu.program(PACK),
    gpu.program(STATISTICS),
    gpu.program(ROWS),
    entropies(gpu, { width, metric: 'kl' }),
    pool > 1 ? pooler(gpu, input) : null,
  ]);

  const matrixBytes = (tokens: number) => heads * tokens * quads * 16;
  const keysOfPage = Math.max(1, Math.min(PAGE_KEYS, Math.floor(gpu.tuning.pageBytes / matrixBytes(1))));
  const scaleQueries = Float32Array.from(
    { length: heads },
    (_, head) => temperature[head]! / Math.sqrt(channels),
  );
  const scaleKeys = new Float32Array(heads).fill(1);

  /** Packs `count` tokens of dense values, from token `source` on, to token `first` of `matrices`. */
  const pack = (
    dense: Float32Array<ArrayBuffer>,
    scale: Float32Array<ArrayBuffer>,
    to: { matrices: GPUBuffer; capacity: number; first: number },
  ) => {
    const tokens = dense.length / (heads * channels);
    const batch = gpu.batch('pack');
    for (const [source, count] of spans(tokens, PAGE_KEYS))
      batch.dispatch(packing, [Math.ceil((4 * quads) / LANES), count, heads], {
        dense: batch.upload(dense),
        scale: batch.upload(scale),
        matrices: to.matrices,
        params: batch.uniform([heads, channels, quads, to.capacity, source, to.first + source]),
      });
    batch.submit();
  };

  const pages: KeyPage[] = [];
  const release = () => {
    for (const { matrices } of pages) gpu.buffers.destroy(matrices);
  };
  try {
    for (const [first, count] of spans(keysInAll, keysOfPage))
      pages.push({
        first,
        count,
        matrices: gpu.buffers.create(matrixBytes(count), GPUBufferUsage.STORAGE, 'keys'),
      });
    for (const [i, frame] of keyFrames.entries()) {
      signal?.throwIfAborted();
      const dense = await input.read('k', frame, 1);
      for (const page of pages) {
        const begin = Math.max(page.first, i * n);
        const end = Math.min(page.first + page.count, (i + 1) * n);
        if (begin >= end) continue;
        const part = dense.slice((begin - i * n) * heads * channels, (end - i * n) * heads * channels);
        pack(part, scaleKeys, { matrices: page.matrices, capacity: page.count, first: begin - page.first });
      }
    }
    await gpu.check();
  } catch (error) {
    release();
    throw error;
  }

  return {
    tokens: grid.frames * n,
    width,
    rowBytes: rowBytes(gpu, width) + 4,
    release,
    rows: (firstToken, count) =>
      makeRows(gpu, { width, metric: 'kl' }, spans(count, pageRows(gpu, keysInAll)), async (page, first) => {
        signal?.throwIfAborted();
        const dense = Float32Array.from(await readQueries(input, firstToken + first, page.count));
        const batch = gpu.batch('attention');
        const q = gpu.buffers.create(matrixBytes(page.count), GPUBufferUsage.STORAGE, 'queries');
        pack(dense, scaleQueries, { matrices: q, capacity: page.count, first: 0 });
        const found = batch.scratch(8 * heads * page.count);
        const tiles = Math.ceil(page.count / tile);
        const logits = pooling ? batch.scratch(page.count * rowBytes(gpu, keysInAll)) : page.logits;
        for (const [i, { count: keys, matrices: k }] of pages.entries())
          batch.dispatch(statistics, [tiles, heads], {
            q,
            k,
            statistics: found,
            params: batch.uniform([page.count, keys, quads, i > 0 ? 1 : 0]),
          });
        for (const { first: column, count: keys, matrices: k } of pages)
          batch.dispatch(rows, [Math.ceil(keys / tile), tiles], {
            q,
            k,
            statistics: found,
            logits,
            params: batch.uniform(
              [page.count, keys, quads, heads, column, strideOf(keysInAll)],
              [keysInAll / heads, P_FLOOR * keysInAll],
            ),
          });
        pooling?.(batch, logits, page);
        entropy(batch, page);
        batch.submit();
        gpu.buffers.destroy(q);
      }),
  };
}

/** Records rows of a page over squares of key positions, from rows over all of them (pool.wgsl). */
async function pooler(gpu: Gpu, input: AttentionInput) {
  const program = await gpu.program(POOL);
  const { grid, keyFrames, pool = 1 } = input;
  const { rows, columns, width } = rowGrid(input);
  const all = keyFrames.length * grid.rows * grid.columns;
  return (batch: Batch, whole: GPUBuffer, { count, logits }: Page) =>
    batch.dispatch(program, [Math.ceil(strideOf(width) / LANES), count], {
      whole,
      logits,
      params: batch.uniform(
        [grid.rows, grid.columns, rows, columns, pool, width, strideOf(all), strideOf(width)],
        [width / all],
      ),
    });
}
