import { P_FLOOR } from '../cluster/numerics.ts';
import type { AttentionInput } from '../cluster/types.ts';
import { Graph, type Value } from '../model/onnx/graph.ts';
import { createSession, type Session } from '../model/session.ts';

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

/**
 * Session that makes rows of A'v (Eq. 1) from queries [n, heads·channels]. The keys [width, heads·channels] are
 * constants of the graph, one matrix a head, already scaled: ONNX Runtime then packs them once for its products.
 */
export async function attentionSession(
  keys: Float32Array,
  { heads, channels, temperature }: Pick<AttentionInput, 'heads' | 'channels' | 'temperature'>,
): Promise<Session> {
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
  const share = graph.floats(Float32Array.of(1 / heads), []);
  const p = heads > 1 ? graph.node('Mul', [graph.node('Sum', maps), share]) : maps[0]!;
  const { l, h } = logAndEntropy(graph, p);
  graph.output('p', p, ['n', width]);
  graph.output('l', l, ['n', width]);
  graph.output('h', h, ['n']);
  return createSession(graph.model(), { device: 'wasm' });
}
