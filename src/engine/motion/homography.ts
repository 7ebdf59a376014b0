import { createRandom, type Random } from '../../train/random.ts';
import type { Flow } from './flow.ts';

/** Row by row: (x, y, 1) ↦ (h₀x + h₁y + h₂, h₃x + h₄y + h₅) / (h₆x + h₇y + h₈), in pixels. */
export type Homography = readonly [number, number, number, number, number, number, number, number, number];

/** How the camera moved from a frame to another, as far as one plane in front of it tells. */
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

/** Least-squares fits to the inliers, which are found anew before each. */
const REFITS = 4;

interface Point {
  x: number;
  y: number;
  /** Where the flow takes it. */
  toX: number;
  toY: number;
}

/**
 * The homography that most of the flow follows, by RANSAC (Fischler and Bolles, 1981) and the normalised direct linear
 * transform (Hartley, 1997); the same flow and seed give the same one. Where fewer than eight points agree on one, as in a
 * frame of a few pixels, it is the translation by the median of the flow; and the identity where no point's flow is finite.
 */
export function cameraMotion(flow: Flow, seed = 1): CameraMotion {
  const points = pointsOf(flow);
  const found = search(points, createRandom(seed));
  if (found) return found;
  const homography: Homography = [
    ...([1, 0, median(points.map(({ x, toX }) => toX - x))] as const),
    ...([0, 1, median(points.map(({ y, toY }) => toY - y))] as const),
    ...([0, 0, 1] as const),
  ];
  return { homography, inliers: inliersOf(points, homography).length / Math.max(1, points.length) };
}

/** What of the flow is not the camera's: r = p + f(p) − H(p), in pixels, [height, width, 2]. */
export function residualFlow({ width, height, xy }: Flow, homography: Homography): Float32Array<ArrayBuffer> {
  const [a, b, c, d, e, f, g, h, i] = homography;
  const residual = new Float32Array(xy.length);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 2) {
      const scale = 1 / (g * x + h * y + i);
      residual[at] = x + xy[at]! - (a * x + b * y + c) * scale;
      residual[at + 1] = y + xy[at + 1]! - (d * x + e * y + f) * scale;
    }
  }
  return residual;
}

function pointsOf({ width, height, xy }: Flow): Point[] {
  const points: Point[] = [];
  for (let y = FIRST_POINT; y < height; y += POINT_STRIDE) {
    for (let x = FIRST_POINT; x < width; x += POINT_STRIDE) {
      const at = 2 * (y * width + x);
      const point = { x, y, toX: x + xy[at]!, toY: y + xy[at + 1]! };
      if (Number.isFinite(point.toX) && Number.isFinite(point.toY)) points.push(point);
    }
  }
  return points;
}

function search(points: readonly Point[], random: Random): CameraMotion | null {
  if (points.length < LEAST_INLIERS) return null;
  let inliers: Point[] = [];
  let samples = MOST_SAMPLES;
  for (let drawn = 0; drawn < samples; drawn++) {
    const homography = fit(draw(points, random));
    if (!homography) continue;
    const agreeing = inliersOf(points, homography);
    if (agreeing.length <= inliers.length) continue;
    inliers = agreeing;
    samples = Math.min(samples, samplesFor(inliers.length / points.length));
  }
  if (inliers.length < LEAST_INLIERS) return null;

  let best: CameraMotion | null = null;
  let scales: Homography | undefined;
  for (let refit = 0; refit < REFITS; refit++) {
    const homography = fit(inliers, scales);
    if (!homography) break;
    inliers = inliersOf(points, homography);
    if (best && inliers.length < best.inliers * points.length) break;
    best = { homography, inliers: inliers.length / points.length };
    scales = homography;
  }
  return best;
}

/** Samples after which one of inliers alone has been drawn, with the wanted confidence. */
function samplesFor(share: number): number {
  const failing = 1 - share ** SAMPLE;
  return failing <= 0 ? 1 : Math.ceil(Math.log(1 - CONFIDENCE) / Math.log(failing));
}

function draw(points: readonly Point[], random: Random): Point[] {
  const chosen = new Set<Point>();
  while (chosen.size < SAMPLE) chosen.add(points[random.integer(points.length)]!);
  return [...chosen];
}

function inliersOf(points: readonly Point[], homography: Homography): Point[] {
  const [a, b, c, d, e, f, g, h, i] = homography;
  return points.filter(({ x, y, toX, toY }) => {
    const scale = 1 / (g * x + h * y + i);
    const offX = (a * x + b * y + c) * scale - toX;
    const offY = (d * x + e * y + f) * scale - toY;
    return scale > 0 && offX * offX + offY * offY <= THRESHOLD ** 2;
  });
}

/**
 * The homography with the least squared algebraic error on four or more points; null where they determine none. With the
 * scales of an earlier fit, which the algebraic error is weighted with, it is nearly the distance in pixels.
 */
function fit(points: readonly Point[], scales?: Homography): Homography | null {
  const from = normalisation(points.map(({ x, y }) => [x, y]));
  const to = normalisation(points.map(({ toX, toY }) => [toX, toY]));
  if (!from || !to) return null;
  // Normal equations of h₀ … h₇, h₈ being 1: cameras do not send the middle of a frame to infinity.
  const system = Array.from({ length: UNKNOWNS }, () => new Float64Array(UNKNOWNS + 1));
  for (const { x, y, toX, toY } of points) {
    const weight = scales ? 1 / (scales[6] * x + scales[7] * y + scales[8]) ** 2 : 1;
    const [px, py] = [(x - from.x) * from.scale, (y - from.y) * from.scale];
    const [qx, qy] = [(toX - to.x) * to.scale, (toY - to.y) * to.scale];
    accumulate(system, [px, py, 1, 0, 0, 0, -px * qx, -py * qx, qx], weight);
    accumulate(system, [0, 0, 0, px, py, 1, -px * qy, -py * qy, qy], weight);
  }
  const solution = solve(system);
  if (!solution) return null;
  const [a, b, c, d, e, f, g, h] = solution as unknown as Homography;
  // Back to pixels: T′⁻¹ · H · T.
  const s = from.scale;
  const rows = [
    [a * s, b * s, c - s * (a * from.x + b * from.y)],
    [d * s, e * s, f - s * (d * from.x + e * from.y)],
    [g * s, h * s, 1 - s * (g * from.x + h * from.y)],
  ] as const;
  const [first, second, third] = rows;
  const scale = 1 / third[2];
  const homography = [
    ...first.map((value, i) => (value / to.scale + to.x * third[i]!) * scale),
    ...second.map((value, i) => (value / to.scale + to.y * third[i]!) * scale),
    ...third.map((value) => value * scale),
  ];
  return homography.every(Number.isFinite) ? (homography as unknown as Homography) : null;
}

const UNKNOWNS = 8;

/** Pivots smaller than this, of a system whose entries are about 1, are those of points on a line. */
const LEAST_PIVOT = 1e-9;

/** Centre and scale that give points a mean distance of √2 from the centre; null where they all lie there. */
function normalisation(points: readonly (readonly [number, number])[]) {
  let [x, y] = [0, 0];
  for (const [px, py] of points) {
    x += px / points.length;
    y += py / points.length;
  }
  const mean = points.reduce((sum, [px, py]) => sum + Math.hypot(px - x, py - y), 0) / points.length;
  return mean > 0 ? { x, y, scale: Math.SQRT2 / mean } : null;
}

/** Adds an equation, coefficients and right side, to normal equations. */
function accumulate(system: readonly Float64Array[], equation: readonly number[], weight: number): void {
  for (let i = 0; i < UNKNOWNS; i++) {
    const left = weight * equation[i]!;
    if (left === 0) continue;
    for (let j = 0; j <= UNKNOWNS; j++) system[i]![j]! += left * equation[j]!;
  }
}

/** Gauss's elimination with pivots from the column; null where one is too small. Overwrites the system. */
function solve(system: Float64Array[]): Float64Array | null {
  for (let column = 0; column < UNKNOWNS; column++) {
    let pivot = column;
    for (let row = column + 1; row < UNKNOWNS; row++)
      if (Math.abs(system[row]![column]!) > Math.abs(system[pivot]![column]!)) pivot = row;
    [system[column], system[pivot]] = [system[pivot]!, system[column]!];
    const own = system[column]!;
    if (!(Math.abs(own[column]!) > LEAST_PIVOT)) return null;
    for (let row = column + 1; row < UNKNOWNS; row++) {
      const factor = system[row]![column]! / own[column]!;
      for (let j = column; j <= UNKNOWNS; j++) system[row]![j]! -= factor * own[j]!;
    }
  }
  const solution = new Float64Array(UNKNOWNS);
  for (let row = UNKNOWNS - 1; row >= 0; row--) {
    let value = system[row]![UNKNOWNS]!;
    for (let j = row + 1; j < UNKNOWNS; j++) value -= system[row]![j]! * solution[j]!;
    solution[row] = value / system[row]![row]!;
  }
  return solution;
}

/** 0 of nothing. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return sorted.length > 0 ? (sorted[middle - 1]! + sorted[middle]!) / 2 : 0;
}
