import { isWithin, type Spans } from '../../lib/spans.ts';
import type { Looks } from '../mask/compositor.ts';
import type { Correction } from '../mask/corrections.ts';
import type { Effects } from '../mask/effects.ts';
import type { Paint } from '../mask/paint.ts';
import type { Trails } from '../mask/trail.ts';
import type { Clip, DecodedFrame } from '../video/types.ts';
import type { ExportNote } from './notes.ts';

/** What a user sees as one object, as a file gets it. */
export interface ExportObject {
  /** Its number in files, from 1; 0 is what belongs to no object. */
  index: number;
  name: string;
  /** Its class in files: the one that the user gave it, or its name where it has that of a user, or 'object'. */
  category: string;
  clusters: readonly number[];
}

/** Effects, and objects painted over the frames, as the page shows them. */
export interface Overlay {
  /** One per object, in their order, and one more for what belongs to none. */
  paints: readonly Paint[];
  /** One an object. */
  looks: Looks;
  effects: Effects;
  trails: Trails | null;
}

/** What comes in the background's place; blur as a share of the frame's longer side. */
export type Backdrop = { fill: 'blur'; radius: number } | { fill: 'colour'; colour: number };

export type Container = 'mp4' | 'webm';

export type VideoQuality = 'small' | 'good' | 'best';

/** What of the clip an export takes. */
export interface Selection {
  objects: readonly ExportObject[];
  /** Where objects are parts of clusters: a label for every cluster of the leaf level, which `objects` then name. */
  parts?: Int32Array;
  /** Corrections on top of the masks, in order. */
  strokes?: readonly Correction[];
  /** Outlines along the edges of the picture (the default), or smooth between the tokens. */
  edges?: boolean;
  /** A user's classes, in the order of their numbers: files have them all, before what else objects are called. */
  classes?: readonly string[];
  /** Frames of the clip, half open; `end` null: to the last. */
  start: number;
  end: number | null;
  /** Frames of the clip that a user marked as reviewed. */
  reviewed?: Spans;
  /** Of the frames only these; for formats whose frames stand for themselves. */
  reviewedOnly?: boolean;
  /** Only the first frame, as a PNG of at most so many pixels a side: what the whole will look like. */
  still?: number;
}

/** What an export is made from. */
export interface ExportSource {
  clip: Clip;
  /** What the clip was opened from: the sound is read from it. */
  files: readonly File[];
  /** Whether a clip frame has masks of its own. */
  isMasked(frame: number): boolean;
  /**
   * Cluster of every pixel of a clip frame at a size, [height, width]; null where it has no masks. `decoded`: the frame, where it
   * is at hand.
   */
  labels(
    frame: number,
    width: number,
    height: number,
    decoded?: DecodedFrame,
  ): Uint16Array | null | Promise<Uint16Array | null>;
}

export interface ExportProgress {
  /** Frames. */
  done: number;
  total: number;
  /** Seconds left, once it can be estimated. */
  left: number | null;
}

export interface ExportResult {
  bytes: number;
  frames: number;
  /** The file where it was not written to a place that the user chose. */
  file: File | null;
  /** What differs from the source. */
  notes: readonly ExportNote[];
}

/** Frames that a selection takes: clip frames [start, end). */
export function frameRange(selection: Pick<Selection, 'start' | 'end'>, frameCount: number) {
  const start = Math.min(Math.max(0, selection.start), frameCount - 1);
  const end = Math.min(Math.max(start + 1, selection.end ?? frameCount), frameCount);
  return { start, end, count: end - start };
}

/** The frames themselves, ascending: all of the range, or those that were reviewed. */
export function framesOf(
  selection: Pick<Selection, 'start' | 'end' | 'reviewed' | 'reviewedOnly'>,
  frameCount: number,
): number[] {
  const { start, count } = frameRange(selection, frameCount);
  const all = Array.from({ length: count }, (_, place) => start + place);
  const { reviewed = [], reviewedOnly = false } = selection;
  return reviewedOnly ? all.filter((frame) => isWithin(reviewed, frame)) : all;
}
