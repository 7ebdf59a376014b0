import type { Tuple } from '../../lib/arrays.ts';
import { MOTION_INPUT } from '../weights/motion.ts';

/**
 * What the motion net sees of a frame: flow to its neighbours and what of it the camera does not explain, never the
 * picture. Constants and order of the channels are those of the net's card (public/models/motion-v0/MODEL_CARD.md).
 */

/** Pixels along each side of a cell. */
export const CELL = 4;
/** Channels of one distance; the input has those of the near neighbours, then those of the far ones. */
const CHANNELS = MOTION_INPUT / 2;

/** Residual motion is measured in its own 98th percentile, in pixels, but never in less than this. */
const LEAST_SCALE = 0.5;
const PERCENTILE = 0.98;
const MOST_RESIDUAL = 3;
const MOST_FLOW = 6;
const FLOW_UNIT = 3;
/** Grey levels. */
const ERROR_UNIT = 25;
const MOST_ERROR = 3;
const LOG_UNIT = 3;

/** Pixels; multiples of `CELL`. */
export interface FrameSize {
  height: number;
  width: number;
}

/** [height, width] of Rec. 601 luma, 0..255. */
export type Luma = Float32Array | Uint8Array | Uint8ClampedArray;

/** A neighbour of a frame, seen from that frame. */
export interface Neighbour {
  luma: Luma;
  /** Where every pixel of the frame goes in the neighbour: [height, width, 2], pixels, x then y. */
  flow: Float32Array;
  /** Where it would go if only the camera moved: 3 × 3, row by row, of pixel coordinates. */
  homography: ArrayLike<number>;
}

/** The neighbours at one distance; one may be missing, at the ends of a clip. */
export interface Neighbours {
  later?: Neighbour;
  earlier?: Neighbour;
}

/** Means over the cells of a frame, for one neighbour. */
interface CellMeans {
  /** p + f(p) − H(p): [2, cells]. */
  residual: Float32Array;
  /** f: [2, cells]. */
  flow: Float32Array;
  /** |I±(p + f(p)) − I₀(p)|: [cells]. */
  error: Float32Array;
}

export interface MotionInput {
  /** [22, height / 4, width / 4]. */
  data: Float32Array;
  /** 98th percentile of the residual motion to the near neighbours, in pixels; not held up by `LEAST_SCALE`. */
  residual: number;
  /** (a + b) / 2 of the near neighbours: what of its motion the camera does not explain. [2, cells], pixels a frame. */
  drift: Float32Array;
}

function cellMeans(
  luma: Luma,
  { luma: other, flow, homography }: Neighbour,
  { height, width }: FrameSize,
): CellMeans {
  const columns = width / CELL;
  const cells = (height / CELL) * columns;
  const residual = new Float32Array(2 * cells);
  const meanFlow = new Float32Array(2 * cells);
  const error = new Float32Array(cells);
  const [h00, h01, h02, h10, h11, h12, h20, h21, h22] = Array.from(homography) as Tuple<number, 9>;
  const share = 1 / CELL ** 2;
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(y / CELL) * columns;
    for (let x = 0; x < width; x++, at++) {
      const cell = row + Math.floor(x / CELL);
      const u = flow[2 * at]!;
      const v = flow[2 * at + 1]!;
      const depth = h20 * x + h21 * y + h22;
      residual[cell]! += share * (x + u - (h00 * x + h01 * y + h02) / depth);
      residual[cells + cell]! += share * (y + v - (h10 * x + h11 * y + h12) / depth);
      meanFlow[cell]! += share * u;
      meanFlow[cells + cell]! += share * v;
      error[cell]! += share * Math.abs(sample(other, width, height, x + u, y + v) - luma[at]!);
    }
  }
  return { residual, flow: meanFlow, error };
}

/** Bilinear; beyond the border, the border is repeated. */
function sample(plane: Luma, width: number, height: number, x: number, y: number): number {
  const cx = Math.min(Math.max(x, 0), width - 1);
  const cy = Math.min(Math.max(y, 0), height - 1);
  const left = Math.floor(cx);
  const top = Math.floor(cy) * width;
  const right = Math.min(left + 1, width - 1);
  const bottom = Math.min(top + width, (height - 1) * width);
  const a = cx - left;
  const above = plane[top + left]! + a * (plane[top + right]! - plane[top + left]!);
  const below = plane[bottom + left]! + a * (plane[bottom + right]! - plane[bottom + left]!);
  return above + (cy - Math.floor(cy)) * (below - above);
}

/**
 * Values of the cells of another frame where this one has them, bilinearly between the cells' middles; beyond the border, the
 * border is repeated.
 *
 * @param values [cells] of the other frame
 * @param flow from this frame to the other, [height, width, 2], pixels
 */
export function warpedCells(
  values: Float32Array,
  flow: Float32Array,
  { height, width }: FrameSize,
): Float32Array {
  const [rows, columns] = [height / CELL, width / CELL];
  /** Mean flow of every cell, in cells. */
  const means = new Float32Array(2 * rows * columns);
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(y / CELL) * columns;
    for (let x = 0; x < width; x++, at++) {
      const cell = row + Math.floor(x / CELL);
      means[2 * cell]! += flow[2 * at]! / CELL ** 3;
      means[2 * cell + 1]! += flow[2 * at + 1]! / CELL ** 3;
    }
  }
  return Float32Array.from({ length: rows * columns }, (_, cell) => {
    const [x, y] = [cell % columns, Math.floor(cell / columns)];
    return sample(values, columns, rows, x + means[2 * cell]!, y + means[2 * cell + 1]!);
  });
}

/**
 * a, b, f₊, −f₋ (two planes each), e₊ and e₋ over the cells: [10, cells]. Both directions are given as motion forward
 * in time (a = r₊, b = −r₋); where one neighbour is missing, the other stands for both.
 */
export function frameFeatures(
  luma: Luma,
  { later, earlier }: Neighbours,
  size: FrameSize,
): Float32Array | null {
  const ahead = later && cellMeans(luma, later, size);
  const behind = earlier && backwards(cellMeans(luma, earlier, size));
  const first = ahead ?? behind;
  const second = behind ?? ahead;
  if (!first || !second) return null;
  const cells = first.error.length;
  const features = new Float32Array(10 * cells);
  const planes = [first.residual, second.residual, first.flow, second.flow];
  for (const [i, plane] of planes.entries()) features.set(plane, 2 * i * cells);
  features.set(first.error, 8 * cells);
  features.set(second.error, 9 * cells);
  return features;
}

const backwards = ({ residual, flow, error }: CellMeans): CellMeans => ({
  residual: residual.map((value) => -value),
  flow: flow.map((value) => -value),
  error,
});

/**
 * The eleven channels of one distance from its features [10, cells], written into `out` [11, cells].
 * @returns 98th percentile of |(a + b)/2|, in pixels
 */
export function scaleFeatures(features: Float32Array, out: Float32Array): number {
  const cells = out.length / CHANNELS;
  const plane = (i: number) => features.subarray(i * cells, (i + 1) * cells);
  const [ax, ay, bx, by, px, py, mx, my, ep, em] = Array.from({ length: 10 }, (_, i) => plane(i)) as Tuple<
    Float32Array,
    10
  >;
  const magnitude = new Float32Array(cells);
  for (let i = 0; i < cells; i++) magnitude[i] = Math.hypot(ax[i]! + bx[i]!, ay[i]! + by[i]!) / 2;
  const residual = percentile(magnitude, PERCENTILE);
  const scale = Math.max(LEAST_SCALE, residual);
  const level = Math.log(scale) / LOG_UNIT;
  const within = (value: number, most: number) => Math.min(Math.max(value, -most), most);
  for (let i = 0; i < cells; i++) {
    out[i] = within(ax[i]! / scale, MOST_RESIDUAL);
    out[cells + i] = within(ay[i]! / scale, MOST_RESIDUAL);
    out[2 * cells + i] = within(bx[i]! / scale, MOST_RESIDUAL);
    out[3 * cells + i] = within(by[i]! / scale, MOST_RESIDUAL);
    out[4 * cells + i] = Math.min(magnitude[i]! / scale, MOST_RESIDUAL);
    out[5 * cells + i] = Math.min(Math.hypot(ax[i]! - bx[i]!, ay[i]! - by[i]!) / scale, MOST_RESIDUAL);
    out[6 * cells + i] = within((px[i]! + mx[i]!) / 2 / scale, MOST_FLOW) / FLOW_UNIT;
    out[7 * cells + i] = within((py[i]! + my[i]!) / 2 / scale, MOST_FLOW) / FLOW_UNIT;
    out[8 * cells + i] = Math.min(ep[i]! / ERROR_UNIT, MOST_ERROR);
    out[9 * cells + i] = Math.min(em[i]! / ERROR_UNIT, MOST_ERROR);
    out[10 * cells + i] = level;
  }
  return residual;
}

/**
 * The net's input for one frame: neighbours one frame away in the source, then three. Where a clip is too short for
 * three, the near ones are repeated.
 * @throws RangeError for a size that is no multiple of `CELL`, and for a frame without near neighbours
 */
export function motionInput(
  luma: Luma,
  near: Neighbours,
  far: Neighbours,
  { height, width }: FrameSize,
): MotionInput {
  if (height % CELL !== 0 || width % CELL !== 0)
    throw new RangeError(`${width} × ${height} is no multiple of ${CELL} pixels`);
  const first = frameFeatures(luma, near, { height, width });
  if (!first) throw new RangeError('motion needs a frame before or after');
  const second = frameFeatures(luma, far, { height, width });
  const half = (CHANNELS * height * width) / CELL ** 2;
  const data = new Float32Array(2 * half);
  const residual = scaleFeatures(first, data.subarray(0, half));
  if (second) scaleFeatures(second, data.subarray(half));
  else data.copyWithin(half, 0, half);
  const cells = first.length / 10;
  const drift = Float32Array.from({ length: 2 * cells }, (_, i) => (first[i]! + first[2 * cells + i]!) / 2);
  return { data, residual, drift };
}

/** Percentile of values, interpolated linearly between ranks. `share` 0..1; not of an empty list. */
export function percentile(values: Float32Array, share: number): number {
  const sorted = values.toSorted();
  const rank = share * (sorted.length - 1);
  const low = Math.floor(rank);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (rank - low) * (sorted[high]! - sorted[low]!);
}
