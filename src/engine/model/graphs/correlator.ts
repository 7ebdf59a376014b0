import { Graph, type OnnxModel } from '../../onnx/graph.ts';
import type { Precision } from '../../settings/run.ts';
import type { CorrelatorArchitecture, Weights } from '../types.ts';
import { type AttentionAuthoring, attend, type BlockContext, finish, layerNorm, project } from './block.ts';

export interface CorrelatorGraph {
  /** Tokens of a run. */
  tokens: number;
  attention: AttentionAuthoring;
  precision: Precision;
}

function start(
  name: string,
  a: CorrelatorArchitecture,
  weights: Weights,
  options: CorrelatorGraph,
): BlockContext {
  const { dim, heads, epsilon } = a;
  return { graph: new Graph(name), weights, batch: 1, dim, heads, epsilon, ...options };
}

/** Writes the correlator's projections (Eq. 1): input `features` [tokens, dim]; outputs `q`, `k` [tokens, dim]. */
export function projectionGraph(
  a: CorrelatorArchitecture,
  weights: Weights,
  options: CorrelatorGraph,
): OnnxModel {
  const context = start('correlator', a, weights, options);
  const { graph, tokens, dim } = context;
  const features = graph.input('features', [tokens, dim]);
  const { q, k } = project(context, layerNorm(context, features, 'norm1'), '', ['q', 'k']);
  graph.output('q', q, [tokens, dim]);
  graph.output('k', k, [tokens, dim]);
  return graph.model();
}

/**
 * Writes the whole block: input `features` [tokens, dim] and `keys` [keyTokens, dim], the features of all
 * tokens that are attended to; output `fused` [tokens, dim], the paper's temporally fused features F_v.
 */
export function fusionGraph(
  a: CorrelatorArchitecture,
  weights: Weights,
  options: CorrelatorGraph & { keyTokens: number },
): OnnxModel {
  const context = start('fusion', a, weights, options);
  const { graph, tokens, dim } = context;
  const { keyTokens } = options;
  const features = graph.input('features', [tokens, dim]);
  const keys = graph.input('keys', [keyTokens, dim]);
  const { q } = project(context, layerNorm(context, features, 'norm1'), '', ['q']);
  const { k, v } = project(context, layerNorm(context, keys, 'norm1'), '', ['k', 'v']);
  const fused = finish(context, features, attend(context, { q, k, v }, { keyTokens }), '');
  graph.output('fused', fused, [tokens, dim]);
  return graph.model();
}
