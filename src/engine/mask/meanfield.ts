import type { Grid } from '../cluster/types.ts';
import { AXES, type BilateralGrid, bilateralGrid, REFERENCE_SIDE } from './bilateral.ts';
import type { Guide, Size } from './guided.ts';
import { type Spread, spread } from './raise.ts';

/** Times that every pixel listens to its neighbours. */
const ITERATIONS = 5;
/** How much pixels of like colour nearby count, and pixels nearby of whatever colour, against what a pixel's token says. */
const LIKENESS = 3;
const NEARNESS = 1;
/** Standard deviation of that nearness, in pixels of a picture of `REFERENCE_SIDE`. */
const SIGMA = 2;

/** What is taken from a share before it bids, and the shares that count as sure. */
const DOUBT = 0.05;
const SURE = [0.02, 0.98] as const;

type Cells = Pick<Grid, 'rows' | 'columns'>;

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
 * @param logits U: [rows, columns] of each label, interpolated bilinearly between the tokens' centres
 * @returns [height, width]: 0 for the rest, else 1 + a label's place among `logits`
 */
export function meanField(
  guide: Guide,
  logits: readonly Float32Array[],
  tokens: Cells,
  grid = bilateralGrid(guide),
): Uint16Array {
  const field = createField(grid, logits, tokens);
  for (let i = 1; i < ITERATIONS; i++) field.iterate();
  return field.labels();
}

/** One plane a label. */
type Planes = readonly Float32Array[];

function createField(grid: BilateralGrid, logits: Planes, tokens: Cells) {
  const { working, picture, inner, outer } = grid;
  const pixels = working.width * working.height;
  const blur = createBlur(grid);
  const gaussian = createGaussian(working);
  const own = [spread(working.width, tokens.columns), spread(working.height, tokens.rows)] as const;
  const unary = logits.map((plane) => enlarged(plane, tokens.columns, own));
  const likeness = logits.map(() => new Float32Array(grid.cells));
  const near = logits.map(() => new Float32Array(pixels));
  const q = unary.map((plane) => plane.slice());
  softmax(q);

  /** B(Q_k) at the cells into `likeness`, weighed against the rest; G(Q_k) at the working pixels into `near`. */
  const listen = () => {
    for (const [k, plane] of q.entries()) {
      blur(plane, likeness[k]!);
      gaussian(plane, near[k]!);
    }
    againstRest(likeness, LIKENESS);
  };

  const iterateOne = (plane: Float32Array, u: Float32Array, n: Float32Array, b: Float32Array) => {
    for (let at = 0; at < pixels; at++)
      plane[at] = logistic(u[at]! + NEARNESS * (2 * n[at]! - 1) + b[inner[at]!]!);
  };

  return {
    iterate() {
      listen();
      if (q.length === 1) return iterateOne(q[0]!, unary[0]!, near[0]!, likeness[0]!);
      againstRest(near, NEARNESS);
      for (const [k, plane] of q.entries()) {
        const [u, n, b] = [unary[k]!, near[k]!, likeness[k]!];
        for (let at = 0; at < pixels; at++) plane[at] = u[at]! + n[at]! + b[inner[at]!]!;
      }
      softmax(q);
    },

    /** The iteration that is left, at the picture's size, where only the greatest is asked for. */
    labels() {
      listen();
      againstRest(near, NEARNESS);
      for (const [k, plane] of near.entries()) {
        const u = unary[k]!;
        for (let at = 0; at < pixels; at++) plane[at]! += u[at]!;
      }
      const labels = new Uint16Array(outer.length);
      const best = new Float32Array(outer.length);
      const [across, down] = [
        spread(picture.width, working.width),
        spread(picture.height, working.height),
      ] as const;
      for (const [k, plane] of near.entries()) {
        const b = likeness[k]!;
        const label = k + 1;
        eachLine(plane, working.width, [across, down], (line, from) => {
          for (let x = 0, at = from; x < line.length; x++, at++) {
            const score = line[x]! + b[outer[at]!]!;
            if (score <= best[at]!) continue;
            best[at] = score;
            labels[at] = label;
          }
        });
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

/** Of the planes and one that is 0 everywhere. */
function softmax(planes: Planes): void {
  for (let at = 0; at < planes[0]!.length; at++) {
    let most = 0;
    for (const plane of planes) most = Math.max(most, plane[at]!);
    let sum = Math.exp(-most);
    for (const plane of planes) {
      plane[at] = Math.exp(plane[at]! - most);
      sum += plane[at]!;
    }
    for (const plane of planes) plane[at]! /= sum;
  }
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
 * G at the working size, mirrored at the border: two running means along each axis, whose variances add up to σ². It takes
 * a sixth of the time of a Gaussian's seventeen taps, and differs from it by at most 0.01 beside an edge.
 */
function createGaussian({ width, height }: Size) {
  const sigma = (SIGMA * Math.max(width, height)) / REFERENCE_SIDE;
  const window = windowOf(sigma ** 2 / 2);
  const border = window.radius + 1;
  const rows = mirrored(height, border).map((row) => row * width);
  const columns = mirrored(width, border);
  const sums = new Float64Array(width);
  const once = new Float32Array(width * height);
  const line = new Float32Array(width + 2 * border);
  const { radius, edge, share } = window;

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
  return (plane: Float32Array, out: Float32Array) => {
    down(plane, once);
    down(once, out);
    across(out, once);
    across(once, out);
  };
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

type Spreads = readonly [across: Spread, down: Spread];

/** A plane at a larger size, bilinearly. */
function enlarged(plane: Float32Array, columns: number, spreads: Spreads): Float32Array {
  const [across, down] = spreads;
  const out = new Float32Array(across.weight.length * down.weight.length);
  eachLine(plane, columns, spreads, (line, from) => out.set(line, from));
  return out;
}

/** Visits the lines of a plane at a larger size, and the place of each one's first pixel. */
function eachLine(
  plane: Float32Array,
  columns: number,
  [across, down]: Spreads,
  visit: (line: Float32Array, from: number) => void,
): void {
  const { before, after, weight } = across;
  const mixed = new Float32Array(columns);
  const line = new Float32Array(weight.length);
  for (let y = 0; y < down.weight.length; y++) {
    const top = down.before[y]! * columns;
    const bottom = down.after[y]! * columns;
    const v = down.weight[y]!;
    for (let x = 0; x < columns; x++) mixed[x] = plane[top + x]! + v * (plane[bottom + x]! - plane[top + x]!);
    for (let x = 0; x < line.length; x++) {
      const value = mixed[before[x]!]!;
      line[x] = value + weight[x]! * (mixed[after[x]!]! - value);
    }
    visit(line, y * line.length);
  }
}
