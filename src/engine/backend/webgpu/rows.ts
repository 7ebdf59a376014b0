import { P_FLOOR } from '../numerics.ts';
import type { RowMetric, Rows } from '../types.ts';
import entropySource from './entropy.wgsl?raw';
import finishSource from './finish.wgsl?raw';
import gatherSource from './gather.wgsl?raw';
import type { Batch, Groups } from './runtime/batch.ts';
import type { Gpu } from './runtime/gpu.ts';
import { type Kernel, LANES, PAGE_ROWS, STEP } from './runtime/kernel.ts';
import valuesSource from './values.wgsl?raw';

export const ENTROPY: Kernel = { name: 'entropy', source: entropySource };
export const FINISH: Kernel = { name: 'finish', source: finishSource };
export const GATHER: Kernel = { name: 'gather', source: gatherSource };
export const VALUES: Kernel = { name: 'values', source: valuesSource };

/** Up to PAGE_ROWS rows in one buffer that any device can bind. */
export interface Page {
  count: number;
  /** [count, stride] of Store: ln(width · P) of each entry ('kl'), or the unit feature ('cosine'); padding is 0. */
  logits: GPUBuffer;
  /** [count] of f32: h of RowMetric. */
  entropy: GPUBuffer;
}

/** Entries of a stored row: width padded to whole steps of the matrix products. */
export function strideOf(width: number): number {
  return Math.ceil(width / STEP) * STEP;
}

/** Bytes of a stored row. */
export function rowBytes(gpu: Gpu, width: number): number {
  return strideOf(width) * (gpu.tuning.half ? 2 : 4);
}

/** Rows of a full page; sums are always 32-bit and have pages of the same count. */
export function pageRows(gpu: Gpu, width: number): number {
  const rows = Math.floor(gpu.tuning.pageBytes / (4 * strideOf(width)));
  return Math.max(1, Math.min(PAGE_ROWS, rows));
}

/** Cuts [0, count) into [first, size] of at most `step`. */
export function* spans(count: number, step: number): Generator<[first: number, size: number]> {
  for (let first = 0; first < count; first += step) yield [first, Math.min(step, count - first)];
}

/** 0, 1, 2, …: all rows of a page, for kernels that take chosen ones. */
export function ascending(count: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: count }, (_, i) => i);
}

/** D = h_i + h_j − scale · Σ(P_i·L_j + L_i·P_j) of stored rows. */
export function scaleOf({ width, metric }: Pick<Rows, 'width' | 'metric'>): number {
  return metric === 'kl' ? 1 / width : 0.5;
}

/** Override constants of the kernels that turn stored entries into P. */
export function metricConstants(metric: RowMetric): Record<string, number> {
  return { COSINE: metric === 'cosine' ? 1 : 0 };
}

/**
 * Rows on the GPU. For 'kl' an entry is kept as ln(width · P), its log ratio to the uniform distribution: P is
 * one exponential away, so one number serves for both, and both are near 1 in size, which sums in 32 bits and
 * storage in 16 like best. D does not change: it holds only differences of logarithms.
 */
export class GpuRows implements Rows {
  readonly count: number;

  constructor(
    private readonly gpu: Gpu,
    readonly width: number,
    readonly metric: RowMetric,
    readonly pages: readonly Page[],
  ) {
    this.count = pages.reduce((sum, page) => sum + page.count, 0);
  }

  release(): void {
    for (const page of this.pages) releasePage(this.gpu, page);
  }
}

export function createPage(gpu: Gpu, width: number, count: number): Page {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const logits = gpu.buffers.create(count * rowBytes(gpu, width), usage, 'rows');
  return { count, logits, entropy: gpu.buffers.create(4 * count, usage, 'entropies') };
}

export function releasePage(gpu: Gpu, page: Page): void {
  gpu.buffers.destroy(page.logits);
  gpu.buffers.destroy(page.entropy);
}

/**
 * Makes rows page by page, filled by what `fill` submits. What was made is released where a later page fails.
 */
export async function makeRows(
  gpu: Gpu,
  { width, metric }: Pick<Rows, 'width' | 'metric'>,
  sizes: Iterable<readonly [first: number, count: number]>,
  fill: (page: Page, first: number) => void | Promise<void>,
): Promise<GpuRows> {
  const pages: Page[] = [];
  try {
    for (const [first, count] of sizes) {
      const page = createPage(gpu, width, count);
      pages.push(page);
      await fill(page, first);
    }
    await gpu.check();
    return new GpuRows(gpu, width, metric, pages);
  } catch (error) {
    for (const page of pages) releasePage(gpu, page);
    throw error;
  }
}

/** Records h of the rows of a page. */
export async function entropies(gpu: Gpu, kind: Pick<Rows, 'width' | 'metric'>) {
  const program = await gpu.program(ENTROPY, 'main', metricConstants(kind.metric));
  return (batch: Batch, { count, logits, entropy }: Page) =>
    batch.dispatch(program, [count], {
      logits,
      entropy,
      params: batch.uniform([strideOf(kind.width) / 4], [scaleOf(kind)]),
    });
}

/**
 * Records a page from sums of its P: sums [count, pitch], each divided by its weight [count] and, for 'kl',
 * multiplied by `factor` to become width · P.
 */
export async function finisher(gpu: Gpu, kind: Pick<Rows, 'width' | 'metric'>) {
  const program = await gpu.program(FINISH, 'main', metricConstants(kind.metric));
  const entropy = await entropies(gpu, kind);
  const { width } = kind;
  return (
    batch: Batch,
    page: Page,
    from: { sums: GPUBuffer; weights: GPUBuffer; pitch: number; factor: number },
  ) => {
    batch.dispatch(program, [page.count], {
      sums: from.sums,
      weights: from.weights,
      logits: page.logits,
      params: batch.uniform([width, from.pitch, strideOf(width)], [from.factor, P_FLOOR * width]),
    });
    entropy(batch, page);
  };
}

/** Rows from values [count, width]. */
export async function loadRows(
  gpu: Gpu,
  values: Float32Array<ArrayBuffer>,
  width: number,
  metric: RowMetric,
) {
  const finish = await finisher(gpu, { width, metric });
  const sizes = spans(values.length / width, pageRows(gpu, width));
  return makeRows(gpu, { width, metric }, sizes, (page, first) => {
    const batch = gpu.batch('load');
    finish(batch, page, {
      sums: batch.upload(values.subarray(first * width, (first + page.count) * width)),
      weights: batch.upload(new Float32Array(page.count).fill(1)),
      pitch: width,
      factor: width,
    });
    batch.submit();
  });
}

/** P of every row, [count, width]. */
export async function readRows(gpu: Gpu, rows: GpuRows): Promise<Float32Array> {
  const { width, metric } = rows;
  const program = await gpu.program(VALUES, 'main', metricConstants(metric));
  const values = new Float32Array(rows.count * width);
  let first = 0;
  for (const { count, logits } of rows.pages) {
    const bytes = 4 * count * width;
    const out = gpu.buffers.create(bytes, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC, 'values');
    try {
      const batch = gpu.batch('read');
      batch.dispatch(program, [Math.ceil(width / LANES), count], {
        logits,
        values: out,
        params: batch.uniform([width, strideOf(width)], [1 / width]),
      });
      batch.submit();
      const [read] = await gpu.read({ buffer: out, bytes });
      values.set(new Float32Array(read!), first * width);
    } finally {
      gpu.buffers.destroy(out);
    }
    first += count;
  }
  return values;
}

/** Copies rows of a page into another: row `sourceOf[i]` to row first + `targetOf[i]`, i < count of `selection`. */
export interface Copy {
  source: Page;
  sourceOf: GPUBuffer;
  target: Page;
  targetOf: GPUBuffer;
  /** (count, first) in storage. */
  selection: GPUBuffer;
}

/** Records copies of rows. Groups: (⌈stride / 4 / LANES⌉, count). */
export async function copier(gpu: Gpu, width: number) {
  const program = await gpu.program(GATHER);
  return (batch: Batch, { source, target, ...indices }: Copy, groups: Groups) =>
    batch.dispatch(program, groups, {
      source: source.logits,
      sourceEntropy: source.entropy,
      logits: target.logits,
      entropy: target.entropy,
      params: batch.uniform([strideOf(width) / 4]),
      ...indices,
    });
}

/** Copies the rows that `indices` names, in that order, out of `rows` seen as one. */
export async function gatherRows(gpu: Gpu, rows: readonly GpuRows[], indices: Uint32Array): Promise<GpuRows> {
  const { width, metric } = rows[0]!;
  const copy = await copier(gpu, width);
  const sources = rows.flatMap(({ pages }) => pages);
  const ends: number[] = [];
  for (const { count } of sources) ends.push((ends.at(-1) ?? 0) + count);
  return makeRows(gpu, { width, metric }, spans(indices.length, pageRows(gpu, width)), (target, first) => {
    const batch = gpu.batch('gather');
    for (const [number, source] of sources.entries()) {
      const [begin, end] = [ends[number]! - source.count, ends[number]!];
      const picked = [...indices.subarray(first, first + target.count).entries()].filter(
        ([, index]) => index >= begin && index < end,
      );
      if (picked.length === 0) continue;
      const sourceOf = batch.upload(Uint32Array.from(picked, ([, index]) => index - begin));
      const targetOf = batch.upload(Uint32Array.from(picked, ([place]) => place));
      const selection = batch.upload(Uint32Array.of(picked.length, 0));
      const groups: Groups = [Math.ceil(strideOf(width) / 4 / LANES), picked.length];
      copy(batch, { source, sourceOf, target, targetOf, selection }, groups);
    }
    batch.submit();
  });
}
