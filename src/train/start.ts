import type { CorrelatorArchitecture, Tensor, Weights } from '../engine/weights/types.ts';
import { createRandom, type Random } from '../lib/random.ts';
import { parameterShapes } from './block.ts';

/** Spread of the random part of a fresh block, as in ViT. */
const SPREAD = 0.02;

/**
 * Weights from which step 0 segments like the untrained path, whose q and k are the backbone's own keys.
 *
 * The layer norm stands between keys and projections; its gain and bias are fitted by least squares on `keys`
 * [tokens, dim] so that each channel leaves it as it came. q and k are that, with q scaled for the change of head count
 * (logits of a head are sums over its channels divided by √channels); v and the projection pass it on, so that
 * F_v = keys + A_v·keys; the MLP adds nothing at first, its second layer being zero.
 */
export function startWeights(
  keys: Float32Array,
  architecture: CorrelatorArchitecture,
  backboneHeads: number,
  seed: number,
): Weights {
  const { dim, heads } = architecture;
  const random = createRandom(seed);
  const { gain, bias } = fitNorm(keys, dim, architecture.epsilon);
  const filled: Record<string, (at: number) => number> = {
    'norm1.weight': (at) => gain[at]!,
    'norm1.bias': (at) => bias[at]!,
    'attn.qkv.weight': (at) =>
      diagonal(at % (dim * dim), dim) * (at < dim * dim ? Math.sqrt(heads / backboneHeads) : 1),
    'attn.proj.weight': (at) => diagonal(at, dim),
    'norm2.weight': () => 1,
    'mlp.fc1.weight': () => truncatedNormal(random) * SPREAD,
  };
  const weights = new Map<string, Tensor>();
  for (const [name, shape] of parameterShapes(architecture)) {
    const fill = filled[name] ?? (() => 0);
    const length = shape.reduce((a, b) => a * b, 1);
    weights.set(name, { shape, data: Float32Array.from({ length }, (_, at) => fill(at)) });
  }
  return weights;
}

/** A fresh block as ViTs begin: matrices of small random numbers, norms that change nothing. Row one of Table 3. */
export function randomWeights(architecture: CorrelatorArchitecture, seed: number): Weights {
  const random = createRandom(seed);
  const weights = new Map<string, Tensor>();
  for (const [name, shape] of parameterShapes(architecture)) {
    const isNorm = /^norm\d\.weight$/.test(name);
    const isMatrix = !isNorm && name.endsWith('.weight');
    const length = shape.reduce((a, b) => a * b, 1);
    const fill = () => (isNorm ? 1 : isMatrix ? truncatedNormal(random) * SPREAD : 0);
    weights.set(name, { shape, data: Float32Array.from({ length }, fill) });
  }
  return weights;
}

function diagonal(at: number, dim: number): number {
  return at % (dim + 1) === 0 ? 1 : 0;
}

function truncatedNormal(random: Random): number {
  for (;;) {
    const draw = random.normal();
    if (Math.abs(draw) <= 2) return draw;
  }
}

/** Per channel, the affine map that best takes a token's normalised channel back to the channel. */
function fitNorm(keys: Float32Array, dim: number, epsilon: number) {
  const tokens = keys.length / dim;
  const sums = {
    x: new Float64Array(dim),
    n: new Float64Array(dim),
    xn: new Float64Array(dim),
    nn: new Float64Array(dim),
  };
  for (let token = 0; token < tokens; token++) {
    const row = keys.subarray(token * dim, (token + 1) * dim);
    let [sum, squares] = [0, 0];
    for (const x of row) {
      sum += x;
      squares += x * x;
    }
    const mean = sum / dim;
    const scale = 1 / Math.sqrt(squares / dim - mean ** 2 + epsilon);
    for (let c = 0; c < dim; c++) {
      const x = row[c]!;
      const normed = (x - mean) * scale;
      sums.x[c]! += x / tokens;
      sums.n[c]! += normed / tokens;
      sums.xn[c]! += (x * normed) / tokens;
      sums.nn[c]! += (normed * normed) / tokens;
    }
  }
  const gain = sums.x.map((x, c) => {
    const variance = sums.nn[c]! - sums.n[c]! ** 2;
    return variance > 0 ? (sums.xn[c]! - x * sums.n[c]!) / variance : 1;
  });
  const bias = sums.x.map((x, c) => x - gain[c]! * sums.n[c]!);
  return { gain, bias };
}
