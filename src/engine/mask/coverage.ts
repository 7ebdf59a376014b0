import type { Edge } from './effects.ts';
import type { LabelMap } from './types.ts';

/** Where a coverage is written: every `step`-th byte from `from` on. */
export interface Plane {
  bytes: Uint8Array | Uint8ClampedArray;
  from: number;
  step: number;
}

/**
 * Share of every pixel that the labels marked in `inside` cover, 0..255, [height, width]: ½ + (d + shift) / feather
 * within 0..1, d being the Euclidean distance to the edge of the mask in pixels of the map, positive inside. The border
 * of the picture is no edge.
 */
export function cover({ width, height, labels }: LabelMap, inside: Uint8Array, edge: Edge, to: Plane): void {
  const { bytes, from, step } = to;
  const mask = new Uint8Array(labels.length);
  for (let i = 0; i < mask.length; i++) mask[i] = inside[labels[i]!]!;
  const reach = edge.feather === 0 && edge.shift === 0 ? 0 : Math.abs(edge.shift) + edge.feather / 2;
  /** Distances from here on make no difference. */
  const far = Math.ceil(reach) + 1;
  const shares = sharesOf(edge, far);
  const down = columnDistances(mask, width, height, far);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    // Pixels from which no edge can be seen are most of them, and are not searched from.
    let last = -2 * far;
    let next = nextEdge(mask, down, row, 0, width, far);
    for (let x = 0; x < width; x++) {
      if (x === next) {
        last = x;
        next = nextEdge(mask, down, row, x + 1, width, far);
      }
      const at = row + x;
      const near = x - last < far || next - x < far;
      const squared = near ? nearest(mask, down, row, x, width) : far * far;
      bytes[from + at * step] = shares[mask[at]! * (far * far + 1) + squared]!;
    }
  }
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

/** Rows to the nearest pixel of the other side in the same column, at most `far`. */
function columnDistances(mask: Uint8Array, width: number, height: number, far: number): Uint16Array {
  const out = new Uint16Array(mask.length).fill(far);
  for (let i = width; i < out.length; i++)
    out[i] = mask[i] === mask[i - width] ? Math.min(far, out[i - width]! + 1) : 1;
  for (let i = width * (height - 1) - 1; i >= 0; i--)
    out[i] = mask[i] === mask[i + width] ? Math.min(out[i]!, out[i + width]! + 1) : 1;
  return out;
}

/** First place of a row, from `x` on, that has an edge above, below or at its left. */
function nextEdge(
  mask: Uint8Array,
  down: Uint16Array,
  row: number,
  x: number,
  width: number,
  far: number,
): number {
  for (let at = x; at < width; at++)
    if (down[row + at]! < far || (at > 0 && mask[row + at] !== mask[row + at - 1])) return at;
  return width + far;
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
