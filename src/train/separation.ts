import type { Attention, Backend, Grid } from '../engine/backend/types.ts';
import { cluster } from '../engine/cluster/algorithm1.ts';
import { mean } from '../metrics/statistics.ts';
import { type MapShape, type Maps, selectPairs } from './losses.ts';
import type { Recipe } from './recipe.ts';

/** What can be measured of a correlator without labels. */
export interface Separation {
  /** How far the distances M to negatives lie above those to positives, in standard deviations. */
  separation: number;
  /** Mean M (Eq. 2) to positives and to negatives: the scale that τ lives on. */
  positive: number;
  negative: number;
  /** exp of the mean entropy (Eq. 7): to how many tokens a token attends. */
  spread: number;
}

/** Of one clip's maps, every token a query. The sets are those of Eq. 4. */
export function separationOf(maps: Maps, shape: MapShape, recipe: Recipe): Separation {
  const rows = shape.queries.length;
  const width = shape.frames * shape.tokens;
  const { positives, negatives } = selectPairs(maps.attention, shape, recipe.positives, recipe.negatives);
  const moments = (set: Int32Array) => {
    const each = set.length / rows;
    let [sum, squares] = [0, 0];
    set.forEach((position, at) => {
      const distance = maps.motion[Math.floor(at / each) * width + position]!;
      sum += distance;
      squares += distance ** 2;
    });
    const average = sum / set.length;
    return { mean: average, variance: squares / set.length - average ** 2 };
  };
  const [near, far] = [moments(positives), moments(negatives)];
  return {
    separation: (far.mean - near.mean) / Math.sqrt((near.variance + far.variance) / 2 + 1e-12),
    positive: near.mean,
    negative: far.mean,
    spread: Math.exp(mean(maps.entropy)),
  };
}

/** Rows of A_v that are already there, as the engine's clustering takes them. */
function heldAttention(backend: Backend, values: Float32Array, width: number): Attention {
  const rowsOf = (some: Float32Array) => backend.load(some, width, 'kl');
  return {
    tokens: values.length / width,
    width,
    rowBytes: 16 * width,
    rows: (first, count) => rowsOf(values.subarray(first * width, (first + count) * width)),
    rowsOf,
    release: () => {},
  };
}

/** Clusters that Algorithm 1 finds in one clip at τ. */
export async function countClusters(
  backend: Backend,
  attention: Float32Array,
  grid: Grid,
  tau: number,
  signal?: AbortSignal,
): Promise<number> {
  const width = grid.frames * grid.rows * grid.columns;
  const settings = { clustering: 'paper', tau, window: grid.frames, k: 1, seed: 0 } as const;
  const control = { budget: 2 ** 28, onProgress: () => {}, signal };
  const found = await cluster(backend, heldAttention(backend, attention, width), grid, settings, control);
  return found.clusters;
}

/**
 * The least τ at which `clusters(τ)` has fallen to `target`, by halving the logarithm of the range: training changes the
 * scale of D, so the granularity that suited the untrained start is looked for again. Where the low end is too coarse the
 * range grows downwards, by 10⁴ at most. Null where it holds no such τ.
 */
export async function calibrateTau(
  clusters: (tau: number) => Promise<number>,
  target: number,
  range: readonly [number, number] = [0.02, 16],
  halvings = 10,
): Promise<number | null> {
  let [low, high] = range;
  if ((await clusters(high)) > target) return null;
  // A random block attends so evenly that its distances are far smaller than a backbone's.
  const least = low / 1e4;
  while ((await clusters(low)) <= target) {
    low /= 10;
    if (low < least / 2) return null;
  }
  for (let i = 0; i < halvings; i++) {
    const middle = Math.sqrt(low * high);
    if ((await clusters(middle)) > target) low = middle;
    else high = middle;
  }
  return high;
}
