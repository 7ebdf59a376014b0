import type { Rows } from '../types.ts';
import divergenceSource from './divergence.wgsl?raw';
import nearestSource from './nearest.wgsl?raw';
import {
  ascending,
  finisher,
  type GpuRows,
  makeRows,
  metricConstants,
  type Page,
  scaleOf,
  spans,
  strideOf,
} from './rows.ts';
import type { Batch, Groups } from './runtime/batch.ts';
import type { Gpu } from './runtime/gpu.ts';
import { type Kernel, LANES, STEP, tileOf } from './runtime/kernel.ts';
import smoothSource from './smooth.wgsl?raw';
import tileSource from './tile.wgsl?raw';

export const DIVERGENCE: Kernel = { name: 'divergence', source: tileSource + divergenceSource };
export const NEAREST: Kernel = { name: 'nearest', source: nearestSource };
export const SMOOTH: Kernel = { name: 'smooth', source: smoothSource };

/** One dispatch computes at most so many entries of D: tens of GFLOP at the widest, well below any watchdog. */
const BLOCK_ROWS = 1024;
const BLOCK_COLUMNS = 512;

/** Rows of smooth.wgsl's workgroup. */
const SMOOTH_ROWS = 16;

/** A block of D: chosen rows of one page against chosen rows of another. */
export interface Block {
  a: Page;
  rowOf: GPUBuffer;
  b: Page;
  columnOf: GPUBuffer;
  /** (rows, columns, firstRow, firstColumn, cluster) in storage. */
  shape: GPUBuffer;
  /** [splits, rows, pitch]. */
  distances: GPUBuffer;
  pitch: number;
  splits: number;
}

/** Parts into which the columns of a row are split, to fill the GPU where D has few entries. */
export function splitsOf(width: number): number {
  return Math.min(16, Math.ceil(width / 512));
}

/** Records blocks of D. Groups: (⌈columns / tile⌉, ⌈rows / tile⌉, splits). */
export async function divergence(gpu: Gpu, kind: Pick<Rows, 'width' | 'metric'>) {
  const program = await gpu.program(DIVERGENCE, 'main', metricConstants(kind.metric));
  const quads = strideOf(kind.width) / 4;
  return (batch: Batch, { a, b, pitch, splits, ...rest }: Block, groups: Groups) => {
    const span = (Math.ceil((quads * 4) / STEP / splits) * STEP) / 4;
    batch.dispatch(program, groups, {
      a: a.logits,
      aEntropy: a.entropy,
      b: b.logits,
      bEntropy: b.entropy,
      params: batch.uniform([quads, span, pitch], [scaleOf(kind)]),
      ...rest,
    });
  };
}

/** One block of pages a × b in numbers: where it lies in its pages, and in all rows. */
interface Place {
  a: Page;
  row: number;
  rows: number;
  b: Page;
  column: number;
  columns: number;
  /** Of the first row and column, counted over all pages. */
  firstRow: number;
  firstColumn: number;
}

function* blocksOf(a: GpuRows, b: GpuRows): Generator<Place> {
  let rowsBefore = 0;
  for (const aPage of a.pages) {
    for (const [row, rows] of spans(aPage.count, BLOCK_ROWS)) {
      let columnsBefore = 0;
      for (const bPage of b.pages) {
        for (const [column, columns] of spans(bPage.count, BLOCK_COLUMNS))
          yield {
            a: aPage,
            row,
            rows,
            b: bPage,
            column,
            columns,
            firstRow: rowsBefore + row,
            firstColumn: columnsBefore + column,
          };
        columnsBefore += bPage.count;
      }
    }
    rowsBefore += aPage.count;
  }
}

/** Records one block of pages into `distances` [splits, rows, columns]. */
async function placer(gpu: Gpu, kind: Pick<Rows, 'width' | 'metric'>) {
  const record = await divergence(gpu, kind);
  const tile = tileOf(gpu.tuning);
  return (batch: Batch, { a, row, rows, b, column, columns }: Place, distances: GPUBuffer, splits: number) =>
    record(
      batch,
      {
        a,
        rowOf: batch.upload(ascending(a.count)),
        b,
        columnOf: batch.upload(ascending(b.count)),
        shape: batch.upload(Uint32Array.of(rows, columns, row, column, 0)),
        distances,
        pitch: columns,
        splits,
      },
      [Math.ceil(columns / tile), Math.ceil(rows / tile), splits],
    );
}

/** Eq. 3, and D of every row to every centroid [rows, K] where `soft`. */
export async function nearestWebgpu(gpu: Gpu, rows: GpuRows, centroids: GpuRows, soft: boolean) {
  const [place, nearest] = await Promise.all([placer(gpu, rows), gpu.program(NEAREST)]);
  const splits = splitsOf(rows.width);
  const labels = new Int32Array(rows.count);
  const distances = soft ? new Float32Array(rows.count * centroids.count) : undefined;
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
  const most = Math.min(BLOCK_ROWS, rows.count) * Math.min(BLOCK_COLUMNS, centroids.count);
  const block = gpu.buffers.create(4 * splits * most, usage, 'distances');
  const best = gpu.buffers.create(8 * BLOCK_ROWS, usage, 'nearest');
  try {
    for (const at of blocksOf(rows, centroids)) {
      const batch = gpu.batch('nearest');
      place(batch, at, block, splits);
      batch.dispatch(nearest, [Math.ceil(at.rows / LANES)], {
        distances: block,
        best,
        params: batch.uniform([at.rows, at.columns, at.columns, splits, at.firstColumn]),
      });
      batch.submit();
      const last = at.firstColumn + at.columns === centroids.count;
      const [d, found] = await gpu.read(
        { buffer: block, bytes: soft ? 4 * at.rows * at.columns : 0 },
        { buffer: best, bytes: last ? 8 * at.rows : 0 },
      );
      if (distances) insert(distances, centroids.count, new Float32Array(d!), at);
      const pairs = new Uint32Array(found!);
      for (let i = 0; 2 * i < pairs.length; i++) labels[at.firstRow + i] = pairs[2 * i + 1]!;
    }
  } finally {
    gpu.buffers.destroy(block);
    gpu.buffers.destroy(best);
  }
  return distances ? { labels, distances } : { labels };
}

/** Writes a block [rows, columns] to its place in a matrix of `width` columns. */
function insert(matrix: Float32Array, width: number, block: Float32Array, at: Place): void {
  for (let i = 0; i < at.rows; i++)
    matrix.set(
      block.subarray(i * at.columns, (i + 1) * at.columns),
      (at.firstRow + i) * width + at.firstColumn,
    );
}

/** Released code's first step: the mean of all rows with D ≤ τ, itself included. */
export async function smoothWebgpu(gpu: Gpu, rows: GpuRows, tau: number): Promise<GpuRows> {
  const { width } = rows;
  const [place, smooth, finish] = await Promise.all([
    placer(gpu, rows),
    gpu.program(SMOOTH, 'main', metricConstants(rows.metric)),
    finisher(gpu, rows),
  ]);
  const quads = strideOf(width) / 4;
  const starts = rows.pages.map((_, i) => rows.pages.slice(0, i).reduce((sum, { count }) => sum + count, 0));
  return makeRows(
    gpu,
    rows,
    rows.pages.map((page, i) => [starts[i]!, page.count] as const),
    (page, first) => {
      const source = rows.pages[starts.indexOf(first)]!;
      const whole = gpu.batch('smooth');
      const sums = whole.scratch(16 * quads * page.count);
      const near = whole.scratch(4 * page.count);
      for (const at of blocksOf(rows, rows)) {
        if (at.a !== source) continue;
        const batch = gpu.batch('smooth');
        const block = batch.scratch(4 * at.rows * at.columns);
        place(batch, at, block, 1);
        batch.dispatch(smooth, [Math.ceil(quads / LANES), Math.ceil(at.rows / SMOOTH_ROWS)], {
          distances: block,
          logits: at.b.logits,
          sums,
          near,
          params: batch.uniform(
            [at.rows, at.columns, at.columns, quads, at.firstRow, at.firstColumn, at.column, at.row],
            [tau],
          ),
        });
        batch.submit();
      }
      finish(whole, page, { sums, weights: near, pitch: 4 * quads, factor: 1 });
      whole.submit();
    },
  );
}
