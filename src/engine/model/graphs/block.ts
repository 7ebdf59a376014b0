import type { Graph, Value } from '../../onnx/graph.ts';
import type { Precision } from '../../settings/run.ts';
import type { Tensor, Weights } from '../types.ts';

/** `fused`: one `com.microsoft.MultiHeadAttention`, flash attention on WebGPU. `plain`: MatMul and Softmax. */
export type AttentionAuthoring = 'fused' | 'plain';

/** What the blocks of one graph share. Tokens are [batch, tokens, dim] or, between linear layers, [batch·tokens, dim]. */
export interface BlockContext {
  graph: Graph;
  weights: Weights;
  batch: number;
  tokens: number;
  dim: number;
  heads: number;
  epsilon: number;
  attention: AttentionAuthoring;
  precision: Precision;
}

export interface Projections {
  q: Value;
  k: Value;
  v: Value;
}

function tensorOf({ weights }: BlockContext, name: string): Tensor {
  const tensor = weights.get(name);
  if (!tensor) throw new RangeError(`${name} is not among the weights`);
  return tensor;
}

function floats(context: BlockContext, name: string): Value {
  const { data, shape } = tensorOf(context, name);
  return context.graph.floats(data, shape);
}

/** Rows [from, to) of a weight whose first axis is its outputs, as a view. */
function rowsOf({ data, shape }: Tensor, from: number, to: number): Tensor {
  const row = data.length / shape[0]!;
  return { data: data.subarray(from * row, to * row), shape: [to - from, ...shape.slice(1)] };
}

/** x·Wᵀ + b of tokens [batch·tokens, inputs]. PyTorch's layout [outputs, inputs] is kept: Gemm turns it. */
function gemm({ graph, precision }: BlockContext, x: Value, weight: Tensor, bias?: Tensor): Value {
  const input = precision === 'float16' ? graph.cast(x, 'float16') : x;
  const operands = [input, graph.floats(weight.data, weight.shape, precision)];
  if (bias) operands.push(graph.floats(bias.data, bias.shape, precision));
  const product = graph.node('Gemm', operands, { transB: 1 });
  return precision === 'float16' ? graph.cast(product, 'float32') : product;
}

function linear(context: BlockContext, x: Value, name: string): Value {
  return gemm(context, x, tensorOf(context, `${name}.weight`), context.weights.get(`${name}.bias`));
}

export function layerNorm(context: BlockContext, x: Value, name: string): Value {
  const inputs = [x, floats(context, `${name}.weight`), floats(context, `${name}.bias`)];
  return context.graph.node('LayerNormalization', inputs, { axis: -1, epsilon: context.epsilon });
}

/**
 * Those of q, k and v that are asked for, each [batch·tokens, dim], of a block's normed input. They are separate
 * products over views of the fused weight, so that what is not asked for is not computed.
 */
export function project<P extends keyof Projections>(
  context: BlockContext,
  normed: Value,
  prefix: string,
  parts: readonly P[],
): Pick<Projections, P> {
  const { dim } = context;
  const weight = tensorOf(context, `${prefix}attn.qkv.weight`);
  const bias = context.weights.get(`${prefix}attn.qkv.bias`);
  const projections = parts.map((part) => {
    const from = 'qkv'.indexOf(part) * dim;
    const partBias = bias && rowsOf(bias, from, from + dim);
    return [part, gemm(context, normed, rowsOf(weight, from, from + dim), partBias)] as const;
  });
  return Object.fromEntries(projections) as Pick<Projections, P>;
}

/** [batch·tokens, dim] as [batch, heads, tokens, channels], or with `turned` [batch, heads, channels, tokens]. */
function split({ graph, batch, heads, dim }: BlockContext, x: Value, tokens: number, turned = false): Value {
  const apart = graph.reshape(x, [batch, tokens, heads, dim / heads]);
  return graph.transpose(apart, turned ? [0, 2, 3, 1] : [0, 2, 1, 3]);
}

const scaleOf = ({ dim, heads }: BlockContext) => 1 / Math.sqrt(dim / heads);

/** softmax(q·kᵀ/√c): [batch, heads, tokens, keyTokens]. */
export function attentionMap(
  context: BlockContext,
  { q, k }: Pick<Projections, 'q' | 'k'>,
  keyTokens = context.tokens,
): Value {
  const { graph } = context;
  const scale = graph.floats(Float32Array.of(scaleOf(context)), []);
  const logits = graph.node('MatMul', [
    graph.node('Mul', [split(context, q, context.tokens), scale]),
    split(context, k, keyTokens, true),
  ]);
  return graph.node('Softmax', [logits], { axis: -1 });
}

/** Attention's mixed values, [batch·tokens, dim]; `map` is reused where it is already there. */
export function attend(
  context: BlockContext,
  projections: Projections,
  { keyTokens = context.tokens, map }: { keyTokens?: number; map?: Value } = {},
): Value {
  const { graph, batch, tokens, dim, heads } = context;
  if (map === undefined && context.attention === 'fused') {
    const flat = (x: Value, count: number) => graph.reshape(x, [batch, count, dim]);
    const { q, k, v } = projections;
    const inputs = [flat(q, tokens), flat(k, keyTokens), flat(v, keyTokens)];
    const attributes = { num_heads: heads, scale: scaleOf(context) };
    const mixed = graph.node('MultiHeadAttention', inputs, attributes, 'com.microsoft');
    return graph.reshape(mixed, [batch * tokens, dim]);
  }
  const weights = map ?? attentionMap(context, projections, keyTokens);
  const mixed = graph.node('MatMul', [weights, split(context, projections.v, keyTokens)]);
  return graph.reshape(graph.transpose(mixed, [0, 2, 1, 3]), [batch * tokens, dim]);
}

/** x + LayerScale(branch). */
function residual(context: BlockContext, x: Value, branch: Value, gamma: string): Value {
  const { graph } = context;
  const scaled = context.weights.has(gamma) ? graph.node('Mul', [branch, floats(context, gamma)]) : branch;
  return graph.node('Add', [x, scaled]);
}

/** What follows attention in a pre-norm block: its projection, the MLP, and both residual sums. */
export function finish(context: BlockContext, x: Value, mixed: Value, prefix: string): Value {
  const { graph } = context;
  const attended = residual(context, x, linear(context, mixed, `${prefix}attn.proj`), `${prefix}ls1.gamma`);
  const hidden = linear(context, layerNorm(context, attended, `${prefix}norm2`), `${prefix}mlp.fc1`);
  const mlp = linear(context, graph.node('Gelu', [hidden]), `${prefix}mlp.fc2`);
  return residual(context, attended, mlp, `${prefix}ls2.gamma`);
}

/** One whole pre-norm block on tokens [batch·tokens, dim]. */
export function block(context: BlockContext, x: Value, prefix: string): Value {
  const projections = project(context, layerNorm(context, x, `${prefix}norm1`), prefix, ['q', 'k', 'v']);
  return finish(context, x, attend(context, projections), prefix);
}
