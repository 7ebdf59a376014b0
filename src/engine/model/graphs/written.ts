import type { OnnxModel } from '../../onnx/graph.ts';
import type { Architecture, Weights } from '../../weights/types.ts';
import { type BackboneGraph, backboneGraph } from './backbone.ts';

/** Graphs that are kept of one model: as many as a user goes to and fro between. */
const MOST = 4;
/** And their bytes together, weights that they share with the model not counted. */
const MOST_BYTES = 96 * 2 ** 20;

/** A model's graphs by what they were written for, the one used last at the end; they go when its weights do. */
const written = new WeakMap<Weights, Map<string, { graph: OnnxModel; bytes: number }>>();

/** Bytes that a graph holds beside the model: 32-bit weights are views of the model's own memory. */
function ownBytes({ bytes, external }: OnnxModel, weights: Weights): number {
  const shared = new Set([...weights.values()].map(({ data }) => data.buffer));
  return external.reduce(
    (sum, { data }) => (shared.has(data.buffer) ? sum : sum + data.byteLength),
    bytes.byteLength,
  );
}

/** Writes the graph of a backbone, or gives the one that was written for the same model, size and outputs before. */
export function writtenBackbone(a: Architecture, weights: Weights, options: BackboneGraph): OnnxModel {
  const kept = written.get(weights) ?? new Map();
  written.set(weights, kept);
  const { height, width, batch, outputs, precision } = options;
  const key = [height, width, batch, outputs, precision].join();
  const known = kept.get(key);
  kept.delete(key);
  const graph = known?.graph ?? backboneGraph(a, weights, options);
  kept.set(key, known ?? { graph, bytes: ownBytes(graph, weights) });

  let total = [...kept.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  for (const [oldest, { bytes }] of kept) {
    if (kept.size <= MOST && total <= MOST_BYTES) break;
    kept.delete(oldest);
    total -= bytes;
  }
  return graph;
}
