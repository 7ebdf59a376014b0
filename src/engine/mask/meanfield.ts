import type { Grid } from '../cluster/types.ts';
import { AXES, type BilateralGrid, bilateralGrid, REFERENCE_SIDE } from './bilateral.ts';
import type { Guide, Size } from './guided.ts';
import { type Spread, spread } from './raise.ts';

/** Times that every pixel listens to its neighbours. */
const ITERATIONS = 5;
/** How much pixels of like colour nearby count, and pixels nearby of whatever colour, against what a pixel's token says. */
const LIKENESS = 3;
const NEARNESS = 1;
/** Standard deviation of that nearness, in pixels of a picture of `REFERENCE_SIDE`; Gaussians end at four. */
const SIGMA = 2;
const REACH = 4;

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
  if (q.length === 1) sigmoid(q[0]!);
  else softmax(q);

  /** U + G(Q_k) − G(Q_0) at the working pixels into `near`, 3(B(Q_k) − B(Q_0)) at the cells into `likeness`. */
  const listen = () => {
    for (const [k, plane] of q.entries()) {
      blur(plane, likeness[k]!);
      gaussian(plane, near[k]!);
    }
    againstRest(likeness, LIKENESS);
    againstRest(near, NEARNESS);
    for (const [k, plane] of near.entries()) {
      const u = unary[k]!;
      for (let at = 0; at < pixels; at++) plane[at]! += u[at]!;
    }
  };

  return {
    iterate() {
      listen();
      for (const [k, plane] of q.entries()) {
        const [n, b] = [near[k]!, likeness[k]!];
        for (let at = 0; at < pixels; at++) plane[at] = n[at]! + b[inner[at]!]!;
      }
      if (q.length === 1) sigmoid(q[0]!);
      else softmax(q);
    },

    /** The iteration that is left, at the picture's size, where only the greatest is asked for. */
    labels() {
      listen();
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
  for (let at = 0; at < first!.length; at++) {
    let sum = first![at]!;
    for (const plane of others) sum += plane[at]!;
    const rest = 1 - sum;
    for (const plane of planes) plane[at] = weight * (plane[at]! - rest);
  }
}

function sigmoid(plane: Float32Array): void {
  for (let at = 0; at < plane.length; at++) plane[at] = 1 / (1 + Math.exp(-plane[at]!));
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

/** G at the working size; mirrored at the border, whose own pixels are not told twice. */
function createGaussian({ width, height }: Size) {
  const sigma = (SIGMA * Math.max(width, height)) / REFERENCE_SIDE;
  const radius = Math.max(1, Math.round(REACH * sigma));
  const taps = Float64Array.from({ length: radius + 1 }, (_, i) => Math.exp(-((i / sigma) ** 2) / 2));
  const sum = taps.reduce((all, tap, i) => all + (i === 0 ? tap : 2 * tap), 0);
  const weights = taps.map((tap) => tap / sum);
  const mirror = (count: number) => {
    const period = Math.max(1, 2 * (count - 1));
    return (at: number) => {
      const within = ((at % period) + period) % period;
      return within < count ? within : period - within;
    };
  };
  const column = mirror(width);
  const rowOf = mirror(height);
  const line = new Float32Array(width + 2 * radius);
  const sources = Int32Array.from({ length: line.length }, (_, i) => column(i - radius));

  return (plane: Float32Array, out: Float32Array) => {
    const sums = new Float32Array(width);
    for (let y = 0; y < height; y++) {
      const middle = y * width;
      for (let x = 0; x < width; x++) sums[x] = weights[0]! * plane[middle + x]!;
      for (let i = 1; i <= radius; i++) {
        const weight = weights[i]!;
        const above = rowOf(y - i) * width;
        const below = rowOf(y + i) * width;
        for (let x = 0; x < width; x++) sums[x]! += weight * (plane[above + x]! + plane[below + x]!);
      }
      for (let x = 0; x < line.length; x++) line[x] = sums[sources[x]!]!;
      for (let x = 0; x < width; x++) {
        const at = x + radius;
        let value = weights[0]! * line[at]!;
        for (let i = 1; i <= radius; i++) value += weights[i]! * (line[at - i]! + line[at + i]!);
        out[middle + x] = value;
      }
    }
  };
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
