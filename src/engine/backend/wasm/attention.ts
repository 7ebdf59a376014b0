import { Graph, type Value } from '../../onnx/graph.ts';
import { createSession } from '../../onnx/session.ts';
import { P_FLOOR } from '../numerics.ts';
import { type AttentionInput, type Grid, rowGrid } from '../types.ts';

/** P, L = log P and h = Σ P·L of rows: [count, width], [count, width], [count]. */
export interface RowValues {
  p: Float32Array;
  l: Float32Array;
  h: Float32Array;
}

/** Adds to a graph what every row needs besides its P: L = log max(P, floor), and h = Σ P·L. */
export function logAndEntropy(graph: Graph, p: Value): { l: Value; h: Value } {
  const l = graph.node('Log', [graph.node('Max', [p, graph.floats(Float32Array.of(P_FLOOR), [])])]);
  const h = graph.node('ReduceSum', [graph.node('Mul', [p, l]), graph.ints([1])], { keepdims: 0 });
  return { l, h };
}

/** Bytes of every head's logits and of what is made from them, at a time, in ONNX Runtime's own memory. */
const SCRATCH_BYTES = 24 * 2 ** 20;
/** Fewer rows would leave the matrix product's tiles empty. */
const LEAST_BLOCK = 16;

/** All that rows depend on besides q and k. */
type Shape = Pick<AttentionInput, 'grid' | 'heads' | 'channels' | 'keyFrames' | 'temperature' | 'pool'>;

/** Makes rows of A'v (Eq. 1) from queries, [count, heads·channels]. */
export interface RowMaker {
  rows(q: Float32Array): Promise<RowValues>;
  release(): Promise<void>;
}

export async function createRowMaker(keys: Float32Array, shape: Shape): Promise<RowMaker> {
  const dim = shape.heads * shape.channels;
  const { width } = rowGrid(shape);
  const session = await createSession(attentionGraph(keys, shape).model(), { device: 'wasm' });
  const block = Math.max(
    LEAST_BLOCK,
    Math.floor(SCRATCH_BYTES / (4 * (keys.length / dim) * (shape.heads + 2))),
  );
  const make = async (q: Float32Array): Promise<RowValues> => {
    const { p, l, h } = await session.run({ q: { data: q, shape: [q.length / dim, dim] } });
    return { p: p!, l: l!, h: h! };
  };
  return {
    async rows(q) {
      const count = q.length / dim;
      if (count <= block) return make(q);
      const p = new Float32Array(count * width);
      const l = new Float32Array(count * width);
      const h = new Float32Array(count);
      for (let first = 0; first < count; first += block) {
        const part = await make(q.subarray(first * dim, (first + block) * dim));
        p.set(part.p, first * width);
        l.set(part.l, first * width);
        h.set(part.h, first);
      }
      return { p, l, h };
    },
    release: () => session.release(),
  };
}

/**
 * A'v of queries [n, heads·channels]. The keys [width, heads·channels] are constants of the graph, one matrix a head,
 * already scaled: ONNX Runtime then packs them once for its products.
 */
function attentionGraph(keys: Float32Array, shape: Shape): Graph {
  const { heads, channels, temperature, grid, pool = 1 } = shape;
  const dim = heads * channels;
  const all = keys.length / dim;
  const { width } = rowGrid(shape);
  const graph = new Graph('attention');
  const q = graph.input('q', ['n', dim]);
  const queries = heads > 1 ? graph.nodes('Split', [q], heads, { axis: 1, num_outputs: heads }) : [q];
  const maps = queries.map((query, head) => {
    const scale = temperature[head]! / Math.sqrt(channels);
    const transposed = new Float32Array(channels * all);
    for (let c = 0; c < channels; c++)
      for (let j = 0; j < all; j++) transposed[c * all + j] = scale * keys[j * dim + head * channels + c]!;
    const logits = graph.node('MatMul', [query, graph.floats(transposed, [channels, all])]);
    return graph.node('Softmax', [logits]);
  });
  const sum = heads > 1 ? graph.node('Sum', maps) : maps[0]!;
  const means = pool > 1 ? squareMeans(graph, sum, grid, pool, width) : sum;
  const share = graph.floats(Float32Array.of(pool ** 2 / heads), []);
  const p = graph.node('Mul', [means, share]);
  const { l, h } = logAndEntropy(graph, p);
  graph.output('p', p, ['n', width]);
  graph.output('l', l, ['n', width]);
  graph.output('h', h, ['n']);
  return graph;
}

/** Means over squares of positions of every frame, [n, width]; what a square lacks at an edge counts as zeros. */
function squareMeans(graph: Graph, maps: Value, { rows, columns }: Grid, side: number, width: number): Value {
  const frames = graph.node('Reshape', [maps, graph.ints([-1, 1, rows, columns])]);
  const means = graph.node('AveragePool', [frames], {
    kernel_shape: [side, side],
    strides: [side, side],
    pads: [0, 0, rows % side, columns % side],
    count_include_pad: 1,
  });
  return graph.node('Reshape', [means, graph.ints([-1, width])]);
}
