import { nn, numpy as np, random } from '@jax-js/jax';
import type { CorrelatorArchitecture } from '../engine/weights/types.ts';

/**
 * The correlator: one pre-norm transformer layer over all tokens of a clip (Sec. 3.2). Like every function of jax-js,
 * these take ownership of the arrays that they are given.
 */

/** The layer's parameters by timm's names. */
export type Parameters = { [name: string]: np.Array };

/** Names and shapes of the parameters; linear weights are [out, in]. */
export function parameterShapes(architecture: CorrelatorArchitecture): Map<string, number[]> {
  const { dim, hidden, temporalPositions } = architecture;
  return new Map([
    ['norm1.weight', [dim]],
    ['norm1.bias', [dim]],
    ['attn.qkv.weight', [3 * dim, dim]],
    ['attn.proj.weight', [dim, dim]],
    ['attn.proj.bias', [dim]],
    ['norm2.weight', [dim]],
    ['norm2.bias', [dim]],
    ['mlp.fc1.weight', [hidden, dim]],
    ['mlp.fc1.bias', [hidden]],
    ['mlp.fc2.weight', [dim, hidden]],
    ['mlp.fc2.bias', [dim]],
    ...(temporalPositions > 0 ? [['temporal_embed', [1, temporalPositions, dim]] as const] : []),
  ] as [string, number[]][]);
}

/** Shares that are dropped, and the key that decides which. Absent where nothing is dropped. */
export interface Dropout {
  attention: number;
  output: number;
  key: np.Array;
}

export interface BlockOutput {
  /** A_v: mean over heads of the attention (Eq. 1), [N, N]. */
  attention: np.Array;
  /** F_v: the layer's output, [N, dim]. */
  features: np.Array;
}

/** The layer on `frames` frames' tokens [frames·n, dim], frame-major. */
export function block(
  parameters: Parameters,
  tokens: np.Array,
  frames: number,
  architecture: CorrelatorArchitecture,
  dropout?: Dropout,
): BlockOutput {
  const { dim, heads, epsilon, temporalPositions } = architecture;
  const p = (name: string) => parameters[name]!;
  const count = tokens.shape[0]!;
  const channels = dim / heads;
  const keys = dropout ? random.split(dropout.key, 4) : null;
  const drop = (x: np.Array, share: number, place: number) =>
    keys && share > 0 ? dropped(x, share, keys.ref.slice(place)) : x;

  let x = tokens;
  if (temporalPositions > 0) {
    const positions = p('temporal_embed').slice([], [0, frames]).reshape([frames, 1, dim]);
    x = x
      .reshape([frames, count / frames, dim])
      .add(positions)
      .reshape([count, dim]);
  }

  const normed = layerNorm(x.ref, p('norm1.weight'), p('norm1.bias'), epsilon);
  const qkv = linear(normed, p('attn.qkv.weight'))
    .reshape([count, 3, heads, channels])
    .transpose([1, 2, 0, 3]);
  const q = qkv.ref.slice(0);
  const k = qkv.ref.slice(1);
  const v = qkv.slice(2);
  const logits = np.matmul(q, k.transpose([0, 2, 1])).mul(1 / Math.sqrt(channels));
  const maps = drop(nn.softmax(logits, -1), dropout?.attention ?? 0, 0);
  const attention = maps.ref.mean(0);
  const gathered = np.matmul(maps, v).transpose([1, 0, 2]).reshape([count, dim]);
  const projected = linear(gathered, p('attn.proj.weight'), p('attn.proj.bias'));
  x = x.add(drop(projected, dropout?.output ?? 0, 1));

  const wide = linear(
    layerNorm(x.ref, p('norm2.weight'), p('norm2.bias'), epsilon),
    p('mlp.fc1.weight'),
    p('mlp.fc1.bias'),
  );
  const bent = drop(nn.gelu(wide, { approximate: false }), dropout?.output ?? 0, 2);
  const narrow = linear(bent, p('mlp.fc2.weight'), p('mlp.fc2.bias'));
  x = x.add(drop(narrow, dropout?.output ?? 0, 3));
  keys?.dispose();
  return { attention, features: x };
}

function layerNorm(x: np.Array, weight: np.Array, bias: np.Array, epsilon: number): np.Array {
  const mean = x.ref.mean(-1, { keepdims: true });
  const centred = x.sub(mean);
  const variance = np.square(centred.ref).mean(-1, { keepdims: true });
  return centred
    .div(np.sqrt(variance.add(epsilon)))
    .mul(weight)
    .add(bias);
}

function linear(x: np.Array, weight: np.Array, bias?: np.Array): np.Array {
  const y = np.matmul(x, weight.transpose());
  return bias ? y.add(bias) : y;
}

/** Zeroes a share of the entries and scales up the rest, so that the mean stays. */
function dropped(x: np.Array, share: number, key: np.Array): np.Array {
  const kept = random.bernoulli(key, 1 - share, x.shape).astype(np.float32);
  return x.mul(kept.mul(1 / (1 - share)));
}
