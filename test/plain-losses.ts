import type { MapShape, Maps } from '../src/train/losses.ts';
import type { Recipe } from '../src/train/recipe.ts';

/**
 * Eqs. 4-9 written out term by term, in double precision and without any cleverness: the twin that the tests hold the
 * fast path against. Only for small cases; it visits every pair.
 */

/** Eq. 2 between two distributions. */
export function symmetricKl(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) * (Math.log(a[i]!) - Math.log(b[i]!));
  return sum;
}

export function cosineDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return 1 - dot / Math.sqrt(aa * bb);
}

/** Eq. 7. */
export function entropy(p: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum -= p[i]! * Math.log(p[i]!);
  return sum;
}

/** The paper's loss (Eq. 9) of given maps. */
export function plainLoss(maps: Maps, shape: MapShape, recipe: Recipe): number {
  const { frames, tokens, queries } = shape;
  const width = frames * tokens;
  const weight = queries.map((_, i) => (recipe.weighted ? Math.exp(-maps.entropy[i]!) : 1));
  const sum = weight.reduce((a, b) => a + b, 0);
  return queries.reduce((total, _, i) => {
    const positives: number[] = [];
    const negatives: number[] = [];
    for (let frame = 0; frame < frames; frame++) {
      const order = Array.from({ length: tokens }, (_, j) => frame * tokens + j).sort(
        (a, b) => maps.attention[i * width + b]! - maps.attention[i * width + a]!,
      );
      positives.push(...order.slice(0, recipe.positives));
      negatives.push(...order.slice(-recipe.negatives));
    }
    const hinges = (map: Float32Array, margin: number) => {
      let loss = 0;
      for (const j of positives)
        for (const k of negatives) loss += Math.max(map[i * width + j]! - map[i * width + k]! + margin, 0);
      return loss;
    };
    const semantic = recipe.semantic ? hinges(maps.semantic, recipe.semanticMargin) : 0;
    const motion = recipe.motion ? hinges(maps.motion, recipe.motionMargin) : 0;
    return total + (weight[i]! / sum) * (semantic + motion);
  }, 0);
}
