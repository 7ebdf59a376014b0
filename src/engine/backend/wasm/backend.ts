import { joined } from '../../../lib/arrays.ts';
import { Graph } from '../../onnx/graph.ts';
import { createSession } from '../../onnx/session.ts';
import type { Session } from '../../onnx/types.ts';
import { CpuBackend } from '../memory.ts';
import { P_FLOOR } from '../numerics.ts';
import { readKeys, readQueries } from '../plain/attention.ts';
import {
  type Accumulator,
  type Attention,
  type AttentionInput,
  type Backend,
  type RowMetric,
  type Sweep,
  type SweepOptions,
  widthOf,
} from '../types.ts';
import { createRowMaker, keyMatrices, logAndEntropy } from './attention.ts';
import { createComparer } from './comparison.ts';
import { Means, rowBytes, units, WasmRows } from './rows.ts';
import { type SweepBackend, WasmSweep } from './sweep.ts';

/** Bytes of the larger side's rows in a product at a time: ONNX Runtime copies them into memory that it never gives back. */
const PRODUCT_BYTES = 32 * 2 ** 20;

/**
 * The CPU's backend: matrix products, softmax and logarithms by ONNX Runtime's wasm kernels (threads and SIMD), all
 * else in TypeScript. Float32; sums over rows in float64.
 */
export class WasmBackend extends CpuBackend implements Backend, SweepBackend {
  readonly kind = 'wasm';

  constructor(
    private readonly products: Session,
    private readonly finishing: Session,
    private readonly smoothing: Session,
  ) {
    super();
  }

  async attend(input: AttentionInput, signal?: AbortSignal): Promise<Attention> {
    const n = input.grid.rows * input.grid.columns;
    const width = widthOf(input);
    const dense = await readKeys(input, signal);
    const keyBytes = dense.byteLength;
    const keys = keyMatrices(dense, input);
    const maker = createRowMaker(keys);
    const comparer = createComparer(keys, this.tracker);
    const dim = input.heads * input.channels;
    const rowsOf = async (q: Float32Array) =>
      new WasmRows(q.length / dim, width, 'kl', await maker.rows(q), this.tracker);
    this.tracker.take(keyBytes);
    return {
      tokens: input.grid.frames * n,
      width,
      rowBytes: rowBytes(width),
      rows: async (first, count) => rowsOf(await readQueries(input, first, count)),
      rowsOf,
      distancesOf: (queries, fixed: WasmRows, behind) => comparer.distances(queries, fixed, behind),
      expectationOf: (queries, values) => maker.expectation(queries, values),
      release: () => {
        this.tracker.give(keyBytes);
        void maker.release();
        void comparer.release();
      },
    };
  }

  async load(values: Float32Array, width: number, metric: RowMetric): Promise<WasmRows> {
    return this.finish(metric === 'kl' ? values.slice() : units(values, width), width, metric);
  }

  sweep(width: number, options: SweepOptions): Sweep {
    return new WasmSweep(width, options, this);
  }

  async distances(a: WasmRows, b: WasmRows): Promise<Float32Array> {
    if (a.count === 0 || b.count === 0) return new Float32Array(0);
    // A product of few rows by many is faster than one of many rows by few.
    const [few, many] = a.count < b.count ? [a, b] : [b, a];
    const d = new Float32Array(few.count * many.count);
    const [alongFew, alongMany] = few === a ? [many.count, 1] : [1, few.count];
    const block = Math.max(few.count, Math.floor(PRODUCT_BYTES / rowBytes(many.width)));
    for (let first = 0; first < many.count; first += block) {
      const part = many.slice(first, Math.min(first + block, many.count));
      const s = await this.cross(few, part);
      for (let i = 0, at = 0; i < few.count; i++) {
        const h = few.h[i]!;
        for (let j = 0; j < part.count; j++, at++)
          d[i * alongFew + (first + j) * alongMany] = Math.max(0, h + part.h[j]! - s[at]!);
      }
    }
    return d;
  }

  /** P_a·L_bᵀ + L_a·P_bᵀ, [a.count, b.count]. */
  private async cross(a: WasmRows, b: WasmRows): Promise<Float32Array> {
    const [of, to] = [
      [a.count, a.width],
      [b.count, b.width],
    ] as const;
    const { s } = await this.products.run({
      pa: { data: a.p, shape: of },
      la: { data: a.l, shape: of },
      pb: { data: b.p, shape: to },
      lb: { data: b.l, shape: to },
    });
    return s!;
  }

  async nearest(rows: WasmRows, centroids: WasmRows, soft = false) {
    const distances = await this.distances(rows, centroids);
    const labels = new Int32Array(rows.count);
    for (let i = 0, at = 0; i < rows.count; i++) {
      let least = Number.POSITIVE_INFINITY;
      for (let j = 0; j < centroids.count; j++, at++) {
        if (distances[at]! >= least) continue;
        least = distances[at]!;
        labels[i] = j;
      }
    }
    return soft ? { labels, distances } : { labels };
  }

  async smooth(rows: WasmRows, tau: number): Promise<WasmRows> {
    const { count, width, p, l, h } = rows;
    const { mean } = await this.smoothing.run({
      p: { data: p, shape: [count, width] },
      l: { data: l, shape: [count, width] },
      h: { data: h, shape: [count, 1] },
      tau: { data: Float32Array.of(tau), shape: [1] },
    });
    return this.finish(rows.metric === 'kl' ? mean! : units(mean!, width), width, rows.metric);
  }

  accumulator(width: number, clusters: number): Accumulator {
    return new Means(width, clusters, this);
  }

  async gather(rows: WasmRows, indices: readonly number[]): Promise<WasmRows> {
    const { width, metric } = rows;
    const pick = (all: Float32Array, size: number) => {
      const picked = new Float32Array(indices.length * size);
      for (const [to, from] of indices.entries())
        picked.set(all.subarray(from * size, (from + 1) * size), to * size);
      return picked;
    };
    const values = { p: pick(rows.p, width), l: pick(rows.l, width), h: pick(rows.h, 1) };
    return new WasmRows(indices.length, width, metric, values, this.tracker);
  }

  async expectation({ p, width, count }: WasmRows, values: Float32Array): Promise<Float32Array> {
    const sums = new Float32Array(count);
    for (let i = 0, at = 0; i < count; i++) {
      let sum = 0;
      for (let x = 0; x < width; x++, at++) sum += p[at]! * values[x]!;
      sums[i] = sum;
    }
    return sums;
  }

  async extend(rows: WasmRows, values: Float32Array): Promise<WasmRows> {
    const { count, width, metric } = rows;
    const columns = values.length / count;
    const wide = width + columns;
    const [p, l, h] = [new Float32Array(count * wide), new Float32Array(count * wide), rows.h.slice()];
    for (let i = 0; i < count; i++) {
      const [from, to] = [i * width, i * wide];
      p.set(rows.p.subarray(from, from + width), to);
      l.set(rows.l.subarray(from, from + width), to);
      for (let column = 0; column < columns; column++) {
        const value = values[i * columns + column]!;
        const log = Math.log(Math.max(value, P_FLOOR));
        p[to + width + column] = value;
        l[to + width + column] = log;
        h[i]! += value * log;
      }
    }
    return new WasmRows(count, wide, metric, { p, l, h }, this.tracker);
  }

  async concat(parts: readonly WasmRows[]): Promise<WasmRows> {
    const { width, metric } = parts[0]!;
    const values = {
      p: joined(
        Float32Array,
        parts.map((part) => part.p),
      ),
      l: joined(
        Float32Array,
        parts.map((part) => part.l),
      ),
      h: joined(
        Float32Array,
        parts.map((part) => part.h),
      ),
    };
    return new WasmRows(values.h.length, width, metric, values, this.tracker);
  }

  async read(rows: WasmRows): Promise<Float32Array> {
    return rows.p.slice();
  }

  async release(): Promise<void> {
    await Promise.all([this.products, this.finishing, this.smoothing].map((session) => session.release()));
  }

  /** Rows from their P, which they own from now on: distributions, or unit vectors. */
  async finish(p: Float32Array, width: number, metric: RowMetric): Promise<WasmRows> {
    const count = p.length / width;
    if (metric === 'cosine' || count === 0) {
      const values = { p, l: p.map((x) => x / 2), h: new Float32Array(count).fill(0.5) };
      return new WasmRows(count, width, metric, values, this.tracker);
    }
    const { l, h } = await this.finishing.run({ p: { data: p, shape: [count, width] } });
    return new WasmRows(count, width, metric, { p, l: l!, h: h! }, this.tracker);
  }
}

/** The CPU's backend, its sessions ready. */
export async function createWasmBackend(): Promise<WasmBackend> {
  const [products, finishing, smoothing] = await Promise.all(
    [productGraph(), finishGraph(), smoothGraph()].map((graph) =>
      createSession(graph.model(), { device: 'wasm', here: true }),
    ),
  );
  return new WasmBackend(products!, finishing!, smoothing!);
}

/** s = P_a·L_bᵀ + L_a·P_bᵀ: D is h_a + h_b less this. */
function productGraph(): Graph {
  const graph = new Graph('products');
  const [pa, la] = ['pa', 'la'].map((name) => graph.input(name, ['a', 'width']));
  const [pb, lb] = ['pb', 'lb'].map((name) => graph.input(name, ['b', 'width']));
  const half = graph.node('Gemm', [pa!, lb!], { transB: 1 });
  graph.output('s', graph.node('Gemm', [la!, pb!, half], { transB: 1 }), ['a', 'b']);
  return graph;
}

function finishGraph(): Graph {
  const graph = new Graph('finish');
  const { l, h } = logAndEntropy(graph, graph.input('p', ['n', 'width']));
  graph.output('l', l, ['n', 'width']);
  graph.output('h', h, ['n']);
  return graph;
}

/** Means of all rows with D ≤ tau of each row. One product gives S_ij and, transposed, S_ji. */
function smoothGraph(): Graph {
  const graph = new Graph('smooth');
  const p = graph.input('p', ['n', 'width']);
  const s = graph.node('Gemm', [p, graph.input('l', ['n', 'width'])], { transB: 1 });
  const h = graph.input('h', ['n', 1]);
  const product = graph.node('Add', [s, graph.transpose(s, [1, 0])]);
  const d = graph.node('Sub', [graph.node('Add', [h, graph.transpose(h, [1, 0])]), product]);
  const near = graph.cast(graph.node('LessOrEqual', [d, graph.input('tau', [1])]), 'float32');
  const sums = graph.node('MatMul', [near, p]);
  graph.output('mean', graph.node('Div', [sums, graph.node('ReduceSum', [near, graph.ints([1])])]), [
    'n',
    'width',
  ]);
  return graph;
}
