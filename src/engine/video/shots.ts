import { rgbaOf } from './preprocess.ts';
import type { Clip } from './types.ts';

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

/** What is kept of a frame to find cuts by. */
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

/** How much two frames differ: mean difference of pixels, and half the sum of differences of histograms, 0…1 each. */
function change(a: Signature, b: Signature): { picture: number; colours: number } {
  let picture = 0;
  for (let i = 0; i < a.pixels.length; i++) picture += Math.abs(a.pixels[i]! - b.pixels[i]!);
  let colours = 0;
  for (let i = 0; i < a.histogram.length; i++) colours += Math.abs(a.histogram[i]! - b.histogram[i]!);
  return { picture: picture / (255 * a.pixels.length), colours: colours / 2 };
}

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
export function shotsOf(signatures: readonly Signature[], first = 0): Shot[] {
  const changes = signatures.slice(1).map((signature, i) => change(signatures[i]!, signature));
  const shots: Shot[] = [];
  let start = 0;
  for (let i = 0; i < changes.length; i++) {
    const at = i + 1;
    if (at - start < LEAST_FRAMES || signatures.length - at < LEAST_FRAMES) continue;
    if (!isCut(i, changes, signatures)) continue;
    shots.push({ start: first + start, end: first + at });
    start = at;
  }
  shots.push({ start: first + start, end: first + signatures.length });
  return shots;
}

function isCut(
  i: number,
  changes: readonly { picture: number; colours: number }[],
  signatures: readonly Signature[],
): boolean {
  const { picture, colours } = changes[i]!;
  if (picture < LEAST_CHANGE || colours < LEAST_COLOUR_CHANGE) return false;
  const around = changes
    .slice(Math.max(0, i - AROUND), i + AROUND + 1)
    .filter((other) => other !== changes[i])
    .map((other) => other.picture)
    .sort((a, b) => a - b);
  if (picture < PROMINENCE * (around[around.length >> 1] ?? 0)) return false;
  // After a flash the picture is what it was before: neither its first frame nor the first one behind it is a cut's.
  const differ = (a: Signature | undefined, b: Signature | undefined) =>
    !a || !b || change(a, b).colours >= LEAST_COLOUR_CHANGE / 2;
  return [1, 2].every(
    (away) =>
      differ(signatures[i], signatures[i + 1 + away]) && differ(signatures[i - away], signatures[i + 1]),
  );
}

/** Beyond so many frames a clip's cuts are not looked for: that takes every frame of it. */
const MOST_FRAMES = 3000;

/**
 * Shots of the frames [start, end) of a clip; of a very long part, the part as one.
 * @throws `video/…`, and the signal's reason
 */
export async function findShots(
  clip: Clip,
  { start, end }: Shot,
  report: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<Shot[]> {
  if (end - start > MOST_FRAMES || end - start < 2 * LEAST_FRAMES) return [{ start, end }];
  const signatures: Signature[] = [];
  const frames = Array.from({ length: end - start }, (_, i) => start + i);
  for await (const frame of clip.frames(frames, signal)) {
    try {
      signatures.push(signatureOf(rgbaOf(frame, THUMBNAIL.width, THUMBNAIL.height).data));
    } finally {
      frame.close();
    }
    report(signatures.length, frames.length);
  }
  return shotsOf(signatures, start);
}
