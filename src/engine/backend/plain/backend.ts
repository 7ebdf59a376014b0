import { joined } from '../../../lib/arrays.ts';
import { CpuBackend, type MemoryTracker } from '../memory.ts';
import { P_FLOOR } from '../numerics.ts';
import {
  type Accumulator,
  type Attention,
  type AttentionInput,
  type Backend,
  type RowMetric,
  type Rows,
  type Sweep,
  type SweepOptions,
  widthOf,
} from '../types.ts';
import { headMeanSoftmax, readKeys, readQueries } from './attention.ts';

/** Rows as float64 P and L (RowMetric), [count, width]. */
class PlainRows implements Rows {
  constructor(
    readonly count: number,
    readonly width: number,
    readonly metric: RowMetric,
    readonly p: Float64Array,
    readonly l: Float64Array,
    private readonly tracker: MemoryTracker,
  ) {
    tracker.take(p.byteLength + l.byteLength);
  }

  release(): void {
    this.tracker.give(this.p.byteLength + this.l.byteLength);
  }
}

/**
 * Eq. 2 between row i of a and row j of b: Σ(P_i − P_j)(log P_i − log P_j).
 * With 'cosine' rows the same sum is |u − v|² / 2 = 1 − u·v.
 */
function distance(a: PlainRows, i: number, b: PlainRows, j: number): number {
  const [ai, bj] = [i * a.width, j * b.width];
  let sum = 0;
  for (let x = 0; x < a.width; x++) sum += (a.p[ai + x]! - b.p[bj + x]!) * (a.l[ai + x]! - b.l[bj + x]!);
  return sum;
}

/** The reference twin of every backend: the definitions written out in float64, one row at a time. */
export class PlainBackend extends CpuBackend implements Backend {
  readonly kind = 'plain';

  async attend(input: AttentionInput, signal?: AbortSignal): Promise<Attention> {
    const keys = await readKeys(input, signal);
    const n = input.grid.rows * input.grid.columns;
    const width = widthOf(input);
    const rowsOf = async (q: Float32Array) => this.finish(headMeanSoftmax(q, keys, input), width, 'kl');
    this.tracker.take(keys.byteLength);
    return {
      tokens: input.grid.frames * n,
      width,
      rowBytes: 16 * width,
      rows: async (first, count) => rowsOf(await readQueries(input, first, count)),
      rowsOf,
      release: () => this.tracker.give(keys.byteLength),
    };
  }

  async load(values: Float32Array, width: number, metric: RowMetric): Promise<PlainRows> {
    return this.finish(Float64Array.from(values), width, metric);
  }

  sweep(width: number, options: SweepOptions): Sweep {
    return new PlainSweep(width, options, this);
  }

  async distances(a: PlainRows, b: PlainRows): Promise<Float32Array> {
    const all = new Float32Array(a.count * b.count);
    for (let i = 0; i < a.count; i++)
      for (let j = 0; j < b.count; j++) all[i * b.count + j] = distance(a, i, b, j);
    return all;
  }

  async nearest(rows: PlainRows, centroids: PlainRows, soft = false) {
    const labels = new Int32Array(rows.count);
    for (let i = 0; i < rows.count; i++) {
      let least = Number.POSITIVE_INFINITY;
      for (let j = 0; j < centroids.count; j++) {
        const d = distance(rows, i, centroids, j);
        if (d < least) [least, labels[i]] = [d, j];
      }
    }
    return soft ? { labels, distances: await this.distances(rows, centroids) } : { labels };
  }

  async smooth(rows: PlainRows, tau: number): Promise<PlainRows> {
    const { count, width } = rows;
    const sums = new Float64Array(count * width);
    for (let i = 0; i < count; i++) {
      const sum = sums.subarray(i * width, (i + 1) * width);
      let near = 0;
      for (let j = 0; j < count; j++) {
        if (j !== i && distance(rows, i, rows, j) > tau) continue;
        near++;
        for (let x = 0; x < width; x++) sum[x]! += rows.p[j * width + x]!;
      }
      for (let x = 0; x < width; x++) sum[x]! /= near;
    }
    return this.finish(sums, width, rows.metric);
  }

  accumulator(width: number, clusters: number): Accumulator {
    return new PlainMeans(width, clusters, this);
  }

  async gather(rows: PlainRows, indices: readonly number[]): Promise<PlainRows> {
    const { width, metric, p, l } = rows;
    const pick = (all: Float64Array) => {
      const picked = new Float64Array(indices.length * width);
      for (const [to, from] of indices.entries())
        picked.set(all.subarray(from * width, (from + 1) * width), to * width);
      return picked;
    };
    return new PlainRows(indices.length, width, metric, pick(p), pick(l), this.tracker);
  }

  async expectation({ p, width, count }: PlainRows, values: Float32Array): Promise<Float32Array> {
    return Float32Array.from({ length: count }, (_, i) =>
      values.reduce((sum, value, x) => sum + value * p[i * width + x]!, 0),
    );
  }

  async extend({ p, width, count, metric }: PlainRows, values: Float32Array): Promise<PlainRows> {
    const columns = values.length / count;
    const extended = new Float64Array(count * (width + columns));
    for (let i = 0; i < count; i++) {
      extended.set(p.subarray(i * width, (i + 1) * width), i * (width + columns));
      extended.set(values.subarray(i * columns, (i + 1) * columns), i * (width + columns) + width);
    }
    return this.finish(extended, width + columns, metric);
  }

  async concat(parts: readonly PlainRows[]): Promise<PlainRows> {
    const { width, metric } = parts[0]!;
    const all = joined(
      Float64Array,
      parts.map(({ p }) => p),
    );
    return this.finish(all, width, metric);
  }

  async read(rows: PlainRows): Promise<Float32Array> {
    return Float32Array.from(rows.p);
  }

  async release(): Promise<void> {}

  /** Rows from their P: makes L, and unit vectors of features. */
  finish(p: Float64Array, width: number, metric: RowMetric): PlainRows {
    const count = p.length / width;
    if (metric === 'kl') {
      const l = p.map((x) => Math.log(Math.max(x, P_FLOOR)));
      return new PlainRows(count, width, metric, p, l, this.tracker);
    }
    for (let i = 0; i < count; i++) {
      const row = p.subarray(i * width, (i + 1) * width);
      const norm = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
      for (let x = 0; x < width; x++) row[x]! /= norm || 1;
    }
    return new PlainRows(
      count,
      width,
      metric,
      p,
      p.map((x) => x / 2),
      this.tracker,
    );
  }
}

/** One sweep of Algorithm 1, seen from the rows: each joins the earliest pivot nearer than τ, or becomes one. */
class PlainSweep implements Sweep {
  pairs = 0;
  private readonly pivots: PlainRows[] = [];
  private readonly sums: Float64Array[] = [];
  private readonly counts: number[] = [];

  constructor(
    private readonly width: number,
    private readonly options: SweepOptions,
    private readonly backend: PlainBackend,
  ) {}

  get clusters(): number {
    return this.pivots.length;
  }

  async add(rows: PlainRows): Promise<Int32Array> {
    const labels = new Int32Array(rows.count);
    for (let i = 0; i < rows.count; i++) {
      let cluster = this.pivots.findIndex((pivot) => this.near(rows, i, pivot));
      if (cluster < 0) {
        cluster = this.pivots.push(await this.backend.gather(rows, [i])) - 1;
        this.sums.push(new Float64Array(this.width));
        this.counts.push(0);
      }
      labels[i] = cluster;
      this.counts[cluster]!++;
      const sum = this.sums[cluster]!;
      for (let x = 0; x < this.width; x++) sum[x]! += rows.p[i * this.width + x]!;
    }
    return labels;
  }

  async centroids(): Promise<PlainRows> {
    const means = new Float64Array(this.clusters * this.width);
    for (const [cluster, sum] of this.sums.entries())
      means.set(
        sum.map((x) => x / this.counts[cluster]!),
        cluster * this.width,
      );
    return this.backend.finish(means, this.width, this.pivots[0]?.metric ?? 'kl');
  }

  release(): void {
    for (const pivot of this.pivots) pivot.release();
  }

  private near(rows: PlainRows, i: number, pivot: PlainRows): boolean {
    const { tau, inclusive } = this.options;
    const d = distance(rows, i, pivot, 0);
    this.pairs++;
    return inclusive ? d <= tau : d < tau;
  }
}

/** Means of the rows of each label. */
class PlainMeans implements Accumulator {
  private readonly sums: Float64Array;
  private readonly counts: Int32Array;
  private metric: RowMetric = 'kl';

  constructor(
    private readonly width: number,
    clusters: number,
    private readonly backend: PlainBackend,
  ) {
    this.sums = new Float64Array(clusters * width);
    this.counts = new Int32Array(clusters);
  }

  async add(rows: PlainRows, labels: Int32Array): Promise<void> {
    this.metric = rows.metric;
    for (const [i, label] of labels.entries()) {
      this.counts[label]!++;
      for (let x = 0; x < this.width; x++) this.sums[label * this.width + x]! += rows.p[i * this.width + x]!;
    }
  }

  async means(): Promise<{ rows: PlainRows; counts: Int32Array }> {
    const means = this.sums.map((sum, at) => sum / Math.max(1, this.counts[Math.floor(at / this.width)]!));
    return { rows: this.backend.finish(means, this.width, this.metric), counts: this.counts };
  }

  release(): void {}
}
