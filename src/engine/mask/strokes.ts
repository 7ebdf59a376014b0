import { linearWeights } from '../../lib/linear.ts';
import type { Cells } from '../../lib/size.ts';
import type { Grid } from '../backend/types.ts';
import { nearestFrame } from './upsample.ts';

/** Labels that a map can hold. */
export const LABELS = 2 ** 16;
/** What belongs to no object: a label that no cluster has. */
export const NOTHING = LABELS - 1;

/**
 * A correction as plain data: where a brush went on one frame, and the tokens of the other frames that its attention
 * found for it. A list of strokes is applied in order, so that undoing one is leaving it out.
 */
export interface Stroke {
  /** Clip frame that was painted on. */
  frame: number;
  /** Label that the painted pixels get; NOTHING: erased. */
  to: number;
  /** Labels that give way; all others stay. */
  from: readonly number[];
  /** The brush's way: x, y, x, y, … as shares of the picture's width and height. */
  points: readonly number[];
  /** Share of the picture's width. */
  radius: number;
  /** Tokens of other processed frames that go with it, ascending. */
  carried: Int32Array;
}

/** What strokes are applied to: the tokens' grid, and the clip frame of every processed frame. */
export interface Canvas {
  grid: Grid;
  frames: ArrayLike<number>;
}

/**
 * Corrects one clip frame's labels in place, [height, width]. Frames that show the painted frame's masks get the
 * stroke itself, to the pixel; all others the tokens that it was propagated to, upsampled bilinearly.
 */
export function applyStrokes(
  labels: Uint16Array,
  width: number,
  height: number,
  frame: number,
  strokes: readonly Stroke[],
  { grid, frames }: Canvas,
): void {
  const place = nearestFrame(frames, frame);
  for (const stroke of strokes) {
    const own = nearestFrame(frames, stroke.frame) === place;
    const covered = own
      ? strokePixels(stroke, width, height)
      : propagatedPixels(stroke.carried, grid, place, width, height);
    if (!covered) continue;
    const yielding = new Set(stroke.from);
    for (let i = 0; i < labels.length; i++)
      if (covered[i] === 1 && yielding.has(labels[i]!)) labels[i] = stroke.to;
  }
}

/** Pixels under a brush: 1 within its radius of its way. */
export function strokePixels(
  { points, radius }: Pick<Stroke, 'points' | 'radius'>,
  width: number,
  height: number,
): Uint8Array {
  const covered = new Uint8Array(width * height);
  const reach = radius * width;
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i]! * width, points[i + 1]! * height];
    const [fromX, fromY] = i === 0 ? [x, y] : [points[i - 2]! * width, points[i - 1]! * height];
    const [dx, dy] = [x - fromX, y - fromY];
    const length = dx * dx + dy * dy;
    const bottom = Math.min(height - 1, Math.floor(Math.max(y, fromY) + reach));
    const right = Math.min(width - 1, Math.floor(Math.max(x, fromX) + reach));
    for (let row = Math.max(0, Math.floor(Math.min(y, fromY) - reach)); row <= bottom; row++) {
      for (let column = Math.max(0, Math.floor(Math.min(x, fromX) - reach)); column <= right; column++) {
        const [px, py] = [column + 0.5 - fromX, row + 0.5 - fromY];
        const along = length > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / length)) : 0;
        const [awayX, awayY] = [px - along * dx, py - along * dy];
        if (awayX * awayX + awayY * awayY <= reach * reach) covered[row * width + column] = 1;
      }
    }
  }
  return covered;
}

/** Pixels that belong to the propagated tokens of a processed frame by half or more; null where it has none. */
function propagatedPixels(
  carried: Int32Array,
  { rows, columns }: Grid,
  place: number,
  width: number,
  height: number,
): Uint8Array | null {
  const n = rows * columns;
  const taken = new Uint8Array(n);
  let some = false;
  for (const token of carried) {
    if (Math.floor(token / n) !== place) continue;
    taken[token % n] = 1;
    some = true;
  }
  if (!some) return null;
  return smoothPixels(taken, { rows, columns }, width, height);
}

/** Pixels that belong to tokens by half or more, bilinearly between them. @param shares of every token, 0…1 */
export function smoothPixels(
  shares: ArrayLike<number>,
  { rows, columns }: Cells,
  width: number,
  height: number,
): Uint8Array {
  const across = linearWeights(width, columns);
  const down = linearWeights(height, rows);
  const covered = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    const [top, bottom, v] = [down.before[y]! * columns, down.after[y]! * columns, down.weight[y]!];
    for (let x = 0; x < width; x++, at++) {
      const [left, right, u] = [across.before[x]!, across.after[x]!, across.weight[x]!];
      const above = (1 - u) * shares[top + left]! + u * shares[top + right]!;
      const below = (1 - u) * shares[bottom + left]! + u * shares[bottom + right]!;
      covered[at] = Number((1 - v) * above + v * below >= 0.5);
    }
  }
  return covered;
}

/** Tokens of the painted frame whose middle the brush went over; the nearest one to its start where it is too fine. */
export function strokeTokens(
  stroke: Pick<Stroke, 'frame' | 'points' | 'radius'>,
  { grid, frames }: Canvas,
): number[] {
  const { rows, columns } = grid;
  const first = nearestFrame(frames, stroke.frame) * rows * columns;
  const covered = strokePixels(stroke, columns, rows);
  const tokens = [...covered.keys()].filter((token) => covered[token] === 1);
  const within = (share: number, count: number) =>
    Math.min(count - 1, Math.max(0, Math.floor(share * count)));
  const start = within(stroke.points[1]!, rows) * columns + within(stroke.points[0]!, columns);
  return (tokens.length > 0 ? tokens : [start]).map((token) => first + token);
}

/** Corrects the labels of tokens in place: those under the brush on its frame, the propagated ones on the others. */
export function correctTokens(labels: Int32Array, stroke: Stroke, canvas: Canvas): void {
  const yielding = new Set(stroke.from);
  for (const token of [...strokeTokens(stroke, canvas), ...stroke.carried])
    if (yielding.has(labels[token]!)) labels[token] = stroke.to;
}
