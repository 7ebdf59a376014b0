import { Graph, type Value } from '../../onnx/graph.ts';
import { createSession } from '../../onnx/session.ts';
import { P_FLOOR } from '../numerics.ts';
import type { AttentionInput } from '../types.ts';

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
type Shape = Pick<AttentionInput, 'heads' | 'channels' | 'temperature'>;

/** Makes rows of A'v (Eq. 1) from queries, [count, heads·channels]. */
export interface RowMaker {
  rows(q: Float32Array): Promise<RowValues>;
  release(): Promise<void>;
}

export async function createRowMaker(keys: Float32Array, shape: Shape): Promise<RowMaker> {
  const dim = shape.heads * shape.channels;
  const width = keys.length / dim;
  const session = await createSession(attentionGraph(keys, shape).model(), { device: 'wasm' });
  const block = Math.max(LEAST_BLOCK, Math.floor(SCRATCH_BYTES / (4 * width * (shape.heads + 2))));
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
  const { heads, channels, temperature } = shape;
  const dim = heads * channels;
  const width = keys.length / dim;
  const graph = new Graph('attention');
  const q = graph.input('q', ['n', dim]);
  const queries = heads > 1 ? graph.nodes('Split', [q], heads, { axis: 1, num_outputs: heads }) : [q];
  const maps = queries.map((query, head) => {
    const scale = temperature[head]! / Math.sqrt(channels);
    const transposed = new Float32Array(channels * width);
    for (let c = 0; c < channels; c++)
      for (let j = 0; j < width; j++)
        transposed[c * width + j] = scale * keys[j * dim + head * channels + c]!;
    const logits = graph.node('MatMul', [query, graph.floats(transposed, [channels, width])]);
    return graph.node('Softmax', [logits]);
  });
  const sum = heads > 1 ? graph.node('Sum', maps) : maps[0]!;
  const p = graph.node('Mul', [sum, graph.floats(Float32Array.of(1 / heads), [])]);
  const { l, h } = logAndEntropy(graph, p);
  graph.output('p', p, ['n', width]);
  graph.output('l', l, ['n', width]);
  graph.output('h', h, ['n']);
  return graph;
}
