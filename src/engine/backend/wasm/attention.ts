import { Graph, type Value } from '../../onnx/graph.ts';
import { createSession } from '../../onnx/session.ts';
import type { Session } from '../../onnx/types.ts';
import { P_FLOOR } from '../numerics.ts';
import type { AttentionInput } from '../types.ts';

/** P, L = log P and h = Σ P·L of rows: [count, width], [count, width], [count]. */
export interface RowValues {
  p: Float32Array;
  l: Float32Array;
  h: Float32Array;
}

/** Adds to a graph what every row needs besides its P: L = log max(P, floor), and h = Σ P·L. */
export function logAndEntropy(graph: Graph, p: Value, floor = P_FLOOR): { l: Value; h: Value } {
  const l = graph.node('Log', [graph.node('Max', [p, graph.floats(Float32Array.of(floor), [])])]);
  const h = graph.node('ReduceSum', [graph.node('Mul', [p, l]), graph.ints([1])], { keepdims: 0 });
  return { l, h };
}

/**
 * Bytes of every head's logits and of what is made from them, at a time, in ONNX Runtime's own memory. Threads wait for each other
 * after every operator: with the few rows that a processor's cache holds they mostly wait (bench/following.md).
 */
const SCRATCH_BYTES = 64 * 2 ** 20;
/** Fewer rows would leave the matrix product's tiles empty. */
const LEAST_BLOCK = 16;

/** All that rows depend on besides q and k. */
type Shape = Pick<AttentionInput, 'heads' | 'channels' | 'temperature'>;

/** The keys as the graphs have them. */
export interface Keys extends Omit<Shape, 'temperature'> {
  width: number;
  /** A head's, scaled, [channels, width]: constants of a graph, which ONNX Runtime packs once for its products. */
  matrices: readonly Float32Array[];
}

/** @param keys [width, heads·channels] */
export function keyMatrices(keys: Float32Array, { heads, channels, temperature }: Shape): Keys {
  const dim = heads * channels;
  const width = keys.length / dim;
  const matrices = Array.from({ length: heads }, (_, head) => {
    const scale = temperature[head]! / Math.sqrt(channels);
    const transposed = new Float32Array(channels * width);
    for (let c = 0; c < channels; c++)
      for (let j = 0; j < width; j++)
        transposed[c * width + j] = scale * keys[j * dim + head * channels + c]!;
    return transposed;
  });
  return { heads, channels, width, matrices };
}

/** Adds softmax(q·kᵀ/√c) of every head to a graph, [n, width] each. Its input is `q`, [n, heads·channels]. */
function headMaps(graph: Graph, { heads, channels, width, matrices }: Keys): Value[] {
  const q = graph.input('q', ['n', heads * channels]);
  const queries = heads > 1 ? graph.nodes('Split', [q], heads, { axis: 1, num_outputs: heads }) : [q];
  return queries.map((query, head) => {
    const logits = graph.node('MatMul', [query, graph.floats(matrices[head]!, [channels, width])]);
    return graph.node('Softmax', [logits]);
  });
}

const summed = (graph: Graph, values: readonly Value[]): Value =>
  values.length > 1 ? graph.node('Sum', values) : values[0]!;

/** Adds heads · A'v (Eq. 1) to a graph, [n, width]. */
export const headSums = (graph: Graph, keys: Keys): Value => summed(graph, headMaps(graph, keys));

/** Runs a graph whose inputs begin with `q` over blocks of queries that fit the scratch; `take` gets what comes of each. */
export async function inBlocks(
  session: Session,
  { heads, channels, width }: Keys,
  queries: Float32Array,
  take: (outputs: Record<string, Float32Array>, first: number) => void,
  inputs: Parameters<Session['run']>[0] = {},
): Promise<void> {
  const dim = heads * channels;
  const count = queries.length / dim;
  const block = Math.max(LEAST_BLOCK, Math.floor(SCRATCH_BYTES / (4 * width * (heads + 2))));
  for (let first = 0; first < count; first += block) {
    const data = queries.subarray(first * dim, (first + block) * dim);
    take(await session.run({ q: { data, shape: [data.length / dim, dim] }, ...inputs }), first);
  }
}

/** A session that is made when it is first asked for. */
export function lazySession(graph: () => Graph) {
  let made: Promise<Session> | null = null;
  return {
    get(): Promise<Session> {
      if (made) return made;
      const making = createSession(graph().model(), { device: 'wasm' });
      // Another try may succeed.
      making.catch(() => {
        made = null;
      });
      made = making;
      return making;
    },
    async release(): Promise<void> {
      await (await made?.catch(() => null))?.release();
    },
  };
}

/** What is made from queries by the same keys, [count, heads·channels]. */
export interface RowMaker {
  /** Rows of A'v (Eq. 1). */
  rows(queries: Float32Array): Promise<RowValues>;
  /** Σ_j P_j·v_j of every row, [count]; values [width]. */
  expectation(queries: Float32Array, values: Float32Array): Promise<Float32Array>;
  release(): Promise<void>;
}

export function createRowMaker(keys: Keys): RowMaker {
  const { width } = keys;
  const countOf = (queries: Float32Array) => queries.length / (keys.heads * keys.channels);
  const rowing = lazySession(() => rowGraph(keys));
  const seeing = lazySession(() => expectationGraph(keys));
  return {
    async rows(queries) {
      const count = countOf(queries);
      const [p, l] = [new Float32Array(count * width), new Float32Array(count * width)];
      const h = new Float32Array(count);
      await inBlocks(await rowing.get(), keys, queries, (part, first) => {
        p.set(part.p!, first * width);
        l.set(part.l!, first * width);
        h.set(part.h!, first);
      });
      return { p, l, h };
    },
    async expectation(queries, values) {
      const all = new Float32Array(countOf(queries));
      const v = { data: values, shape: [width, 1] };
      await inBlocks(await seeing.get(), keys, queries, ({ e }, first) => all.set(e!, first), { v });
      return all;
    },
    async release() {
      await Promise.all([rowing, seeing].map((session) => session.release()));
    },
  };
}

/** A'v of queries, and what every row needs besides. */
function rowGraph(keys: Keys): Graph {
  const { heads, width } = keys;
  const graph = new Graph('attention');
  const p = graph.node('Mul', [headSums(graph, keys), graph.floats(Float32Array.of(1 / heads), [])]);
  const { l, h } = logAndEntropy(graph, p);
  graph.output('p', p, ['n', width]);
  graph.output('l', l, ['n', width]);
  graph.output('h', h, ['n']);
  return graph;
}

/** Values `v` seen through A'v of queries: every head's product, so that no row is ever summed over heads. */
function expectationGraph(keys: Keys): Graph {
  const graph = new Graph('expectation');
  const maps = headMaps(graph, keys);
  const v = graph.input('v', [keys.width, 1]);
  const seen = summed(
    graph,
    maps.map((map) => graph.node('MatMul', [map, v])),
  );
  const share = graph.floats(Float32Array.of(1 / keys.heads), []);
  graph.output('e', graph.node('Mul', [seen, share]), ['n', 1]);
  return graph;
}
