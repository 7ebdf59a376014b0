import { lostWith } from './lost.ts';
import type { Clip, DecodedFrame } from './types.ts';

/** Side of the thumbnails that frames are compared by, in pixels. */
export const THUMBNAIL = { width: 32, height: 18 } as const;

/** Levels of a colour that a histogram distinguishes. */
const BINS = 8;
/** Least change of picture and of colours from one frame to the next that a cut makes, 0…1. */
const LEAST_CHANGE = 0.08;
const LEAST_COLOUR_CHANGE = 0.25;
/** A cut changes the picture by so many times what the frames around it change. */
const PROMINENCE = 3;
/** Frames on either side that a change is held against. */
const AROUND = 6;
/** A shot has at least so many frames: shorter ones are flashes, or parts of a fast dissolve. */
const LEAST_FRAMES = 4;

/** Frames before a frame that its colours are held against: flashes are no longer than two. */
const LOOK_BACK = 3;

/** What is seen of a frame to find cuts by. */
export interface Signature {
  /** RGB of the thumbnail, 0…255. */
  pixels: Uint8Array;
  /** Share of the pixels in each bin of RGB. */
  histogram: Float32Array;
}

/** @param rgba of the frame, scaled to THUMBNAIL */
export function signatureOf(rgba: Uint8ClampedArray): Signature {
  const count = rgba.length / 4;
  const pixels = new Uint8Array(3 * count);
  const histogram = new Float32Array(BINS ** 3);
  for (let i = 0; i < count; i++) {
    let bin = 0;
    for (let channel = 0; channel < 3; channel++) {
      const value = rgba[4 * i + channel]!;
      pixels[3 * i + channel] = value;
      bin = bin * BINS + Math.floor((value * BINS) / 256);
    }
    histogram[bin]! += 1 / count;
  }
  return { pixels, histogram };
}

/** Mean difference of the pixels of two frames, 0…1. */
function pictureChange({ pixels: a }: Signature, { pixels: b }: Signature): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / (255 * a.length);
}

/** Half the sum of the differences of two histograms, 0…1. */
function colourChange({ histogram: a }: Signature, { histogram: b }: Signature): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / 2;
}

/** How a frame differs from those before it, 0…1: all that cuts are found by. */
export interface Change {
  /** Its picture from that of the frame before it. */
  picture: number;
  /** Its colours from those of the frame before it, of the one before that, and of the third. */
  colours: readonly number[];
}

/** @param before the frames before it, the nearest first: three, or what there are */
export const changeFrom = (signature: Signature, before: readonly Signature[]): Change => ({
  picture: before[0] ? pictureChange(before[0], signature) : 0,
  colours: before.slice(0, LOOK_BACK).map((other) => colourChange(other, signature)),
});

/** Frames of a shot, half open. */
export interface Shot {
  start: number;
  end: number;
}

/**
 * Shots of consecutive frames. A cut changes both the picture and its colours at once, far more than the frames around it
 * do, and the frames behind it stay changed: a flash, after which the picture is as before, is none.
 *
 * @param first number of the first frame
 */
export function shotsOf(changes: readonly Change[], first = 0): Shot[] {
  const shots: Shot[] = [];
  let start = 0;
  for (let at = 1; at < changes.length; at++) {
    if (at - start < LEAST_FRAMES || changes.length - at < LEAST_FRAMES) continue;
    if (!isCut(at, changes)) continue;
    shots.push({ start: first + start, end: first + at });
    start = at;
  }
  shots.push({ start: first + start, end: first + changes.length });
  return shots;
}

function isCut(at: number, changes: readonly Change[]): boolean {
  const { picture, colours } = changes[at]!;
  if (picture < LEAST_CHANGE || (colours[0] ?? 0) < LEAST_COLOUR_CHANGE) return false;
  const around = changes
    .slice(Math.max(1, at - AROUND), at + AROUND + 1)
    .filter((other) => other !== changes[at])
    .map((other) => other.picture)
    .sort((a, b) => a - b);
  if (picture < PROMINENCE * (around[around.length >> 1] ?? 0)) return false;
  // After a flash the picture is what it was before: neither its first frame nor the first one behind it is a cut's.
  const differ = (colours: number | undefined) => colours === undefined || colours >= LEAST_COLOUR_CHANGE / 2;
  return [1, 2].every((away) => differ(changes[at + away]?.colours[away]) && differ(colours[away]));
}

/** What one pass over a part of a clip gives, before anything is looked for in it. */
export interface Survey {
  shots: Shot[];
  /** Frames that cannot be decoded. */
  lost: Set<number>;
}

/**
 * Goes through the frames [start, end) of a clip: however long it is, that is little beside following them, and what follows
 * must not go across a cut. A frame that cannot be decoded counts as if it were the one before it.
 * @throws `video/…` where none can be, and the signal's reason
 */
export async function surveyClip(
  clip: Clip,
  { start, end }: Shot,
  report: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<Survey> {
  const lost = new Set<number>();
  const changes: Change[] = [];
  let before: readonly Signature[] = [];
  let failed: unknown;
  const reader = clip.reader();
  const seen = async (index: number): Promise<Signature | undefined> => {
    if (lost.has(index)) return undefined;
    try {
      const frame = await reader.at(index, signal);
      try {
        return signatureOf(thumbnailOf(frame));
      } finally {
        frame.close();
      }
    } catch (thrown) {
      for (const frame of lostWith(clip, index, thrown)) lost.add(frame);
      if (!lost.has(index)) throw thrown;
      failed ??= thrown;
      return undefined;
    }
  };
  try {
    for (let index = start; index < end; index++) {
      const own = (await seen(index)) ?? before[0];
      changes.push(own ? changeFrom(own, before) : { picture: 0, colours: [] });
      if (own) before = [own, ...before.slice(0, LOOK_BACK - 1)];
      report(changes.length, end - start);
    }
  } finally {
    reader.close();
  }
  if (before.length === 0) throw failed;
  return { shots: shotsOf(changes, start), lost };
}

/** A canvas of its own for thumbnails: that of whole frames would be drawn to at their size. */
let scratch: OffscreenCanvasRenderingContext2D | null = null;

/**
 * RGBA of a frame at THUMBNAIL, from a few samples of it: drawn at twice that size at once, then halved. Every pixel of the
 * frame would say no more of a cut, and is most of what a thumbnail costs.
 */
function thumbnailOf(frame: DecodedFrame): Uint8ClampedArray {
  const [width, height] = [2 * THUMBNAIL.width, 2 * THUMBNAIL.height];
  scratch ??= new OffscreenCanvas(width, height).getContext('2d', {
    alpha: false,
    willReadFrequently: true,
  })!;
  scratch.imageSmoothingQuality = 'low';
  scratch.fillStyle = 'black';
  scratch.fillRect(0, 0, width, height);
  frame.draw(scratch, width, height);
  return halved(scratch.getImageData(0, 0, width, height).data, width);
}

/** Means of squares of four pixels. */
function halved(rgba: Uint8ClampedArray, width: number): Uint8ClampedArray {
  const half = new Uint8ClampedArray(rgba.length / 4);
  for (let i = 0; i < half.length; i++) {
    const [pixel, channel] = [i >> 2, i & 3];
    const [x, y] = [pixel % (width / 2), Math.floor(pixel / (width / 2))];
    const at = 4 * (2 * y * width + 2 * x) + channel;
    half[i] = (rgba[at]! + rgba[at + 4]! + rgba[at + 4 * width]! + rgba[at + 4 * width + 4]!) / 4;
  }
  return half;
}
