import { Graph, type OnnxModel, type Value } from '../../onnx/graph.ts';
import type { Precision } from '../../settings/run.ts';
import type { Architecture, BackboneOutput, Weights } from '../types.ts';
import {
  type AttentionAuthoring,
  attend,
  attentionMap,
  type BlockContext,
  block,
  finish,
  layerNorm,
  project,
} from './block.ts';
import { resizePositions } from './position.ts';

export interface BackboneGraph {
  /** Pixels; multiples of the patch. */
  height: number;
  width: number;
  /** Frames of a run. */
  batch: number;
  outputs: readonly BackboneOutput[];
  attention: AttentionAuthoring;
  precision: Precision;
}

/** Tokens in front of the patches: the class token and the registers. */
export const prefixTokens = (architecture: Architecture) => 1 + architecture.registers;

/** The class token, its position added, and the registers, repeated for every frame: [batch, 1 + registers, dim]. */
function prefix(
  { dim, registers, classPosition }: Architecture,
  weights: Weights,
  batch: number,
): Float32Array {
  const one = new Float32Array((1 + registers) * dim);
  one.set(weights.get('cls_token')!.data);
  if (classPosition) {
    const position = weights.get('pos_embed')!.data;
    for (let c = 0; c < dim; c++) one[c]! += position[c]!;
  }
  if (registers > 0) one.set(weights.get('reg_token')!.data, dim);
  const all = new Float32Array(batch * one.length);
  for (let b = 0; b < batch; b++) all.set(one, b * one.length);
  return all;
}

/** Pixels [batch, 3, height, width] to tokens [batch·tokens, dim]. */
function embed(
  context: BlockContext,
  pixels: Value,
  a: Architecture,
  grid: readonly [number, number],
): Value {
  const { graph, weights, batch, tokens, dim } = context;
  const count = grid[0] * grid[1];
  const kernel = weights.get('patch_embed.proj.weight')!;
  const bias = weights.get('patch_embed.proj.bias')!;
  const patches = graph.node(
    'Conv',
    [pixels, graph.floats(kernel.data, kernel.shape), graph.floats(bias.data, bias.shape)],
    { kernel_shape: [a.patch, a.patch], strides: [a.patch, a.patch] },
  );
  const sequence = graph.transpose(graph.reshape(patches, [batch, dim, count]), [0, 2, 1]);
  const learned = weights.get('pos_embed')!.data.subarray(a.classPosition ? dim : 0);
  const positions = graph.floats(resizePositions(learned, dim, a.positionGrid, grid), [1, count, dim]);
  const front = graph.floats(prefix(a, weights, batch), [batch, prefixTokens(a), dim]);
  const placed = graph.node('Add', [sequence, positions]);
  return graph.reshape(graph.node('Concat', [front, placed], { axis: 1 }), [batch * tokens, dim]);
}

/** Adds the outputs asked for, computing of the last block only what they need. */
function lastBlock(
  context: BlockContext,
  x: Value,
  a: Architecture,
  outputs: readonly BackboneOutput[],
): void {
  const { graph, batch, tokens, dim, heads } = context;
  const name = `blocks.${a.depth - 1}.`;
  const wants = (...any: BackboneOutput[]) => any.some((output) => outputs.includes(output));
  const whole = wants('tokens', 'normed');
  const emit = (output: BackboneOutput, value: Value) => {
    const first = prefixTokens(a);
    const patches = graph.slice(graph.reshape(value, [batch, tokens, dim]), 1, first, tokens);
    graph.output(output, patches, [batch, tokens - first, dim]);
  };

  const parts = (['q', 'k', 'v'] as const).filter(
    (part) => whole || (part !== 'v' && wants(part, 'attention')),
  );
  // `parts` holds all that is read below: v only for the whole block, q and k also for the map.
  const projections = project(context, layerNorm(context, x, `${name}norm1`), name, parts);
  const map = wants('attention') ? attentionMap(context, projections) : undefined;
  if (wants('q')) emit('q', projections.q);
  if (wants('k')) emit('k', projections.k);
  if (map !== undefined) graph.output('attention', map, [batch, heads, tokens, tokens]);
  if (!whole) return;
  const features = finish(context, x, attend(context, projections, { map }), name);
  if (wants('tokens')) emit('tokens', features);
  if (wants('normed')) emit('normed', layerNorm(context, features, 'norm'));
}

/** Writes a Vision Transformer for one size: input `pixels`, outputs named as asked (shapes: `Backbone.run`). */
export function backboneGraph(a: Architecture, weights: Weights, options: BackboneGraph): OnnxModel {
  const { height, width, batch, outputs, attention, precision } = options;
  const grid = [height / a.patch, width / a.patch] as const;
  const graph = new Graph('backbone');
  const context: BlockContext = {
    graph,
    weights,
    batch,
    tokens: prefixTokens(a) + grid[0] * grid[1],
    dim: a.dim,
    heads: a.heads,
    epsilon: a.epsilon,
    attention,
    precision,
  };
  let x = embed(context, graph.input('pixels', [batch, 3, height, width]), a, grid);
  for (let i = 0; i < a.depth - 1; i++) x = block(context, x, `blocks.${i}.`);
  lastBlock(context, x, a, outputs);
  return graph.model();
}
