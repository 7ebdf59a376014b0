import type { Tuple } from '../../../lib/arrays.ts';
import { type LinearWeights, linearWeights } from '../../../lib/linear.ts';
import type { Cells, Size } from '../../../lib/size.ts';
import {
  type Box,
  EPSILON,
  fittingGrid,
  type Guide,
  type GuidedFilter,
  type Membership,
  type Region,
  reachedCells,
} from '../guided.ts';

/** The filter on the CPU, the reference for the GPU's. */
export const plainFilter: GuidedFilter = (grid, guide) => {
  const score = createScorer(grid, guide);
  return (memberships, within) => {
    const labels = new Uint16Array(guide.width * guide.height).fill(memberships[0]!.label);
    // One alone needs no filter.
    if (memberships.length === 1) return labels;
    const best = new Float32Array(labels.length).fill(Number.NEGATIVE_INFINITY);
    for (const membership of memberships) score(membership, { best, labels, within });
    return labels;
  };
};

type Scorer = (membership: Membership, argmax: Argmax) => void;

/** Puts memberships through the filter one by one. The guide's statistics are taken when first needed. */
function createScorer(grid: Cells, guide: Guide): Scorer {
  const { rows, columns } = grid;
  const { radius, ...coarse } = fittingGrid(grid, guide);
  const { width, height } = coarse;
  const cells = [linearWeights(width, columns), linearWeights(height, rows)] as const;
  const pixels = [linearWeights(guide.width, width), linearWeights(guide.height, height)] as const;
  let windows: Windows | null = null;
  return ({ label, values, box }, argmax) => {
    windows ??= guideWindows(guide, coarse, radius, EPSILON);
    const reached = reachedCells(box, grid, windows);
    const fit = fitColours(windows, upsample(values, columns, cells, reached), reached);
    updateArgmax(guide, fit, pixels, label, argmax);
  };
}

/** Values of tokens, interpolated bilinearly at the cells of a box: [box height, box width]. */
function upsample(
  values: Float32Array,
  columns: number,
  [across, down]: readonly [LinearWeights, LinearWeights],
  box: Box,
): Float32Array {
  const upsampled = new Float32Array((box.right - box.left) * (box.bottom - box.top));
  for (let y = box.top, at = 0; y < box.bottom; y++) {
    const top = down.before[y]! * columns;
    const bottom = down.after[y]! * columns;
    const v = down.weight[y]!;
    for (let x = box.left; x < box.right; x++, at++) {
      const [left, right, u] = [across.before[x]!, across.after[x]!, across.weight[x]!];
      const above = (1 - u) * values[top + left]! + u * values[top + right]!;
      upsampled[at] = (1 - v) * above + v * ((1 - u) * values[bottom + left]! + u * values[bottom + right]!);
    }
  }
  return upsampled;
}

type Triple<T> = readonly [T, T, T];

/** A guide on a coarse grid, and what every window of it looks like. All planes are [height, width]. */
export interface Windows extends Size {
  radius: number;
  /** Mean red, green and blue of every cell, 0..255. */
  colours: Triple<Float32Array>;
  /** The same of every window. */
  means: Triple<Float32Array>;
  /** Inverse of (colour covariance + ε·1) of every window: entries 00, 01, 02, 11, 12, 22. */
  inverse: readonly Float32Array[];
}

/** Linear models a·I + b of every cell of a box, averaged over the windows that it is in: [box height, box width]. */
export interface Fit {
  box: Box;
  a: Triple<Float32Array>;
  b: Float32Array;
}

const CHANNELS = [0, 1, 2] as const;
const each = <T>(make: (channel: 0 | 1 | 2) => T): Triple<T> => [make(0), make(1), make(2)];

/**
 * The guide averaged on a grid whose longer side has at most `cells` cells, and the statistics of every window of
 * (2·radius + 1)² cells. `epsilon` is a variance on a scale where full colour is 1.
 */
function guideWindows(guide: Guide, { width, height }: Size, radius: number, epsilon: number): Windows {
  const colours = averageColours(guide, width, height);
  const whole = { left: 0, top: 0, right: width, bottom: height };
  const mean = (plane: Float32Array) => boxMean(plane, whole, { width, height }, radius);
  const means = each((c) => mean(colours[c]));
  const ridge = epsilon * 255 ** 2;
  const covariance = (i: 0 | 1 | 2, j: 0 | 1 | 2) => {
    const products = mean(colours[i].map((value, at) => value * colours[j][at]!));
    for (let at = 0; at < products.length; at++) products[at]! -= means[i][at]! * means[j][at]!;
    if (i === j) for (let at = 0; at < products.length; at++) products[at]! += ridge;
    return products;
  };
  const [c00, c01, c02] = [covariance(0, 0), covariance(0, 1), covariance(0, 2)];
  const [c11, c12, c22] = [covariance(1, 1), covariance(1, 2), covariance(2, 2)];
  // Inverted in place.
  for (let at = 0; at < c00.length; at++) {
    const [s00, s01, s02] = [c00[at]!, c01[at]!, c02[at]!];
    const [s11, s12, s22] = [c11[at]!, c12[at]!, c22[at]!];
    const m00 = s11 * s22 - s12 * s12;
    const m01 = s02 * s12 - s01 * s22;
    const m02 = s01 * s12 - s02 * s11;
    const scale = 1 / (s00 * m00 + s01 * m01 + s02 * m02);
    c00[at] = m00 * scale;
    c01[at] = m01 * scale;
    c02[at] = m02 * scale;
    c11[at] = (s00 * s22 - s02 * s02) * scale;
    c12[at] = (s01 * s02 - s00 * s12) * scale;
    c22[at] = (s00 * s11 - s01 * s01) * scale;
  }
  return { width, height, radius, colours, means, inverse: [c00, c01, c02, c11, c12, c22] };
}

/**
 * The linear function of colour that is nearest to `target` in every window, averaged over the windows around each cell.
 * `target` [box height, box width] is 0 beyond the box and within two radii of its inner sides.
 */
function fitColours(windows: Windows, target: Float32Array, box: Box): Fit {
  const { width, radius, colours, means, inverse } = windows;
  const [i00, i01, i02, i11, i12, i22] = inverse as Tuple<Float32Array, 6>;
  const across = box.right - box.left;
  const mean = (plane: Float32Array) => boxMean(plane, box, windows, radius);
  const b = mean(target);
  const a = each((c) => {
    const product = new Float32Array(target.length);
    for (let y = box.top, at = 0; y < box.bottom; y++)
      for (let x = 0, cell = y * width + box.left; x < across; x++, at++, cell++)
        product[at] = target[at]! * colours[c][cell]!;
    return mean(product);
  });
  for (let y = box.top, at = 0; y < box.bottom; y++) {
    for (let x = 0, cell = y * width + box.left; x < across; x++, at++, cell++) {
      const level = b[at]!;
      const [m0, m1, m2] = [means[0][cell]!, means[1][cell]!, means[2][cell]!];
      const [v0, v1, v2] = [a[0][at]! - m0 * level, a[1][at]! - m1 * level, a[2][at]! - m2 * level];
      const a0 = i00[cell]! * v0 + i01[cell]! * v1 + i02[cell]! * v2;
      const a1 = i01[cell]! * v0 + i11[cell]! * v1 + i12[cell]! * v2;
      const a2 = i02[cell]! * v0 + i12[cell]! * v1 + i22[cell]! * v2;
      a[0][at] = a0;
      a[1][at] = a1;
      a[2][at] = a2;
      b[at] = level - a0 * m0 - a1 * m1 - a2 * m2;
    }
  }
  return { box, a: each((c) => mean(a[c])), b: mean(b) };
}

/** The greatest score so far of every pixel, and whose it is: [guide.height, guide.width]. */
interface Argmax {
  best: Float32Array;
  labels: Uint16Array;
  /** Only these pixels count; absent: all. */
  within: Region | undefined;
}

/**
 * Scores pixels of the guide by a·I + b, a and b interpolated bilinearly between cells: a pixel whose score beats its best
 * so far takes `label`.
 * `across`, `down`: the cells around every pixel.
 */
function updateArgmax(
  guide: Guide,
  { box, a, b }: Fit,
  [across, down]: readonly [LinearWeights, LinearWeights],
  label: number,
  { best, labels, within }: Argmax,
): void {
  const { width, data } = guide;
  const cells = box.right - box.left;
  const planes = [...a, b];
  const lines = planes.map(() => new Float32Array(cells));
  const [l0, l1, l2, l3] = lines as [Float32Array, Float32Array, Float32Array, Float32Array];
  const [fromX, toX] = pixelsWithin(across, box.left, box.right);
  const [fromY, toY] = pixelsWithin(down, box.top, box.bottom);
  for (let y = fromY; y < toY; y++) {
    const top = (Math.max(down.before[y]!, box.top) - box.top) * cells;
    const bottom = (Math.min(down.after[y]!, box.bottom - 1) - box.top) * cells;
    const v = down.weight[y]!;
    for (const [i, plane] of planes.entries()) {
      const line = lines[i]!;
      for (let x = 0; x < cells; x++) line[x] = (1 - v) * plane[top + x]! + v * plane[bottom + x]!;
    }
    for (let x = fromX, at = y * width + fromX; x < toX; x++, at++) {
      if (within && within.labels[at] !== within.label) continue;
      const left = Math.max(across.before[x]!, box.left) - box.left;
      const right = Math.min(across.after[x]!, box.right - 1) - box.left;
      const u = across.weight[x]!;
      const score =
        (l0[left]! + u * (l0[right]! - l0[left]!)) * data[4 * at]! +
        (l1[left]! + u * (l1[right]! - l1[left]!)) * data[4 * at + 1]! +
        (l2[left]! + u * (l2[right]! - l2[left]!)) * data[4 * at + 2]! +
        (l3[left]! + u * (l3[right]! - l3[left]!));
      if (score <= best[at]!) continue;
      best[at] = score;
      labels[at] = label;
    }
  }
}

/** The pixels of an axis that have a cell of [from, to) beside them, half open. */
function pixelsWithin({ before, after }: LinearWeights, from: number, to: number): [number, number] {
  let first = 0;
  while (first < after.length && after[first]! < from) first++;
  let last = before.length;
  while (last > first && before[last - 1]! >= to) last--;
  return [first, last];
}

function averageColours(guide: Guide, width: number, height: number): Triple<Float32Array> {
  const sums = each(() => new Float32Array(width * height));
  const counts = new Float32Array(width * height);
  const columnOf = Int32Array.from({ length: guide.width }, (_, x) => Math.floor((x * width) / guide.width));
  for (let y = 0, at = 0; y < guide.height; y++) {
    const row = Math.floor((y * height) / guide.height) * width;
    for (let x = 0; x < guide.width; x++, at += 4) {
      const cell = row + columnOf[x]!;
      counts[cell]!++;
      for (const c of CHANNELS) sums[c][cell]! += guide.data[at + c]!;
    }
  }
  for (const plane of sums) for (let cell = 0; cell < plane.length; cell++) plane[cell]! /= counts[cell]!;
  return sums;
}

/**
 * Means over windows of (2·radius + 1)² cells, cut at the border of the whole grid; cells outside of the box count as 0.
 * Running sums: the time does not depend on the radius. [box height, box width] in and out.
 */
export function boxMean(plane: Float32Array, box: Box, whole: Size, radius: number): Float32Array {
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const out = new Float32Array(plane.length);
  const shares = (start: number, count: number, all: number) =>
    Float64Array.from({ length: count }, (_, i) => {
      const [low, high] = [Math.max(0, start + i - radius), Math.min(all - 1, start + i + radius)];
      return 1 / (high - low + 1);
    });
  const horizontal = shares(box.left, width, whole.width);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let sum = 0;
    for (let x = 0; x < Math.min(radius, width); x++) sum += plane[row + x]!;
    for (let x = 0; x < width; x++) {
      if (x + radius < width) sum += plane[row + x + radius]!;
      if (x > radius) sum -= plane[row + x - radius - 1]!;
      out[row + x] = sum * horizontal[x]!;
    }
  }
  const vertical = shares(box.top, height, whole.height);
  const lines = out.slice();
  const sums = new Float64Array(width);
  const add = (y: number, sign: 1 | -1) => {
    for (let x = 0, at = y * width; x < width; x++, at++) sums[x]! += sign * lines[at]!;
  };
  for (let y = 0; y < Math.min(radius, height); y++) add(y, 1);
  for (let y = 0; y < height; y++) {
    if (y + radius < height) add(y + radius, 1);
    if (y > radius) add(y - radius - 1, -1);
    for (let x = 0, at = y * width; x < width; x++, at++) out[at] = sums[x]! * vertical[y]!;
  }
  return out;
}
