import { createSession } from '../onnx/session.ts';
import type { SessionOptions } from '../onnx/types.ts';
import { failure } from './errors.ts';
import { fusionGraph } from './graphs/correlator.ts';
import type { Model } from './types.ts';

export interface FusionOptions extends SessionOptions {
  /** Tokens of one run. */
  tokens: number;
  /** Tokens that are attended to. */
  keyTokens: number;
}

/** The correlator's whole block: F_v of Eq. 1. */
export interface Fusion {
  /** features [tokens, d] and the features of the key frames [keyTokens, d] in, F_v [tokens, d] out. */
  fuse(features: Float32Array, keys: Float32Array): Promise<Float32Array>;
  release(): Promise<void>;
}

/** Readies the block for F_v. Throws `model/untrained`: without values and an MLP there is no F_v. */
export async function createFusion(model: Model, options: FusionOptions): Promise<Fusion> {
  if (!model.correlator) throw failure('model/untrained', { id: model.entry.name });
  const { architecture, weights } = model.correlator;
  const { tokens, keyTokens, ...where } = options;
  const shape = { tokens, keyTokens, precision: 'float32' } as const;
  const session = await createSession(fusionGraph(architecture, weights, shape), where);
  const { dim } = architecture;
  return {
    async fuse(features, keys) {
      const { fused } = await session.run({
        features: { data: features, shape: [tokens, dim] },
        keys: { data: keys, shape: [keyTokens, dim] },
      });
      return fused!;
    },
    release: () => session.release(),
  };
}
