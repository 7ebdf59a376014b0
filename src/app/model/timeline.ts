import type { Size } from '../../lib/size.ts';

/** Frame that is on screen at `seconds`: the last that has begun. `timestamps` ascending. */
export function frameAt(timestamps: ArrayLike<number>, seconds: number): number {
  let low = 0;
  let high = timestamps.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (timestamps[middle]! <= seconds + 1e-6) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * What is played round and round from a frame, as the seconds it begins at and lasts: the part [start, end) where the frame
 * lies in it, or else the whole clip. `duration`: of the clip; 0 where it is not known.
 */
export function playedFrom(
  frame: number,
  { timestamps, duration }: { timestamps: ArrayLike<number>; duration: number },
  part: { start: number; end: number | null } | null,
): { from: number; length: number } {
  const first = timestamps[0] ?? 0;
  const whole = { from: first, length: duration > 0 ? duration : timestamps.length };
  if (!part || frame < part.start || frame >= (part.end ?? timestamps.length)) return whole;
  const from = timestamps[part.start] ?? first;
  const to = part.end === null ? undefined : timestamps[part.end];
  const length = (to ?? first + whole.length) - from;
  return length > 0 ? { from, length } : whole;
}

/** Place in `frames` (ascending) of the one nearest to `frame`; the earlier one on a tie. */
export function nearest(frames: ArrayLike<number>, frame: number): number {
  const before = frameAt(frames, frame);
  const after = Math.min(frames.length - 1, before + 1);
  return Math.abs(frames[after]! - frame) < Math.abs(frames[before]! - frame) ? after : before;
}

export const clampFrame = (frame: number, count: number): number =>
  Math.min(count - 1, Math.max(0, Math.round(frame)));

/** Middle of a frame's span on the timeline, 0..1. */
export const positionOf = (frame: number, count: number): number => (count <= 0 ? 0 : (frame + 0.5) / count);

/** Frame under a position 0..1 of the timeline. */
export const frameUnder = (position: number, count: number): number =>
  clampFrame(Math.floor(position * count), count);

/** Frames a second, from the median gap between frames, which a few late ones do not move. */
export function frameRate(timestamps: ArrayLike<number>): number {
  const gaps = Array.from(
    { length: Math.max(0, timestamps.length - 1) },
    (_, i) => timestamps[i + 1]! - timestamps[i]!,
  )
    .filter((gap) => gap > 0)
    .sort((a, b) => a - b);
  const middle = gaps[Math.floor(gaps.length / 2)];
  return middle ? 1 / middle : 0;
}

/** Columns of a lane, at most: more would not be seen, and a path of thousands takes the browser long. */
const COLUMNS = 1024;

/**
 * How much there is of something in each processed frame, as an SVG path in a box of one unit a clip frame × 1. Of a long clip
 * several frames share a column, as high as the most of them.
 */
export function lanePath(presence: ArrayLike<number>, frames: ArrayLike<number>): string {
  const step = Math.ceil(presence.length / COLUMNS);
  let top = 1e-9;
  for (let i = 0; i < presence.length; i++) top = Math.max(top, presence[i]!);
  const parts: string[] = [];
  for (let from = 0; from < presence.length; from += step) {
    const end = Math.min(presence.length, from + step);
    let most = 0;
    for (let i = from; i < end; i++) most = Math.max(most, presence[i]!);
    if (most <= 0) continue;
    // The square root keeps small appearances in sight beside large ones.
    const height = 0.25 + 0.75 * Math.sqrt(most / top);
    parts.push(`M${frames[from]} 1V${trim(1 - height)}H${frames[end - 1]! + 1}V1Z`);
  }
  return parts.join('');
}

const trim = (value: number): number => Math.round(value * 1000) / 1000;

/** Clip frames of [first, end) that are not among `frames`, ascending, as half-open spans. */
export function gapsBetween(frames: ArrayLike<number>, first: number, end: number): [number, number][] {
  const gaps: [number, number][] = [];
  let from = first;
  for (let i = 0; i <= frames.length; i++) {
    const to = i < frames.length ? frames[i]! : end;
    if (to > from) gaps.push([from, to]);
    from = to + 1;
  }
  return gaps;
}

/** Where values hold something, as half-open spans of places. */
export function spansOf(values: ArrayLike<number>, holds: (value: number) => boolean): [number, number][] {
  const spans: [number, number][] = [];
  for (let from = 0; from < values.length; ) {
    let to = from;
    while (to < values.length && holds(values[to]!)) to++;
    if (to > from) spans.push([from, to]);
    from = to + 1;
  }
  return spans;
}

/** At most `most` places of `count`, spread evenly, the first and the last among them. */
export function spreadOver(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, place) => place);
  return Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)));
}

/** Largest size of two of the shape, side by side or one above the other, within a box; `beside`: which of these. */
export function fittedPair(
  shape: Size,
  { width, height }: Size,
  gap: number,
): { width: number; height: number; beside: boolean } {
  const beside = fitted(shape, { width: Math.max(0, (width - gap) / 2), height });
  const above = fitted(shape, { width, height: Math.max(0, (height - gap) / 2) });
  return beside.width >= above.width ? { ...beside, beside: true } : { ...above, beside: false };
}

/** Largest size of the shape width : height within a box. */
export function fitted(shape: Size, box: Size): Size {
  const scale = Math.min(box.width / shape.width, box.height / shape.height);
  return { width: Math.max(1, shape.width * scale), height: Math.max(1, shape.height * scale) };
}
