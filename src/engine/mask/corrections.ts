import type { Cells } from '../../lib/size.ts';
import type { Guide, GuidedFilter } from '../backend/guided.ts';
import { applyStrokes, type Canvas, correctTokens, NOTHING, type Stroke, smoothPixels } from './strokes.ts';
import { nearestFrame } from './upsample.ts';

/** A click on a clip frame; x and y are shares of the picture's width and height. */
export interface Click {
  frame: number;
  x: number;
  y: number;
  /** The object is here; else it is not. */
  positive: boolean;
}

/**
 * An object that clicks made, or a part that they gave to another or took away, as plain data: the clicks, and the tokens that
 * were found for them in every frame.
 */
export interface Prompted {
  clicks: readonly Click[];
  /** A label of its own, that no cluster has; of a part that of its object, NOTHING where it is taken away. */
  to: number;
  /** Labels that do not give way to it. */
  keeps: readonly number[];
  /** Tokens of the processed frames that belong to it, ascending, and how much, in 1/255. */
  tokens: Int32Array;
  shares: Uint8Array;
}

/** What a user changes of a run's masks: a stroke of the brush, or an object made by clicks. They apply in order. */
export type Correction = Stroke | Prompted;

/** Objects made by hand, in one document at most. */
const MOST_MADE = 1024;
/** From this label up to NOTHING they are kept for such objects. */
export const FIRST_MADE = NOTHING - MOST_MADE;

/** Whether a label is that of an object made by hand, in every run alike. */
export const isMade = (label: number): boolean => label >= FIRST_MADE && label < NOTHING;

export const isPrompted = (correction: Correction): correction is Prompted => 'clicks' in correction;

/** From how much of every token belongs to an object, the pixels that do, [height, width] of 0 and 1. */
export type Outline = (shares: Float32Array) => Promise<ArrayLike<number>>;

/** Corrects one clip frame's labels in place, [height, width]. `outline`: along a picture's edges; smooth where it is null. */
export async function applyCorrections(
  labels: Uint16Array,
  width: number,
  height: number,
  frame: number,
  corrections: readonly Correction[],
  canvas: Canvas,
  outline: Outline | null,
): Promise<void> {
  const place = nearestFrame(canvas.frames, frame);
  for (const correction of corrections) {
    if (!isPrompted(correction)) {
      applyStrokes(labels, width, height, frame, [correction], canvas);
      continue;
    }
    const shares = sharesIn(correction, place, canvas.grid);
    if (!shares) continue;
    const covered = outline ? await outline(shares) : smoothPixels(shares, canvas.grid, width, height);
    const kept = new Set(correction.keeps);
    for (let i = 0; i < labels.length; i++)
      if (covered[i]! > 0 && !kept.has(labels[i]!)) labels[i] = correction.to;
  }
}

/** How much every token of a processed frame belongs to an object, 0…1; null where none does. */
export function sharesIn(
  { tokens, shares }: Pick<Prompted, 'tokens' | 'shares'>,
  place: number,
  { rows, columns }: Cells,
): Float32Array | null {
  const n = rows * columns;
  const first = lowerBound(tokens, place * n);
  const end = lowerBound(tokens, (place + 1) * n);
  if (first === end) return null;
  const plane = new Float32Array(n);
  for (let i = first; i < end; i++) plane[tokens[i]! - place * n] = shares[i]! / 255;
  return plane;
}

/** Place of the first of ascending values that is `least` or more. */
function lowerBound(values: Int32Array, least: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Pixels of an object along the edges of the picture: a guided filter of it against the rest. */
export async function guidedOutline(
  shares: Float32Array,
  grid: Cells,
  guide: Guide,
  filter: GuidedFilter,
): Promise<Uint16Array> {
  const box = { left: 0, top: 0, right: grid.columns, bottom: grid.rows };
  return filter(
    grid,
    guide,
  )([
    { label: 0, values: shares.map((share) => 1 - share), box },
    { label: 1, values: shares, box },
  ]);
}

/**
 * Labels of all tokens with the corrections on them: what they count for. Of an object made by clicks, its tokens of
 * half or more.
 */
export function correctedLabels(
  labels: Int32Array,
  corrections: readonly Correction[],
  canvas: Canvas,
): Int32Array {
  if (corrections.length === 0) return labels;
  const corrected = labels.slice();
  for (const correction of corrections) {
    if (!isPrompted(correction)) {
      correctTokens(corrected, correction, canvas);
      continue;
    }
    const { tokens, shares, to } = correction;
    const kept = new Set(correction.keeps);
    for (const [i, token] of tokens.entries())
      if (shares[i]! >= 128 && !kept.has(corrected[token]!)) corrected[token] = to;
  }
  return corrected;
}
