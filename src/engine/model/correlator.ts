import { createSession } from '../onnx/session.ts';
import type { SessionOptions } from '../onnx/types.ts';
import type { Precision } from '../settings/run.ts';
import type { Tensor } from '../weights/types.ts';
import { projectionGraph } from './graphs/correlator.ts';
import type { Correlator, Model } from './types.ts';

export interface CorrelatorOptions extends SessionOptions {
  /** Tokens of one run of the graph; longer input goes through in several. */
  tokens?: number;
  precision?: Precision;
}

/** Tokens of a run by default: 6 MB of features at 384 channels. */
const CHUNK = 4096;

/** Adds to each token its frame's learned position (`pe` of Sec. 3.1); frames past the last learned one take the last. */
export function addTemporal(features: Float32Array, positions: Tensor, frameOf: Int32Array): Float32Array {
  const [, frames, dim] = positions.shape as [number, number, number];
  const placed = features.slice();
  frameOf.forEach((frame, token) => {
    const from = Math.min(frame, frames - 1) * dim;
    for (let c = 0; c < dim; c++) placed[token * dim + c]! += positions.data[from + c]!;
  });
  return placed;
}

/** The untrained start: the backbone's own last block over space and time, q = k = its keys. */
function untrained(heads: number): Correlator {
  return {
    heads,
    project: async (features) => ({ q: features, k: features }),
    release: async () => {},
  };
}

/** The model's correlator, ready to project features of any number of tokens. */
export async function createCorrelator(model: Model, options: CorrelatorOptions): Promise<Correlator> {
  if (!model.correlator) return untrained(model.architecture.heads);
  const { tokens: chunk = CHUNK, precision = 'float32', ...where } = options;
  const { architecture, weights } = model.correlator;
  const { dim, heads } = architecture;
  const temporal = weights.get('temporal_embed');
  const graph = projectionGraph(architecture, weights, { tokens: chunk, precision });
  const session = await createSession(graph, where);

  return {
    heads,
    async project(features, tokens, frameOf) {
      const placed = temporal && frameOf ? addTemporal(features, temporal, frameOf) : features;
      const q = new Float32Array(tokens * dim);
      const k = new Float32Array(tokens * dim);
      for (let first = 0; first < tokens; first += chunk) {
        const count = Math.min(chunk, tokens - first);
        let data = placed.subarray(first * dim, (first + count) * dim);
        if (count < chunk) {
          data = new Float32Array(chunk * dim);
          data.set(placed.subarray(first * dim, (first + count) * dim));
        }
        const result = await session.run({ features: { data, shape: [chunk, dim] } });
        q.set(result.q!.subarray(0, count * dim), first * dim);
        k.set(result.k!.subarray(0, count * dim), first * dim);
      }
      return { q, k };
    },
    release: () => session.release(),
  };
}
