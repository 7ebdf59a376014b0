import type { Recipe } from './recipe.ts';

/**
 * Eqs. 4-9 on maps that the block has given. Every distance enters the loss through hinges of pair differences, so the
 * loss is piecewise linear in them: its slope to a distance is a count of hinges that are open. These functions give
 * the loss together with that slope, which is then all that the graph of the block needs to go backwards. Sorting makes
 * the sums over TK_p × TK_n pairs exact at the cost of a sort, so every token of a clip can be a query.
 *
 * Rows are queries i, columns all tokens j of the training clip, frame-major.
 */

/** Which rows there are: `queries[r]` is the token that row r belongs to. */
export interface MapShape {
  frames: number;
  /** Tokens of one frame. */
  tokens: number;
  queries: readonly number[];
}

/** What one forward pass of the block hands over, all [queries, frames·tokens] but `entropy` [queries]. */
export interface Maps {
  attention: Float32Array;
  /** S: cosine distance of F_v. */
  semantic: Float32Array;
  /** M: symmetric KL of the motion representation (Eq. 2), or the released code's cross-entropy. */
  motion: Float32Array;
  entropy: Float32Array;
}

/** ∂L of each of the maps that L depends on, shaped as they are. */
export type Slopes = Pick<Maps, 'semantic' | 'motion' | 'entropy'>;

export interface Loss {
  /** Eq. 9. */
  total: number;
  /** Its two parts, weighted, before they are added. */
  semantic: number;
  motion: number;
  slopes: Slopes;
}

/** Positions in `columns` frames of each row: positives or negatives. [rows, columns · K], row-major. */
interface PairSets {
  positives: Int32Array;
  negatives: Int32Array;
}

/**
 * Eq. 4: of every row, the `highest` and the `lowest` positions in each frame, or only in the query's `own` frame.
 * Among equals the earlier position counts as the higher one.
 */
export function selectPairs(
  attention: Float32Array,
  shape: MapShape,
  highest: number,
  lowest: number,
  where: 'every frame' | 'own frame' = 'every frame',
): PairSets {
  const { frames, tokens, queries } = shape;
  const columns = where === 'own frame' ? 1 : frames;
  const positives = new Int32Array(queries.length * columns * highest);
  const negatives = new Int32Array(queries.length * columns * lowest);
  queries.forEach((query, row) => {
    for (let column = 0; column < columns; column++) {
      const frame = where === 'own frame' ? Math.floor(query / tokens) : column;
      const first = frame * tokens;
      const start = row * frames * tokens + first;
      const scores = attention.subarray(start, start + tokens);
      const sorted = scores.slice().sort();
      const place = row * columns + column;
      pick(
        scores,
        sorted[tokens - highest]!,
        +1,
        first,
        positives.subarray(place * highest, (place + 1) * highest),
      );
      pick(scores, sorted[lowest - 1]!, -1, first, negatives.subarray(place * lowest, (place + 1) * lowest));
    }
  });
  return { positives, negatives };
}

/** Fills `into` with positions beyond `bound` (above it for sign +1), then with as many at it as there is room for. */
function pick(scores: Float32Array, bound: number, sign: 1 | -1, first: number, into: Int32Array): void {
  let count = 0;
  for (let j = 0; j < scores.length; j++) if (sign * (scores[j]! - bound) > 0) into[count++] = first + j;
  const last = scores.length - 1;
  for (let j = 0; j <= last && count < into.length; j++) {
    const position = sign > 0 ? j : last - j;
    if (scores[position] === bound) into[count++] = first + position;
  }
}

/** The loss of every row, and its slope to every distance of that row. */
interface RowLosses {
  values: Float64Array;
  /** [rows, frames·tokens] */
  slopes: Float32Array;
}

/** Eqs. 5 and 6: Σⱼ Σₖ max(p[j] − n[k] + margin, 0) over the row's positives and negatives, for every row. */
function marginLosses(distances: Float32Array, pairs: PairSets, rows: number, margin: number): RowLosses {
  return rowLosses(distances, pairs, rows, (p, n, slopeP, slopeN) =>
    marginLoss(p, n, margin, slopeP, slopeN),
  );
}

/** One row of Eqs. 5 and 6. Writes the counts of open hinges, as slopes, into `slopeP` and `slopeN`. */
function marginLoss(
  p: Float64Array,
  n: Float64Array,
  margin: number,
  slopeP: Float64Array,
  slopeN: Float64Array,
): number {
  const sortedP = p.slice().sort();
  const sortedN = n.slice().sort();
  const prefix = new Float64Array(n.length + 1);
  for (let k = 0; k < n.length; k++) prefix[k + 1] = prefix[k]! + sortedN[k]!;
  let value = 0;
  for (let j = 0; j < p.length; j++) {
    const open = below(sortedN, p[j]! + margin);
    value += open * (p[j]! + margin) - prefix[open]!;
    slopeP[j] = open;
  }
  for (let k = 0; k < n.length; k++) slopeN[k] = atMost(sortedP, n[k]! - margin) - p.length;
  return value;
}

/** How many of the ascending values are below `bound`. */
function below(values: Float64Array, bound: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of the ascending values are at most `bound`. */
function atMost(values: Float64Array, bound: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The released code's L_s: mean of max(p − near, 0) plus mean of max(far − n, 0), of every row. */
function thresholdLosses(
  distances: Float32Array,
  pairs: PairSets,
  rows: number,
  near: number,
  far: number,
): RowLosses {
  return rowLosses(distances, pairs, rows, (p, n, slopeP, slopeN) => {
    let value = 0;
    for (let j = 0; j < p.length; j++) {
      value += Math.max(p[j]! - near, 0) / p.length;
      slopeP[j] = p[j]! > near ? 1 / p.length : 0;
    }
    for (let k = 0; k < n.length; k++) {
      value += Math.max(far - n[k]!, 0) / n.length;
      slopeN[k] = n[k]! < far ? -1 / n.length : 0;
    }
    return value;
  });
}

type OneRow = (p: Float64Array, n: Float64Array, slopeP: Float64Array, slopeN: Float64Array) => number;

/** Gathers each row's distances, applies `loss`, and scatters the slopes back; a position may be in both sets. */
function rowLosses(distances: Float32Array, pairs: PairSets, rows: number, loss: OneRow): RowLosses {
  const width = distances.length / rows;
  const countP = pairs.positives.length / rows;
  const countN = pairs.negatives.length / rows;
  const [p, slopeP] = [new Float64Array(countP), new Float64Array(countP)];
  const [n, slopeN] = [new Float64Array(countN), new Float64Array(countN)];
  const values = new Float64Array(rows);
  const slopes = new Float32Array(distances.length);
  for (let row = 0; row < rows; row++) {
    const start = row * width;
    for (let j = 0; j < countP; j++) p[j] = distances[start + pairs.positives[row * countP + j]!]!;
    for (let k = 0; k < countN; k++) n[k] = distances[start + pairs.negatives[row * countN + k]!]!;
    values[row] = loss(p, n, slopeP, slopeN);
    for (let j = 0; j < countP; j++) slopes[start + pairs.positives[row * countP + j]!]! += slopeP[j]!;
    for (let k = 0; k < countN; k++) slopes[start + pairs.negatives[row * countN + k]!]! += slopeN[k]!;
  }
  return { values, slopes };
}

/** Eq. 8: w = softmax(−e). */
export function importanceWeights(entropy: ArrayLike<number>): Float64Array {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < entropy.length; i++) least = Math.min(least, entropy[i]!);
  const weights = Float64Array.from(entropy, (e) => Math.exp(least - e));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/** Eq. 9 by the recipe's objective. Rows of the maps must be the shape's queries. */
export function objective(maps: Maps, shape: MapShape, recipe: Recipe): Loss {
  return recipe.objective === 'paper' ? paper(maps, shape, recipe) : released(maps, shape, recipe);
}

/** Eqs. 4-9 to the letter, with Table 3's switches; w off: every token counts alike. */
function paper(maps: Maps, shape: MapShape, recipe: Recipe): Loss {
  const rows = shape.queries.length;
  const pairs = selectPairs(maps.attention, shape, recipe.positives, recipe.negatives);
  const weights = recipe.weighted ? importanceWeights(maps.entropy) : new Float64Array(rows).fill(1 / rows);
  const semantic = recipe.semantic && marginLosses(maps.semantic, pairs, rows, recipe.semanticMargin);
  const motion = recipe.motion && marginLosses(maps.motion, pairs, rows, recipe.motionMargin);
  const loss = weigh(semantic, motion, weights, weights, maps);
  if (recipe.weighted && recipe.weightGradient) {
    // ∂/∂eᵢ Σ wⱼ lⱼ = −wᵢ (lᵢ − Σ wⱼ lⱼ) for w = softmax(−e).
    for (let i = 0; i < rows; i++) {
      const value = (semantic ? semantic.values[i]! : 0) + (motion ? motion.values[i]! : 0);
      loss.slopes.entropy[i] = -weights[i]! * (value - loss.total);
    }
  }
  return loss;
}

/** Sets and cosine bounds that the released code writes out as numbers. */
const RELEASED = { semanticPositives: 30, semanticNegatives: 200, far: 0.9 };

/**
 * The released code's objective: L_s as thresholds on the cosine, unweighted; L_m as the margin loss inside the query's
 * own frame, weighted by softmax(−e) over each frame's queries; both as means over their pairs.
 */
function released(maps: Maps, shape: MapShape, recipe: Recipe): Loss {
  const { frames, tokens, queries } = shape;
  const rows = queries.length;
  const near = Math.min(RELEASED.semanticPositives, tokens);
  const far = Math.min(RELEASED.semanticNegatives, tokens);
  const semantic =
    recipe.semantic &&
    thresholdLosses(
      maps.semantic,
      selectPairs(maps.attention, shape, near, far),
      rows,
      recipe.semanticMargin,
      RELEASED.far,
    );
  const own = selectPairs(maps.attention, shape, recipe.positives, recipe.negatives, 'own frame');
  const motion = recipe.motion && marginLosses(maps.motion, own, rows, recipe.motionMargin);
  const scale = 1 / (frames * recipe.positives * recipe.negatives);
  const weights = new Float64Array(rows);
  for (let frame = 0; frame < frames; frame++) {
    const members = queries.flatMap((query, row) => (Math.floor(query / tokens) === frame ? [row] : []));
    const shares = recipe.weighted
      ? importanceWeights(members.map((row) => maps.entropy[row]!))
      : members.map(() => 1 / members.length);
    members.forEach((row, i) => {
      weights[row] = shares[i]! * scale;
    });
  }
  return weigh(semantic, motion, new Float64Array(rows).fill(1 / rows), weights, maps);
}

/** Weighted sums of the rows' losses, and the rows' slopes times their weights. */
function weigh(
  semantic: RowLosses | false,
  motion: RowLosses | false,
  semanticWeights: Float64Array,
  motionWeights: Float64Array,
  maps: Maps,
): Loss {
  const s = scaleRows(semantic, semanticWeights, maps.semantic.length);
  const m = scaleRows(motion, motionWeights, maps.motion.length);
  return {
    total: s.value + m.value,
    semantic: s.value,
    motion: m.value,
    slopes: { semantic: s.slopes, motion: m.slopes, entropy: new Float32Array(maps.entropy.length) },
  };
}

function scaleRows(losses: RowLosses | false, weights: Float64Array, length: number) {
  if (!losses) return { value: 0, slopes: new Float32Array(length) };
  const width = length / weights.length;
  const slopes = losses.slopes.map((slope, at) => slope * weights[Math.floor(at / width)]!);
  const value = losses.values.reduce((sum, loss, row) => sum + weights[row]! * loss, 0);
  return { value, slopes };
}
