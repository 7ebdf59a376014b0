import { type LinearWeights, linearWeights } from '../../lib/linear.ts';
import type { Cells, Size } from '../../lib/size.ts';
import type { Guide } from '../backend/guided.ts';
import { AXES, type BilateralGrid, bilateralGrid, REFERENCE_SIDE } from './bilateral.ts';

/** Times that every pixel listens to its neighbours. */
export const ITERATIONS = 5;
/** How much pixels of like colour nearby count, and pixels nearby of whatever colour, against what a pixel's token says. */
export const LIKENESS = 3;
export const NEARNESS = 1;
/** Standard deviation of that nearness, in pixels of a picture of `REFERENCE_SIDE`. */
const SIGMA = 2;
/** Variance, in pixels², that means of 2 × 2 pixels add (¼) and that bilinear interpolation between them adds (¾). */
const HALVED = 1;

/** What is taken from a share before it bids, and the shares that count as sure. */
const DOUBT = 0.05;
const SURE = [0.02, 0.98] as const;

/**
 * Logits of labels against the rest, ln(q_k / q_0), from how much of every token each label has: q_k = share − 0.05,
 * q_0 what they leave, all within 0.02…0.98.
 */
export function labelLogits(shares: readonly Float32Array[]): Float32Array[] {
  const within = (share: number) => Math.min(Math.max(share, SURE[0]), SURE[1]);
  const sure = shares.map((plane) => plane.map((share) => within(share - DOUBT)));
  return sure.map((plane) =>
    plane.map((share, at) => {
      const rest = sure.reduce((left, other) => left - other[at]!, 1);
      return Math.log(share / within(rest));
    }),
  );
}

/**
 * Labels of a picture's pixels by mean field in a bilateral grid. Every label k has a field Q_k; the rest has
 * Q_0 = 1 − ΣQ_k. Starting from Q = softmax(0, U_1, U_2, …), five times
 *
 *     Q ← softmax(0, X_1, X_2, …),  X_k = U_k + 3(B(Q_k) − B(Q_0)) + (G(Q_k) − G(Q_0)),
 *
 * where B blurs among pixels of like colour nearby (bilateral.ts) and G is a Gaussian. With one label this is
 * Q ← sigmoid(U + 3(2B(Q) − 1) + (2G(Q) − 1)). Pictures larger than those for which the constants were chosen iterate
 * at that size; the last of the five is taken at their own.
 *
 * @param logits U: [rows, columns] of each label, interpolated bilinearly between the centres of `tokens` (or of the motion
 *   net's cells)
 * @returns [height, width]: 0 for the rest, else 1 + a label's place among `logits`
 */
export function meanField(
  guide: Guide,
  logits: Planes,
  tokens: Cells,
  grid = bilateralGrid(guide),
): Uint16Array {
  if (logits.length === 0) return new Uint16Array(guide.width * guide.height);
  const field = createField(grid, logits, tokens);
  for (let i = 1; i < ITERATIONS; i++) field.iterate();
  return field.labels();
}

/** One plane a label. */
type Planes = readonly Float32Array[];

/** What finds labels as `meanField` does: the CPU, or a GPU (webgpu-meanfield.ts). */
export type MeanField = (
  ...picture: Parameters<typeof meanField>
) => ReturnType<typeof meanField> | Promise<ReturnType<typeof meanField>>;

/** U at the working size. */
export function enlargedLogits(logits: Planes, { columns, rows }: Cells, size: Size): Float32Array[] {
  const fromTokens = spreads(columns, rows, size);
  return logits.map((plane) => {
    const enlarged = new Float32Array(size.width * size.height);
    eachLine(plane, fromTokens, (line, from) => enlarged.set(line, from));
    return enlarged;
  });
}

/** Q before the first iteration, from U. */
export function starting(unary: Planes): Float32Array[] {
  const q = unary.map((plane) => plane.slice());
  softmax(q);
  return q;
}

const sigmaOf = ({ width, height }: Size) => (SIGMA * Math.max(width, height)) / REFERENCE_SIDE;

/** Weights of G's middle and of the places on one side of it, up to four σ. */
export function gaussianTaps(size: Size): Float32Array<ArrayBuffer> {
  const sigma = sigmaOf(size);
  const taps = Float32Array.from({ length: 1 + Math.ceil(4 * sigma) }, (_, i) =>
    Math.exp(-((i / sigma) ** 2) / 2),
  );
  const sum = taps.reduce((all, tap, i) => all + (i === 0 ? tap : 2 * tap), 0);
  return taps.map((tap) => tap / sum);
}

function createField(grid: BilateralGrid, logits: Planes, tokens: Cells) {
  const { working, picture, inner, outer } = grid;
  const blur = createBlur(grid);
  const gaussian = createGaussian(working);
  const unary = enlargedLogits(logits, tokens, working);
  const likeness = logits.map(() => new Float32Array(grid.cells));
  const near = logits.map(() => new Float32Array(gaussian.width * gaussian.height));
  const fromNear = spreads(gaussian.width, gaussian.height, working);
  const q = starting(unary);

  /** 3(B(Q_k) − B(Q_0)) of the cells into `likeness`, G(Q_k) − G(Q_0) into `near`. */
  const listen = () => {
    for (const [k, plane] of q.entries()) {
      blur(plane, likeness[k]!);
      gaussian.smooth(plane, near[k]!);
    }
    againstRest(likeness, LIKENESS);
    againstRest(near, NEARNESS);
  };

  return {
    iterate() {
      listen();
      for (const [k, plane] of q.entries()) {
        const [u, b] = [unary[k]!, likeness[k]!];
        eachLine(near[k]!, fromNear, (line, from) => {
          for (let x = 0, at = from; x < line.length; x++, at++)
            plane[at] = u[at]! + line[x]! + b[inner[at]!]!;
        });
      }
      softmax(q);
    },

    /** The iteration that is left, at the picture's size, where only the greatest is asked for. */
    labels() {
      listen();
      const labels = new Uint16Array(outer.length);
      const best = new Float32Array(outer.length);
      const toPicture = spreads(working.width, working.height, picture);
      for (const [k, u] of unary.entries()) {
        const b = likeness[k]!;
        const label = k + 1;
        const smooth = u.slice();
        eachLine(near[k]!, fromNear, (line, from) => {
          for (let x = 0; x < line.length; x++) smooth[from + x]! += line[x]!;
        });
        // The rest has 0, which is exceeded only where the smooth part comes within the largest b of it.
        const spans = spansAbove(smooth, working, -b.reduce((most, value) => Math.max(most, value), 0));
        eachLine(
          smooth,
          toPicture,
          (line, from, start, end) => {
            for (let x = start, at = from + start; x < end; x++, at++) {
              const score = line[x]! + b[outer[at]!]!;
              if (score <= best[at]!) continue;
              best[at] = score;
              labels[at] = label;
            }
          },
          spans,
        );
      }
      return labels;
    },
  };
}

/** v_k ← weight · (v_k − v_0), where v_0 = 1 − Σ v_k. */
function againstRest(planes: Planes, weight: number): void {
  const [first, ...others] = planes;
  const sums = first!.slice();
  for (const plane of others) for (let at = 0; at < sums.length; at++) sums[at]! += plane[at]!;
  for (const plane of planes)
    for (let at = 0; at < plane.length; at++) plane[at] = weight * (plane[at]! - 1 + sums[at]!);
}

/** Of the planes and one that is 0 everywhere; of one plane, that is the logistic function. */
function softmax(planes: Planes): void {
  const [only, ...others] = planes;
  if (only && others.length === 0) {
    for (let at = 0; at < only.length; at++) only[at] = logistic(only[at]!);
    return;
  }
  const places = planes[0]!.length;
  const most = new Float32Array(places);
  for (const plane of planes)
    for (let at = 0; at < places; at++) if (plane[at]! > most[at]!) most[at] = plane[at]!;
  const sums = most.map((value) => exponential(-value));
  for (const plane of planes)
    for (let at = 0; at < places; at++) {
      plane[at] = exponential(plane[at]! - most[at]!);
      sums[at]! += plane[at]!;
    }
  for (const plane of planes) for (let at = 0; at < places; at++) plane[at]! /= sums[at]!;
}

/** 1 / (1 + e⁻ˣ) from a table with straight lines between, to 1e-6: a third of the time of Math.exp. */
const STEPS = 128;
const MOST = 16;
const LOGISTIC = Float32Array.from(
  { length: 2 * MOST * STEPS + 2 },
  (_, i) => 1 / (1 + Math.exp(MOST - i / STEPS)),
);
function logistic(x: number): number {
  const place = (Math.min(Math.max(x, -MOST), MOST) + MOST) * STEPS;
  const low = Math.trunc(place);
  const value = LOGISTIC[low]!;
  return value + (place - low) * (LOGISTIC[low + 1]! - value);
}

/** eˣ of x up to 0, from a table like that; less than e⁻¹⁶ counts as that. */
const EXPONENTIAL = Float32Array.from({ length: MOST * STEPS + 2 }, (_, i) => Math.exp(i / STEPS - MOST));
function exponential(x: number): number {
  const place = (Math.max(x, -MOST) + MOST) * STEPS;
  const low = Math.trunc(place);
  const value = EXPONENTIAL[low]!;
  return value + (place - low) * (EXPONENTIAL[low + 1]! - value);
}

/** B: splat, [1 2 1]/4 along every axis among the cells that there are, over the same of ones; a value for every cell. */
function createBlur({ cells, inner, neighbours }: BilateralGrid) {
  // One more than there are cells: a neighbour that is missing is 0.
  let values = new Float32Array(cells + 1);
  let blurred = new Float32Array(cells + 1);
  const smooth = () => {
    for (let axis = 0; axis < AXES; axis++) {
      const before = neighbours.subarray(2 * axis * cells, (2 * axis + 1) * cells);
      const after = neighbours.subarray((2 * axis + 1) * cells, (2 * axis + 2) * cells);
      for (let cell = 0; cell < cells; cell++)
        blurred[cell] = 0.5 * values[cell]! + 0.25 * (values[before[cell]!]! + values[after[cell]!]!);
      [values, blurred] = [blurred, values];
    }
  };
  for (const cell of inner) values[cell]!++;
  smooth();
  const scale = values.slice(0, cells).map((count) => 1 / count);

  return (plane: Float32Array, out: Float32Array) => {
    values.fill(0);
    for (let at = 0; at < plane.length; at++) values[inner[at]!]! += plane[at]!;
    smooth();
    for (let cell = 0; cell < cells; cell++) out[cell] = values[cell]! * scale[cell]!;
  };
}

/**
 * G of planes of the working size, mirrored at the border: means of 2 × 2 pixels, then two running means along each axis;
 * the caller interpolates bilinearly. The variances of all four add up to σ². That takes a tenth of the time of a
 * Gaussian's seventeen taps, and differs from it by at most 0.02 beside an edge.
 */
function createGaussian(working: Size) {
  const sigma = sigmaOf(working);
  // Where a Gaussian is hardly wider than a pixel, pixels stay apart.
  const step = sigma > SIGMA / 2 ? 2 : 1;
  const width = Math.ceil(working.width / step);
  const height = Math.ceil(working.height / step);
  const variance = step === 2 ? (sigma ** 2 - HALVED) / 4 : sigma ** 2;
  const { radius, edge, share } = windowOf(variance / 2);
  const border = radius + 1;
  const rows = mirrored(height, border).map((row) => row * width);
  const columns = mirrored(width, border);
  const sums = new Float64Array(width);
  const once = new Float32Array(width * height);
  const line = new Float32Array(width + 2 * border);

  const down = (from: Float32Array, to: Float32Array) => {
    sums.fill(0);
    for (let i = 1; i <= 2 * radius + 1; i++)
      for (let x = 0, at = rows[i]!; x < width; x++, at++) sums[x]! += from[at]!;
    for (let y = 0, at = 0; y < height; y++) {
      const before = rows[y]!;
      const first = rows[y + 1]!;
      const after = rows[y + 2 * border]!;
      for (let x = 0; x < width; x++, at++) {
        const sum = sums[x]!;
        const entering = from[after + x]!;
        to[at] = share * (sum + edge * (from[before + x]! + entering));
        sums[x] = sum + entering - from[first + x]!;
      }
    }
  };
  const across = (from: Float32Array, to: Float32Array) => {
    for (let start = 0; start < from.length; start += width) {
      for (let x = 0; x < line.length; x++) line[x] = from[start + columns[x]!]!;
      let sum = 0;
      for (let i = 1; i <= 2 * radius + 1; i++) sum += line[i]!;
      for (let x = 0; x < width; x++) {
        const entering = line[x + 2 * border]!;
        to[start + x] = share * (sum + edge * (line[x]! + entering));
        sum += entering - line[x + 1]!;
      }
    }
  };
  return {
    width,
    height,
    smooth(plane: Float32Array, out: Float32Array) {
      if (step === 2) halve(plane, working, out);
      else out.set(plane);
      down(out, once);
      down(once, out);
      across(out, once);
      across(once, out);
    },
  };
}

/** Means of 2 × 2 pixels; an odd last row or column is repeated. */
function halve(plane: Float32Array, { width, height }: Size, out: Float32Array): void {
  for (let y = 0, at = 0; y < height; y += 2) {
    const top = y * width;
    const bottom = Math.min(y + 1, height - 1) * width;
    for (let x = 0; x < width; x += 2, at++) {
      const right = Math.min(x + 1, width - 1);
      out[at] = 0.25 * (plane[top + x]! + plane[top + right]! + plane[bottom + x]! + plane[bottom + right]!);
    }
  }
}

/** A mean of a variance: over 2 · radius + 1 places, and `edge` of the next on each side; `share` is one over them all. */
function windowOf(variance: number): { radius: number; edge: number; share: number } {
  let radius = 0;
  while (((radius + 1) * (radius + 2)) / 3 <= variance) radius++;
  const places = 2 * radius + 1;
  const edge = (places * (variance - (radius * (radius + 1)) / 3)) / (2 * ((radius + 1) ** 2 - variance));
  return { radius, edge, share: 1 / (places + 2 * edge) };
}

/** Places of an axis from `border` before it to `border` behind it, mirrored at its first and last. */
function mirrored(count: number, border: number): Int32Array {
  const period = Math.max(1, 2 * (count - 1));
  return Int32Array.from({ length: count + 2 * border }, (_, i) => {
    const within = (((i - border) % period) + period) % period;
    return within < count ? within : period - within;
  });
}

/** From one grid to a larger one: for each place of an axis, the centre before it and the weight of the next one. */
interface Spreads {
  across: LinearWeights;
  down: LinearWeights;
  columns: number;
}

function spreads(columns: number, rows: number, to: Size): Spreads {
  const across = linearWeights(to.width, columns);
  // Beyond the outer centres nothing is mixed, so that the next centre is always the one after `before`.
  const { before, after } = across;
  const weight = across.weight.map((value, at) => (before[at] === after[at] ? 0 : value));
  return { across: { before, after, weight }, down: linearWeights(to.height, rows), columns };
}

/** Of every row of a plane, the first column whose value exceeds a limit, and the last one. */
interface Spans {
  first: Int32Array;
  last: Int32Array;
}

function spansAbove(plane: Float32Array, { width, height }: Size, limit: number): Spans {
  const first = new Int32Array(height).fill(width);
  const last = new Int32Array(height).fill(-1);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      if (plane[at]! <= limit) continue;
      if (last[y] === -1) first[y] = x;
      last[y] = x;
    }
  return { first, last };
}

/**
 * Visits the lines of a plane at a larger size, bilinearly interpolated: each with the place of its first pixel, and the
 * pixels that are there, half open. With `spans`, pixels that mix none of these columns are left out.
 */
function eachLine(
  plane: Float32Array,
  { across, down, columns }: Spreads,
  visit: (line: Float32Array, from: number, start: number, end: number) => void,
  spans?: Spans,
): void {
  const { before, weight } = across;
  const mixed = new Float32Array(columns + 1);
  const line = new Float32Array(weight.length);
  for (let y = 0; y < down.weight.length; y++) {
    const [above, below] = [down.before[y]!, down.after[y]!];
    const first = spans ? Math.max(0, Math.min(spans.first[above]!, spans.first[below]!) - 1) : 0;
    const last = spans ? Math.max(spans.last[above]!, spans.last[below]!) + 1 : columns - 1;
    if (first > last) continue;
    const top = above * columns;
    const bottom = below * columns;
    const v = down.weight[y]!;
    for (let x = first; x <= last && x < columns; x++)
      mixed[x] = plane[top + x]! + v * (plane[bottom + x]! - plane[top + x]!);
    let start = 0;
    while (before[start]! < first) start++;
    let end = start;
    for (; end < line.length; end++) {
      const at = before[end]!;
      if (at >= last && last < columns - 1) break;
      const value = mixed[at]!;
      line[end] = value + weight[end]! * (mixed[at + 1]! - value);
    }
    visit(line, y * line.length, start, end);
  }
}
