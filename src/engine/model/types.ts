import type { Architecture, CorrelatorArchitecture, ModelEntry, Weights } from '../weights/types.ts';
import type { BackboneOutput } from './graphs/backbone.ts';

/** A model in memory, ready to be written as ONNX for any grid. */
export interface Model {
  entry: ModelEntry;
  architecture: Architecture;
  weights: Weights;
  /** A trained correlator, names without prefix: `norm1.weight`, `attn.qkv.weight`, … */
  correlator?: { architecture: CorrelatorArchitecture; weights: Weights };
}

/** A backbone ready to run on one size. Shapes: B frames, n tokens a frame, d channels. */
export interface Backbone {
  readonly rows: number;
  readonly columns: number;
  readonly batch: number;
  /**
   * pixels [B, 3, height, width], RGB, normalised, B ≤ batch. Returns each output asked for at creation:
   * k, normed [B, n, d]; attention [B, heads, N, N] with N = n + class + registers.
   */
  run(pixels: Float32Array, frames: number): Promise<Partial<Record<BackboneOutput, Float32Array>>>;
  release(): Promise<void>;
}

/** The correlator's projections (Eq. 1): features of any number of tokens in, q and k out, [tokens, d]. */
export interface Correlator {
  readonly heads: number;
  /** `frameOf` gives each token's frame for temporal positions; unused where there are none. */
  project(
    features: Float32Array,
    tokens: number,
    frameOf?: Int32Array,
  ): Promise<{ q: Float32Array; k: Float32Array }>;
  release(): Promise<void>;
}
