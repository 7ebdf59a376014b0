import { lax, nn, numpy as np } from '@jax-js/jax';
import type { BlockOutput } from './block.ts';
import type { MotionRepresentation, Objective } from './recipe.ts';

/** Probabilities below this count as this in logarithms: far below what a float32 softmax over any clip gives. */
const FLOOR = 1e-10;
/** Tokens to each side of a token that the local correlation of Table 6 reaches. */
const LOCAL_REACH = 2;

/** What the losses are computed from, for the queries' rows; see `Maps` in losses.ts. */
export type MapArrays = {
  attention: np.Array;
  semantic: np.Array;
  motion: np.Array;
  entropy: np.Array;
};

export interface MapOptions {
  objective: Objective;
  motionRepresentation: MotionRepresentation;
  frames: number;
  rows: number;
  columns: number;
}

/**
 * The distances that Eqs. 5-9 ask for. `selection` [queries, N] has one 1 a row, at the query's token; null: every
 * token is a query. (A product with it stands for a gather, which has no gradient inside `jit` yet.)
 */
export function distanceMaps(
  output: BlockOutput,
  selection: np.Array | null,
  options: MapOptions,
): MapArrays {
  const choose = (x: np.Array) => (selection ? np.matmul(selection.ref, x) : x);
  const { attention, features } = output;

  const unit = features.ref.div(np.sqrt(np.square(features.ref).sum(-1, { keepdims: true })));
  const semantic = np.matmul(choose(unit.ref), unit.transpose()).mul(-1).add(1);

  const chosen = choose(attention.ref);
  const entropy = chosen.ref.mul(logarithm(chosen.ref)).sum(-1).mul(-1);

  const motionRows = motionDistributions(attention, features, options);
  const distance = options.objective === 'paper' ? symmetricKl : crossEntropy;
  const motion = distance(choose(motionRows.ref), motionRows);
  selection?.dispose();
  return { attention: chosen, semantic, motion, entropy };
}

/** Table 6: rows of A_v, or softmax of the correlation of F_v over the whole clip or near the token. */
function motionDistributions(attention: np.Array, features: np.Array, options: MapOptions): np.Array {
  const { motionRepresentation, frames, rows, columns } = options;
  if (motionRepresentation === 'attention') {
    features.dispose();
    return attention;
  }
  attention.dispose();
  const [count, dim] = features.shape as [number, number];
  const scaled = features.mul(dim ** -0.25);
  if (motionRepresentation === 'global') {
    return nn.softmax(np.matmul(scaled.ref, scaled.transpose()), -1);
  }
  // Beyond the frame's edge features are zero: correlation 0.
  const reach: [number, number] = [LOCAL_REACH, LOCAL_REACH];
  const grid = scaled.ref.reshape([frames, rows, columns, dim]);
  const padded = np.pad(grid, [[0, 0], reach, reach, [0, 0]]);
  const centre = scaled.reshape([frames, 1, rows, columns, dim]);
  const correlations: np.Array[] = [];
  for (let dy = 0; dy <= 2 * LOCAL_REACH; dy++) {
    for (let dx = 0; dx <= 2 * LOCAL_REACH; dx++) {
      const moved = padded.ref.slice([], [dy, dy + rows], [dx, dx + columns], []);
      const product = centre.ref.mul(moved.reshape([1, frames, rows, columns, dim])).sum(-1);
      correlations.push(product.transpose([0, 2, 3, 1]).reshape([count, frames]));
    }
  }
  padded.dispose();
  centre.dispose();
  return nn.softmax(np.concatenate(correlations, 1), -1);
}

/** Eq. 2 of every query's row to every row, [queries, N]: h(q) + h(p) − q·log p − p·log q with h = Σ p log p. */
function symmetricKl(queries: np.Array, all: np.Array): np.Array {
  const logQueries = logarithm(queries.ref);
  const logAll = logarithm(all.ref);
  const own = queries.ref.mul(logQueries.ref).sum(-1).reshape([queries.shape[0]!, 1]);
  const other = all.ref.mul(logAll.ref).sum(-1).reshape([1, all.shape[0]!]);
  const forth = np.matmul(queries, logAll.transpose());
  const back = np.matmul(logQueries, all.transpose());
  return own.add(other).sub(forth).sub(back);
}

/** The released code's distance: −Σ q log p, with q taken as a constant. */
function crossEntropy(queries: np.Array, all: np.Array): np.Array {
  return np.matmul(lax.stopGradient(queries), logarithm(all).transpose()).mul(-1);
}

function logarithm(p: np.Array): np.Array {
  return np.log(np.maximum(p, FLOOR));
}
