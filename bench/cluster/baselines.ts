import { readKeys, readQueries } from '../../src/engine/backend/plain/attention.ts';
import type { AttentionInput } from '../../src/engine/backend/types.ts';
import { createRowMaker, keyMatrices } from '../../src/engine/backend/wasm/attention.ts';
import { Graph } from '../../src/engine/onnx/graph.ts';
import { createSession } from '../../src/engine/onnx/session.ts';
import type { Session } from '../../src/engine/onnx/types.ts';

export interface Baseline {
  labels: Int32Array;
  clusters: number;
}

/** Distributions and their logs as ONNX Runtime takes and gives them. */
interface Maps {
  count: number;
  width: number;
  p: Float32Array;
  l: Float32Array;
  h: Float32Array;
}

/** Everything that the two baselines compute with: the engine's own ONNX Runtime products, on the same threads. */
export class AllPairs {
  private constructor(
    private readonly symmetric: Session,
    private readonly directed: Session,
    private readonly rectangular: Session,
    private readonly finishing: Session,
    private readonly product: Session,
  ) {}

  static async create(): Promise<AllPairs> {
    const graphs = [symmetricGraph(), directedGraph(), rectangularGraph(), finishGraph(), productGraph()];
    const sessions = await Promise.all(
      graphs.map((graph) => createSession(graph.model(), { device: 'wasm' })),
    );
    return new AllPairs(sessions[0]!, sessions[1]!, sessions[2]!, sessions[3]!, sessions[4]!);
  }

  /** The engine's `windowed` clustering, but with every distance of a window computed: one product, S and Sᵀ. */
  async windowed(input: AttentionInput, tau: number, window: number): Promise<Baseline> {
    const pairwise = async (maps: Maps) => (await this.symmetric.run(feeds(maps))).d!;
    return this.cluster(input, window, async (maps) =>
      this.sweep(maps, await pairwise(maps), (d) => d < tau),
    );
  }

  /**
   * What the authors' code does in a window: all distances, each row replaced by the mean of those within τ, all
   * distances again; KL both ways as two products of their own.
   */
  async released(input: AttentionInput, tau: number, window: number): Promise<Baseline> {
    const pairwise = async (maps: Maps) => {
      const { d: forth } = await this.directed.run(feeds(maps));
      const { d: back } = await this.directed.run(feeds(maps));
      const { count } = maps;
      const d = new Float32Array(count * count);
      for (let i = 0; i < count; i++)
        for (let j = 0; j < count; j++) d[i * count + j] = forth![i * count + j]! + back![j * count + i]!;
      return d;
    };
    const joins = (d: number) => d <= tau;
    const sweep = async (maps: Maps) => this.sweep(maps, await pairwise(maps), joins);
    return this.cluster(input, window, sweep, async (maps) => {
      const { count, width } = maps;
      const near = (await pairwise(maps)).map((d) => Number(joins(d)));
      for (let i = 0; i < count; i++) {
        near[i * count + i] = 1;
        const row = near.subarray(i * count, (i + 1) * count);
        const members = row.reduce((sum, x) => sum + x, 0);
        for (let j = 0; j < count; j++) row[j]! /= members;
      }
      const a = { data: near, shape: [count, count] };
      const { c } = await this.product.run({ a, b: { data: maps.p, shape: [count, width] } });
      return this.finish(c!, width);
    });
  }

  private async cluster(
    input: AttentionInput,
    window: number,
    sweep: (maps: Maps) => Promise<Maps>,
    prepare: (maps: Maps) => Promise<Maps> = async (maps) => maps,
  ): Promise<Baseline> {
    const n = input.grid.rows * input.grid.columns;
    const width = n * input.keyFrames.length;
    const attention = createRowMaker(keyMatrices(await readKeys(input), input));
    const windows: Maps[] = [];
    const found: Maps[] = [];
    for (let frame = 0; frame < input.grid.frames; frame += window) {
      const count = n * Math.min(window, input.grid.frames - frame);
      const q = await readQueries(input, frame * n, count);
      const maps = { count, width, ...(await attention.rows(q)) };
      windows.push(maps);
      found.push(await sweep(await prepare(maps)));
    }
    await attention.release();
    let centroids = await this.finish(Float32Array.from(found.flatMap((maps) => [...maps.p])), width);
    for (;;) {
      const next = await sweep(centroids);
      if (next.count === centroids.count) break;
      centroids = next;
    }
    const labels = new Int32Array(n * input.grid.frames);
    let at = 0;
    for (const maps of windows) {
      const { p, l, h } = centroids;
      const shape = [centroids.count, width];
      const { d } = await this.rectangular.run({
        ...feeds(maps),
        pb: { data: p, shape },
        lb: { data: l, shape },
        hb: { data: h, shape: [1, centroids.count] },
      });
      for (let i = 0; i < maps.count; i++) {
        const row = d!.subarray(i * centroids.count, (i + 1) * centroids.count);
        labels[at++] = row.indexOf(row.reduce((least, x) => Math.min(least, x)));
      }
    }
    return { labels, clusters: centroids.count };
  }

  /** Algorithm 1's sweep over a full distance matrix. */
  private async sweep(maps: Maps, d: Float32Array, joins: (d: number) => boolean): Promise<Maps> {
    const { count, width, p } = maps;
    const taken = new Uint8Array(count);
    const means: Float64Array[] = [];
    for (let i = 0; i < count; i++) {
      if (taken[i]) continue;
      const sum = new Float64Array(width);
      let members = 0;
      for (let j = i; j < count; j++) {
        if (taken[j] || (j !== i && !joins(d[i * count + j]!))) continue;
        taken[j] = 1;
        members++;
        for (let x = 0; x < width; x++) sum[x]! += p[j * width + x]!;
      }
      means.push(sum.map((x) => x / members));
    }
    const centroids = new Float32Array(means.length * width);
    for (const [i, mean] of means.entries()) centroids.set(mean, i * width);
    return this.finish(centroids, width);
  }

  private async finish(p: Float32Array, width: number): Promise<Maps> {
    const count = p.length / width;
    const { l, h } = await this.finishing.run({ p: { data: p, shape: [count, width] } });
    return { count, width, p, l: l!, h: h! };
  }
}

function feeds({ count, width, p, l, h }: Maps) {
  const shape = [count, width];
  return { p: { data: p, shape }, l: { data: l, shape }, h: { data: h, shape: [count, 1] } };
}

function mapInputs(graph: Graph) {
  return { p: graph.input('p', ['n', 'w']), l: graph.input('l', ['n', 'w']), h: graph.input('h', ['n', 1]) };
}

/** D of all pairs from one product: h_i + h_j − S − Sᵀ. */
function symmetricGraph(): Graph {
  const graph = new Graph('symmetric');
  const { p, l, h } = mapInputs(graph);
  const s = graph.node('Gemm', [p, l], { transB: 1 });
  const cross = graph.node('Add', [s, graph.transpose(s, [1, 0])]);
  const own = graph.node('Add', [h, graph.transpose(h, [1, 0])]);
  graph.output('d', graph.node('Sub', [own, cross]), ['n', 'n']);
  return graph;
}

/** KL of every row to every other, one way. */
function directedGraph(): Graph {
  const graph = new Graph('directed');
  const { p, l, h } = mapInputs(graph);
  graph.output('d', graph.node('Sub', [h, graph.node('Gemm', [p, l], { transB: 1 })]), ['n', 'n']);
  return graph;
}

function rectangularGraph(): Graph {
  const graph = new Graph('rectangular');
  const { p, l, h } = mapInputs(graph);
  const [pb, lb] = ['pb', 'lb'].map((name) => graph.input(name, ['m', 'w']));
  const half = graph.node('Gemm', [p, lb!], { transB: 1 });
  const s = graph.node('Gemm', [l, pb!, half], { transB: 1 });
  const own = graph.node('Add', [h, graph.input('hb', [1, 'm'])]);
  graph.output('d', graph.node('Sub', [own, s]), ['n', 'm']);
  return graph;
}

function finishGraph(): Graph {
  const graph = new Graph('finish');
  const p = graph.input('p', ['n', 'w']);
  const l = graph.node('Log', [graph.node('Max', [p, graph.floats(Float32Array.of(2 ** -126), [])])]);
  graph.output('l', l, ['n', 'w']);
  graph.output('h', graph.node('ReduceSum', [graph.node('Mul', [p, l]), graph.ints([1])], { keepdims: 1 }), [
    'n',
    1,
  ]);
  return graph;
}

function productGraph(): Graph {
  const graph = new Graph('product');
  const c = graph.node('MatMul', [graph.input('a', ['n', 'm']), graph.input('b', ['m', 'w'])]);
  graph.output('c', c, ['n', 'w']);
  return graph;
}
