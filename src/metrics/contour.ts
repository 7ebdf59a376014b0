/**
 * Contour accuracy F of the DAVIS benchmark (Perazzi et al., CVPR 2016, Sec. 5; the measure itself is Martin et al.,
 * PAMI 2004): precision and recall of contour pixels, where a pixel counts as found when the other contour passes
 * within a tolerance of it. As in the benchmark's own evaluation, the tolerance is a disk and matching is not one to one.
 */
import type { Labels } from './labels.ts';

/** Radius in pixels within which contours count as equal: 0.8 % of the frame's diagonal, rounded up. */
export function tolerance(width: number, height: number, share = 0.008): number {
  return Math.ceil(share * Math.hypot(width, height));
}

/**
 * Contour pixels of each of `wanted` (ascending labels of the map), as ascending pixel indices; none for label 0.
 *
 * A pixel is on an object's contour where the object's mask differs between it and its neighbour to the right, below,
 * or below to the right. In terms of labels: unless those four are one label, the pixel is on the contour of each label
 * among them. The last row looks to the right only, the last column down only, the last pixel at nothing.
 */
export function contours({ width, height, labels }: Labels, wanted: Uint16Array): Int32Array[] {
  const place = new Int32Array((wanted.at(-1) ?? 0) + 1);
  for (const [i, label] of wanted.entries()) place[label] = i;
  const found: number[][] = Array.from(wanted, () => []);
  const note = (label: number, pixel: number) => {
    if (label !== 0) found[place[label]!]!.push(pixel);
  };
  for (let y = 0; y < height; y++) {
    const below = y + 1 < height ? width : 0;
    let b = labels[y * width]!;
    let d = labels[y * width + below]!;
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      // What was to the right, and below to the right, is now here and below.
      const a = b;
      const c = d;
      const right = pixel + 1;
      b = x + 1 < width ? labels[right]! : a;
      d = x + 1 < width ? labels[right + below]! : a;
      if (a === b && a === c && a === d) continue;
      note(a, pixel);
      if (b !== a) note(b, pixel);
      if (c !== a && c !== b) note(c, pixel);
      if (d !== a && d !== b && d !== c) note(d, pixel);
    }
  }
  return found.map((pixels) => Int32Array.from(pixels));
}

/**
 * How many pixels of each contour in `from` lie within `radius` of each contour in `to`: [from, to].
 * Every contour of `to` is dilated by a disk into a bitmap; contours are sparse, so spans are set pixel by pixel.
 */
export function contourMatches(
  from: readonly Int32Array[],
  to: readonly Int32Array[],
  width: number,
  height: number,
  radius: number,
): Uint32Array {
  const near = new Uint8Array(width * height);
  const spans = diskSpans(radius);
  const counts = new Uint32Array(from.length * to.length);
  for (const [column, target] of to.entries()) {
    if (target.length === 0) continue;
    near.fill(0);
    dilate(target, near, width, height, spans);
    for (const [row, pixels] of from.entries()) {
      let hits = 0;
      for (let i = 0; i < pixels.length; i++) hits += near[pixels[i]!]!;
      counts[row * to.length + column] = hits;
    }
  }
  return counts;
}

/** Half width of a disk in each of its rows, from -radius to radius: x² + y² ≤ radius². */
function diskSpans(radius: number): Int32Array {
  return Int32Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.floor(Math.sqrt(radius ** 2 - (i - radius) ** 2)),
  );
}

/** Sets every pixel of `out` that a disk around a pixel of `pixels` covers. */
function dilate(pixels: Int32Array, out: Uint8Array, width: number, height: number, spans: Int32Array): void {
  const radius = (spans.length - 1) / 2;
  for (let i = 0; i < pixels.length; i++) {
    const x = pixels[i]! % width;
    const y = (pixels[i]! - x) / width;
    const last = Math.min(height - 1, y + radius);
    for (let row = Math.max(0, y - radius); row <= last; row++) {
      const half = spans[row - y + radius]!;
      out.fill(1, row * width + Math.max(0, x - half), row * width + Math.min(width, x + half + 1));
    }
  }
}

/**
 * F from contour lengths and matches: the harmonic mean of precision and recall. Two empty contours agree (1);
 * an empty one against any other gives 0.
 */
export function contourAccuracy(
  proposal: number,
  truth: number,
  proposalNearTruth: number,
  truthNearProposal: number,
): number {
  if (proposal === 0 && truth === 0) return 1;
  if (proposal === 0 || truth === 0) return 0;
  const precision = proposalNearTruth / proposal;
  const recall = truthNearProposal / truth;
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}
