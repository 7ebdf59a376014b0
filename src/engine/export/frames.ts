import { yieldToEvents } from '../../lib/events.ts';
import type { Size } from '../../lib/size.ts';
import { LABELS } from '../mask/strokes.ts';
import { decodableFrames } from '../video/lost.ts';
import type { DecodedFrame } from '../video/types.ts';
import { type ExportObject, type ExportSource, frameRange, type Selection } from './types.ts';

/** One frame of an export. */
export interface ExportFrame {
  /** Clip frame. */
  index: number;
  /** Object of every pixel: its place in the order's list, or the list's length for none. [height, width] */
  places: Uint16Array;
}

export interface PicturedFrame extends ExportFrame {
  frame: DecodedFrame;
  /** Seconds from the first frame of the export. */
  timestamp: number;
  duration: number;
}

/** What is painted on. */
export interface Ground {
  size: Size;
  /** Pixels that one of the clip takes. */
  unit: number;
  /** How many objects were chosen. */
  objects: number;
}

/** A ground smaller than the clip, its shape kept; `scale` above 1 counts as 1. */
export function groundAt({ width, height }: Size, objects: number, scale: number): Ground {
  const unit = Math.min(1, scale);
  const size = {
    width: Math.max(1, Math.round(width * unit)),
    height: Math.max(1, Math.round(height * unit)),
  };
  return { size, unit, objects };
}

/** Called after every frame. */
export type Tick = () => void;

/** Masks of frames. The array is reused for every frame; those without masks have no object in them. */
export async function* maskFrames(
  source: ExportSource,
  selection: Selection,
  frames: readonly number[],
  { width, height }: Size,
  tick: Tick,
  signal: AbortSignal,
): AsyncGenerator<ExportFrame, void, undefined> {
  const places = placesIn(selection.objects, width * height);
  for (const index of frames) {
    signal.throwIfAborted();
    yield { index, places: places(await source.labels(index, width, height)) };
    tick();
    await yieldToEvents();
  }
}

/**
 * The same with the pictures, each closed once the next frame is asked for. Frames that cannot be decoded are passed over.
 *
 * @param lost takes those
 */
export async function* picturedFrames(
  source: ExportSource,
  selection: Selection,
  frames: readonly number[],
  lost: Set<number>,
  size: Size,
  tick: Tick,
  signal: AbortSignal,
): AsyncGenerator<PicturedFrame, void, undefined> {
  const { info } = source.clip;
  const { start, count } = frameRange(selection, info.frameCount);
  const places = placesIn(selection.objects, size.width * size.height);
  const times = frameTimes(info, start, count);
  for await (const frame of decodableFrames(source.clip, frames, lost, signal)) {
    try {
      const { index } = frame;
      yield {
        index,
        frame,
        places: places(await source.labels(index, size.width, size.height, frame)),
        timestamp: times.start[index - start]!,
        duration: times.duration[index - start]!,
      };
    } finally {
      frame.close();
    }
    tick();
    await yieldToEvents();
  }
}

/**
 * When each of `count` frames from `start` on begins, counted from the first of them, and how long it lasts; seconds.
 * Frames that the clip shows at one time are spread until the next: an exported video's times rise.
 */
export function frameTimes(
  { timestamps, duration }: { timestamps: Float64Array; duration: number },
  start: number,
  count: number,
): { start: Float64Array; duration: Float64Array } {
  const first = timestamps[start]!;
  const last = (timestamps[start + count] ?? timestamps[0]! + duration) - first;
  const begin = rising(
    timestamps.subarray(start, start + count).map((time) => time - first),
    last,
  );
  const end = Math.max(last, begin[count - 1]! + TICK);
  return { start: begin, duration: begin.map((time, place) => (begin[place + 1] ?? end) - time) };
}

/** The unit that WebM counts time in, seconds. */
const TICK = 0.001;

/** The ascending `times` without equal ones: each run is spread until the next, or `end`, a tick apart at least. */
function rising(times: Float64Array, end: number): Float64Array {
  const out = Float64Array.from(times);
  for (let from = 0, to = 0; from < times.length; from = to) {
    while (to < times.length && times[to] === times[from]) to++;
    const step = Math.max(TICK, ((times[to] ?? end) - times[from]!) / (to - from));
    for (let at = from; at < to; at++) {
      const spread = times[from]! + (at - from) * step;
      out[at] = at === 0 ? spread : Math.max(spread, out[at - 1]! + TICK);
    }
  }
  return out;
}

/** Makes cluster maps into maps of places in the list of objects, in one array used again and again. */
function placesIn(
  objects: readonly ExportObject[],
  pixels: number,
): (labels: Uint16Array | null) => Uint16Array {
  const placeOf = new Uint16Array(LABELS).fill(objects.length);
  objects.forEach(({ clusters }, place) => {
    for (const cluster of clusters) placeOf[cluster] = place;
  });
  const places = new Uint16Array(pixels);
  return (labels) => {
    if (!labels) return places.fill(objects.length);
    for (let i = 0; i < pixels; i++) places[i] = placeOf[labels[i]!]!;
    return places;
  };
}
