import type { Edge } from './effects.ts';
import type { LabelMap } from './types.ts';

/**
 * Share of every pixel that the labels marked in `inside` cover, 0..255, [height, width]: ½ + (d + shift) / feather
 * within 0..1, d being the Euclidean distance to the edge of the mask in pixels of the map, positive inside. The border
 * of the picture is no edge.
 */
export function coverage(
  { width, height, labels }: LabelMap,
  inside: Uint8Array,
  { feather, shift }: Edge,
): Uint8Array {
  const reach = feather === 0 && shift === 0 ? 0 : Math.abs(shift) + feather / 2;
  /** Distances from here on make no difference. */
  const far = Math.ceil(reach) + 1;
  const shares = sharesOf({ feather, shift }, far);
  const { mask, left, right } = maskOf(labels, inside, width, height);
  // Most of a picture lies far from any edge: only what is near to one is searched.
  const nearLeft = widened(left, -far, far, Math.min);
  const nearRight = widened(right, far, far, Math.max);
  const from = Math.max(
    0,
    nearLeft.reduce((least, x) => Math.min(least, x), width),
  );
  const to = Math.min(
    width,
    nearRight.reduce((most, x) => Math.max(most, x), 0),
  );
  const down = columnDistances(mask, width, height, from, to, far);
  const out = new Uint8Array(mask.length);
  const most = far * far;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const start = Math.min(width, Math.max(0, nearLeft[y]!));
    const end = Math.max(start, Math.min(width, nearRight[y]!));
    if (start > 0) out.fill(255 * mask[row]!, row, row + start);
    if (end < width) out.fill(255 * mask[row + width - 1]!, row + end, row + width);
    let last = start - 2 * far;
    let next = nextEdge(mask, down, row, start, end, far);
    for (let x = start; x < end; x++) {
      if (x === next) {
        last = x;
        next = nextEdge(mask, down, row, x + 1, end, far);
      }
      const at = row + x;
      const near = x - last < far || next - x < far;
      const squared = near ? nearest(mask, down, row, x, width) : most;
      out[at] = shares[mask[at]! * (most + 1) + squared]!;
    }
  }
  return out;
}

/** The mask, and of every row the first and last place beside an edge to the left or above; none: beyond the row's ends. */
function maskOf(labels: Uint16Array, inside: Uint8Array, width: number, height: number) {
  const mask = new Uint8Array(labels.length);
  const left = new Int32Array(height).fill(BEYOND);
  const right = new Int32Array(height).fill(-BEYOND);
  for (let y = 0, at = 0; y < height; y++) {
    const above = y === 0 ? 0 : -width;
    let before = inside[labels[at]!]!;
    for (let x = 0; x < width; x++, at++) {
      const own = inside[labels[at]!]!;
      mask[at] = own;
      if (own === before && own === mask[at + above]) continue;
      before = own;
      if (left[y] === BEYOND) left[y] = x;
      right[y] = x + 1;
    }
  }
  return { mask, left, right };
}

const BEYOND = 2 ** 24;

/** The least, or the largest, of what lies within `rows` rows, moved by so much. */
function widened(
  values: Int32Array,
  by: number,
  rows: number,
  pick: (a: number, b: number) => number,
): Int32Array {
  return values.map((own, y) => {
    let found = own;
    const end = Math.min(values.length - 1, y + rows);
    for (let other = Math.max(0, y - rows); other <= end; other++) found = pick(found, values[other]!);
    return found + by;
  });
}

/** Coverage by squared distance to the nearest pixel of the other side: those outside first, then those inside. */
function sharesOf({ feather, shift }: Edge, far: number): Uint8ClampedArray {
  const most = far * far;
  const shares = new Uint8ClampedArray(2 * (most + 1));
  for (const side of [0, 1]) {
    for (let squared = 0; squared <= most; squared++) {
      const distance = (side === 1 ? 1 : -1) * (Math.sqrt(squared) - 0.5) + shift;
      const share = feather > 0 ? 0.5 + distance / feather : Number(distance > 0);
      shares[side * (most + 1) + squared] = squared === most ? 255 * side : 255 * share;
    }
  }
  return shares;
}

/** Rows to the nearest pixel of the other side in the same column, at most `far`; of columns `from` to `to`. */
function columnDistances(
  mask: Uint8Array,
  width: number,
  height: number,
  from: number,
  to: number,
  far: number,
): Uint16Array {
  const out = new Uint16Array(mask.length).fill(far);
  for (let y = 1; y < height; y++) {
    for (let at = y * width + from, end = y * width + to; at < end; at++)
      out[at] = mask[at] === mask[at - width] ? Math.min(far, out[at - width]! + 1) : 1;
  }
  for (let y = height - 2; y >= 0; y--) {
    for (let at = y * width + from, end = y * width + to; at < end; at++)
      out[at] = mask[at] === mask[at + width] ? Math.min(out[at]!, out[at + width]! + 1) : 1;
  }
  return out;
}

/** First place of a row from `x` to `end` that has an edge above, below or at its left; far beyond the end where none has. */
function nextEdge(
  mask: Uint8Array,
  down: Uint16Array,
  row: number,
  x: number,
  end: number,
  far: number,
): number {
  for (let at = x; at < end; at++)
    if (down[row + at]! < far || (at > 0 && mask[row + at] !== mask[row + at - 1])) return at;
  return end + far;
}

/** Squared distance to the nearest pixel of the other side, at most far². */
function nearest(mask: Uint8Array, down: Uint16Array, row: number, x: number, width: number): number {
  const own = mask[row + x]!;
  let best = down[row + x]! ** 2;
  for (let away = 1; away * away < best; away++) {
    const left = x - away;
    const right = x + away;
    const squared = away * away;
    if (left >= 0) {
      const rows = mask[row + left] === own ? down[row + left]! : 0;
      best = Math.min(best, squared + rows * rows);
    }
    if (right < width) {
      const rows = mask[row + right] === own ? down[row + right]! : 0;
      best = Math.min(best, squared + rows * rows);
    }
  }
  return best;
}
