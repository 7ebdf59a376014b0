import { createRandom, type Random } from '../../lib/random.ts';
import type { Flow } from './flow.ts';

/** Row by row: (x, y, 1) ↦ (h₀x + h₁y + h₂, h₃x + h₄y + h₅) / (h₆x + h₇y + h₈), in pixels. */
export type Homography = readonly [number, number, number, number, number, number, number, number, number];

/** How the camera moved from a frame to another, as far as one plane in front of it shows. */
export interface CameraMotion {
  homography: Homography;
  /** Share of the points that move as it says, within the threshold: 0…1. How far the camera's model is to be believed. */
  inliers: number;
}

/** Points are taken at 4, 12, 20, … pixels along both axes. */
const FIRST_POINT = 4;
const POINT_STRIDE = 8;

/** Pixels that an inlier may be away from where the homography takes it. */
const THRESHOLD = 1.5;

/** Samples are drawn until a better one is this unlikely, and no more than so many. */
const CONFIDENCE = 0.995;
const MOST_SAMPLES = 2000;
const SAMPLE = 4;

/** Fewer inliers than this determine no homography that means anything. */
const LEAST_INLIERS = 8;

/** Least-squares fits to the inliers, which are found again before each, at the most. */
const REFITS = 8;

/** h₀ … h₇; h₈ is 1, since no camera sends the middle of a frame to infinity. */
const UNKNOWNS = 8;

/** Pivots smaller than this are those of points on a line, or of fewer than four. */
const LEAST_PIVOT = 1e-9;

/**
 * The homography that most of the flow follows, by RANSAC (Fischler and Bolles, 1981) and the normalised direct linear
 * transform (Hartley, 1997); the same flow and seed give the same one. Where fewer than eight points agree on one, as in a
 * frame of a few pixels, it is the translation by the median of the flow; and the identity where no point's flow is finite.
 */
export function cameraMotion(flow: Flow, seed = 1): CameraMotion {
  const points = pointsOf(flow);
  const found = search(points, createRandom(seed)) ?? translation(points);
  return {
    homography: inPixels(found, points),
    inliers: inliersOf(points, found).length / Math.max(1, points.count),
  };
}

/** Correspondences about the middle of the frame, half of whose longer side is 1. */
interface Points {
  count: number;
  /** x and y, and where the flow takes them: [count, 4]. */
  at: Float64Array;
  middle: readonly [x: number, y: number];
  /** Pixels. */
  unit: number;
}

function pointsOf({ width, height, xy }: Flow): Points {
  const middle = [(width - 1) / 2, (height - 1) / 2] as const;
  const unit = Math.max(width, height) / 2;
  const at: number[] = [];
  for (let y = FIRST_POINT; y < height; y += POINT_STRIDE) {
    for (let x = FIRST_POINT; x < width; x += POINT_STRIDE) {
      const [u, v] = [xy[2 * (y * width + x)]!, xy[2 * (y * width + x) + 1]!];
      if (!Number.isFinite(u) || !Number.isFinite(v)) continue;
      const [dx, dy] = [x - middle[0], y - middle[1]];
      at.push(dx / unit, dy / unit, (dx + u) / unit, (dy + v) / unit);
    }
  }
  return { count: at.length / 4, at: Float64Array.from(at), middle, unit };
}

/** Eight unknowns of the homography between `Points`, or null where no eight points agree. */
function search(points: Points, random: Random): Float64Array | null {
  if (points.count < LEAST_INLIERS) return null;
  const system = new Float64Array(UNKNOWNS * (UNKNOWNS + 1));
  const tried = new Float64Array(UNKNOWNS);
  const sample = new Int32Array(SAMPLE);
  let best: Float64Array | null = null;
  let most = LEAST_INLIERS - 1;
  let samples = MOST_SAMPLES;
  for (let drawn = 0; drawn < samples; drawn++) {
    draw(sample, points.count, random);
    if (!throughSample(points, sample, system, tried)) continue;
    const inliers = countInliers(points, tried, most);
    if (inliers <= most) continue;
    most = inliers;
    best = tried.slice();
    samples = Math.min(samples, samplesFor(inliers / points.count));
  }
  for (let refit = 0; best && refit < REFITS; refit++) {
    const fitted = leastSquares(points, inliersOf(points, best), best);
    const inliers = fitted ? countInliers(points, fitted, most - 1) : 0;
    if (!fitted || inliers < most) break;
    best = fitted;
    // Settled; the first fit only takes the place of the sample's homography.
    if (inliers === most && refit > 0) break;
    most = inliers;
  }
  return best;
}

/** Samples after which one of inliers alone has been drawn, with the wanted confidence. */
function samplesFor(share: number): number {
  const failing = 1 - share ** SAMPLE;
  return failing <= 0 ? 1 : Math.ceil(Math.log(1 - CONFIDENCE) / Math.log(failing));
}

function draw(sample: Int32Array, below: number, random: Random): void {
  for (let i = 0; i < SAMPLE; ) {
    sample[i] = random.integer(below);
    if (sample.indexOf(sample[i]!) === i) i++;
  }
}

/** The homography that takes four points exactly where the flow does; false where they determine none. */
function throughSample(
  { at }: Points,
  sample: Int32Array,
  system: Float64Array,
  solution: Float64Array,
): boolean {
  for (let i = 0; i < SAMPLE; i++) {
    const point = 4 * sample[i]!;
    const row = 2 * i * (UNKNOWNS + 1);
    equations(at[point]!, at[point + 1]!, at[point + 2]!, at[point + 3]!, system, row);
  }
  return solve(system, solution);
}

/**
 * The homography with the least squared algebraic error on points, weighted with the scales of an earlier one so that it is
 * nearly the distance; null where they determine none.
 */
function leastSquares({ at }: Points, chosen: readonly number[], earlier: Float64Array): Float64Array | null {
  const normal = new Float64Array(UNKNOWNS * (UNKNOWNS + 1));
  const pair = new Float64Array(2 * (UNKNOWNS + 1));
  for (const index of chosen) {
    const [x, y] = [at[4 * index]!, at[4 * index + 1]!];
    const weight = 1 / (earlier[6]! * x + earlier[7]! * y + 1) ** 2;
    equations(x, y, at[4 * index + 2]!, at[4 * index + 3]!, pair, 0);
    for (let row = 0; row < pair.length; row += UNKNOWNS + 1)
      for (let i = 0; i < UNKNOWNS; i++) {
        const left = weight * pair[row + i]!;
        if (left === 0) continue;
        for (let j = 0; j <= UNKNOWNS; j++) normal[i * (UNKNOWNS + 1) + j]! += left * pair[row + j]!;
      }
  }
  const solution = new Float64Array(UNKNOWNS);
  return solve(normal, solution) ? solution : null;
}

/** Two rows of coefficients and right side: that (x, y) goes to (toX, toY). */
function equations(x: number, y: number, toX: number, toY: number, system: Float64Array, row: number): void {
  const next = row + UNKNOWNS + 1;
  system.fill(0, row, next + UNKNOWNS + 1);
  system[row] = x;
  system[row + 1] = y;
  system[row + 2] = 1;
  system[row + 6] = -x * toX;
  system[row + 7] = -y * toX;
  system[row + 8] = toX;
  system[next + 3] = x;
  system[next + 4] = y;
  system[next + 5] = 1;
  system[next + 6] = -x * toY;
  system[next + 7] = -y * toY;
  system[next + 8] = toY;
}

/** Gauss's elimination with pivots from the column; false where one is too small. Overwrites the system. */
function solve(system: Float64Array, solution: Float64Array): boolean {
  const pitch = UNKNOWNS + 1;
  for (let column = 0; column < UNKNOWNS; column++) {
    let pivot = column;
    for (let row = column + 1; row < UNKNOWNS; row++)
      if (Math.abs(system[row * pitch + column]!) > Math.abs(system[pivot * pitch + column]!)) pivot = row;
    if (!(Math.abs(system[pivot * pitch + column]!) > LEAST_PIVOT)) return false;
    const own = column * pitch;
    for (let j = column; pivot !== column && j <= UNKNOWNS; j++) {
      const kept = system[own + j]!;
      system[own + j] = system[pivot * pitch + j]!;
      system[pivot * pitch + j] = kept;
    }
    for (let row = column + 1; row < UNKNOWNS; row++) {
      const factor = system[row * pitch + column]! / system[own + column]!;
      if (factor === 0) continue;
      for (let j = column; j <= UNKNOWNS; j++) system[row * pitch + j]! -= factor * system[own + j]!;
    }
  }
  for (let row = UNKNOWNS - 1; row >= 0; row--) {
    let value = system[row * pitch + UNKNOWNS]!;
    for (let j = row + 1; j < UNKNOWNS; j++) value -= system[row * pitch + j]! * solution[j]!;
    solution[row] = value / system[row * pitch + row]!;
  }
  return true;
}

function isInlier({ at, unit }: Points, index: number, h: Float64Array): boolean {
  const x = at[4 * index]!;
  const y = at[4 * index + 1]!;
  const scale = h[6]! * x + h[7]! * y + 1;
  if (scale <= 0) return false;
  const offX = (h[0]! * x + h[1]! * y + h[2]!) / scale - at[4 * index + 2]!;
  const offY = (h[3]! * x + h[4]! * y + h[5]!) / scale - at[4 * index + 3]!;
  return offX * offX + offY * offY <= (THRESHOLD / unit) ** 2;
}

/** Inliers, or some number up to `most` where there cannot be more than that. */
function countInliers(points: Points, h: Float64Array, most: number): number {
  let misses = points.count - most;
  for (let index = 0; index < points.count; index++)
    if (!isInlier(points, index, h) && --misses <= 0) return most;
  return misses + most;
}

function inliersOf(points: Points, h: Float64Array): number[] {
  const inliers: number[] = [];
  for (let index = 0; index < points.count; index++) if (isInlier(points, index, h)) inliers.push(index);
  return inliers;
}

function translation({ count, at }: Points): Float64Array {
  const along = (axis: 0 | 1) =>
    median(Array.from({ length: count }, (_, index) => at[4 * index + 2 + axis]! - at[4 * index + axis]!));
  return Float64Array.of(1, 0, along(0), 0, 1, along(1), 0, 0);
}

/** From coordinates about the middle to pixels: T⁻¹ · H · T. */
function inPixels(h: Float64Array, { middle: [x, y], unit }: Points): Homography {
  const row = (a: number, b: number, c: number) => [a / unit, b / unit, c - (a * x + b * y) / unit] as const;
  const third = row(h[6]!, h[7]!, 1);
  const first = row(h[0]!, h[1]!, h[2]!).map((value, i) => unit * value + x * third[i]!);
  const second = row(h[3]!, h[4]!, h[5]!).map((value, i) => unit * value + y * third[i]!);
  return [...first, ...second, ...third].map((value) => value / third[2]) as unknown as Homography;
}

/** 0 of nothing. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return sorted.length > 0 ? (sorted[middle - 1]! + sorted[middle]!) / 2 : 0;
}
