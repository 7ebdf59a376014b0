import type { MemoryTracker } from '../memory.ts';
import type { Accumulator, RowMetric, Rows } from '../types.ts';
import type { RowValues } from './attention.ts';

/** Rows as float32 P and L, [count, width], and h, [count] (RowMetric). */
export class WasmRows implements Rows {
  readonly p: Float32Array;
  readonly l: Float32Array;
  readonly h: Float32Array;

  constructor(
    readonly count: number,
    readonly width: number,
    readonly metric: RowMetric,
    { p, l, h }: RowValues,
    /** Where their bytes are counted; views of other rows have none. */
    private readonly tracker?: MemoryTracker,
  ) {
    [this.p, this.l, this.h] = [p, l, h];
    tracker?.take(rowBytes(width) * count);
  }

  /** A view of rows [first, end): good as long as these are. */
  slice(first: number, end: number): WasmRows {
    const { width, metric, p, l, h } = this;
    const values = {
      p: p.subarray(first * width, end * width),
      l: l.subarray(first * width, end * width),
      h: h.subarray(first, end),
    };
    return new WasmRows(end - first, width, metric, values);
  }

  release(): void {
    this.tracker?.give(rowBytes(this.width) * this.count);
  }
}

export const rowBytes = (width: number) => 8 * width + 4;

/** Each row divided by its length; a row of zeros stays. */
export function units(values: Float32Array, width: number): Float32Array {
  const scaled = values.slice();
  for (let start = 0; start < scaled.length; start += width) {
    const row = scaled.subarray(start, start + width);
    const norm = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    if (norm > 0) for (let x = 0; x < width; x++) row[x]! /= norm;
  }
  return scaled;
}

/** What makes rows from their P, and counts their bytes. */
export interface RowFactory {
  readonly tracker: MemoryTracker;
  finish(p: Float32Array, width: number, metric: RowMetric): Promise<WasmRows>;
}

/** Float64 sums of the rows of each label. */
export class Means implements Accumulator {
  private sums: Float64Array;
  private counts: Int32Array;
  private metric: RowMetric = 'kl';

  constructor(
    private readonly width: number,
    clusters: number,
    private readonly factory: RowFactory,
  ) {
    this.sums = new Float64Array(clusters * width);
    this.counts = new Int32Array(clusters);
    factory.tracker.take(this.bytes);
  }

  async add(rows: WasmRows, labels: Int32Array): Promise<void> {
    const { width } = this;
    this.metric = rows.metric;
    for (let i = 0; i < rows.count; i++) {
      const label = labels[i]!;
      this.counts[label]!++;
      const sum = this.sums.subarray(label * width, (label + 1) * width);
      const row = rows.p.subarray(i * width, (i + 1) * width);
      for (let x = 0; x < width; x++) sum[x]! += row[x]!;
    }
  }

  /** Makes room for labels up to `clusters`. */
  grow(clusters: number): void {
    if (clusters <= this.counts.length) return;
    this.factory.tracker.give(this.bytes);
    const room = Math.max(clusters, Math.ceil(1.5 * this.counts.length));
    const sums = new Float64Array(room * this.width);
    const counts = new Int32Array(room);
    sums.set(this.sums);
    counts.set(this.counts);
    [this.sums, this.counts] = [sums, counts];
    this.factory.tracker.take(this.bytes);
  }

  async means(clusters = this.counts.length): Promise<{ rows: WasmRows; counts: Int32Array }> {
    const counts = this.counts.subarray(0, clusters);
    const means = new Float32Array(clusters * this.width);
    for (const [cluster, count] of counts.entries())
      for (let at = cluster * this.width; at < (cluster + 1) * this.width; at++)
        means[at] = this.sums[at]! / Math.max(1, count);
    const p = this.metric === 'kl' ? means : units(means, this.width);
    return { rows: await this.factory.finish(p, this.width, this.metric), counts };
  }

  release(): void {
    this.factory.tracker.give(this.bytes);
    this.sums = new Float64Array(0);
    this.counts = new Int32Array(0);
  }

  private get bytes(): number {
    return this.sums.byteLength + this.counts.byteLength;
  }
}
