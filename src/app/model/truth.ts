/** What of dropped files is truth, and which clip frame each mask belongs to. */

import { inMaskFolder } from '../../evaluate/datasets.ts';
import type { PlacedTruth } from '../../evaluate/evaluator.ts';
import { frameKeys, matchFrames } from '../../evaluate/frame-names.ts';
import type { Dataset, Truth } from '../../evaluate/sequences.ts';
import { failure } from '../words/errors.ts';

/** A file as it came: relative to what was dropped, '/' between folders. */
export interface Dropped {
  path: string;
  file: File;
}

/** Frames with their masks, or masks alone, by key. */
export type Found =
  | { kind: 'both'; images: string[]; placed: PlacedTruth[] }
  | { kind: 'masks'; masks: { key: string; truth: Truth }[] };

/**
 * The truth in a data set of one clip; null where there is none, or only what may as well be frames. `looksLikeMask`
 * tells that of the first file where no folder's name does. Throws `truth/several`.
 */
export function truthIn({ sequences }: Dataset, looksLikeMask: boolean): Found | null {
  const scored = sequences.filter(({ frames }) => frames.some(({ truth }) => truth));
  const both = scored.filter(({ frames }) => frames.some(({ image, truth }) => image && truth));
  const wanted = both.length > 0 ? both : scored;
  const [sequence, ...more] = wanted;
  if (!sequence) return null;
  const masks = sequence.frames.flatMap(({ key, truth }) => (truth ? [{ key, truth }] : []));
  if (both.length === 0 && !looksLikeMask && !masks.some(({ truth }) => named(truth))) return null;
  if (more.length > 0) throw failure('truth/several', { names: wanted.map(({ name }) => name).join(', ') });
  if (both.length === 0) return { kind: 'masks', masks };
  const frames = sequence.frames.flatMap((frame) => (frame.image === null ? [] : [frame]));
  return {
    kind: 'both',
    images: frames.map(({ image }) => image!),
    placed: frames.flatMap(({ truth }, frame) => (truth ? [{ frame, truth }] : [])),
  };
}

const named = (truth: Truth): boolean => !('files' in truth) || truth.files.some(inMaskFolder);

/** Whether a file's first bytes are those of a picture that holds labels: an indexed or grey PNG, PGM, PPM or BMP. */
export function isLabelPicture(start: Uint8Array): boolean {
  const letters = String.fromCharCode(...start.subarray(0, 4));
  if (/^(P5|P6|BM)/.test(letters)) return true;
  const colourType = start[25];
  return letters === '\x89PNG' && (colourType === 0 || colourType === 3);
}

/**
 * Clip frames for masks by key. Pictures go by the number (or name) of their file; the frames of a video are counted from
 * 0, or from 1 where no mask is 0 and one is the last. Where numbers do not fit, whatever in the names does is taken.
 * Throws `truth/frames` where a mask has no frame.
 */
export function placeMasks<T extends { key: string; truth: Truth }>(
  masks: readonly T[],
  clip: { names: readonly string[] | null; frameCount: number },
): (T & { frame: number })[] {
  const { names, frameCount } = clip;
  const keys = new Set(masks.map(({ key }) => key));
  const first = !keys.has('0') && keys.has(String(frameCount)) ? 1 : 0;
  const known = names ? frameKeys(names) : Array.from({ length: frameCount }, (_, i) => String(i + first));
  const frameOf = new Map(known.map((key, frame) => [key, frame]));
  const strays = masks.filter(({ key }) => !frameOf.has(key)).map(({ key }) => key);
  if (strays.length > 0) {
    const paths = masks.flatMap(({ truth }) =>
      'files' in truth && truth.files.length === 1 ? truth.files : [],
    );
    const places = paths.length === masks.length ? matchFrames(paths, names ?? known) : null;
    if (places) return masks.map((mask, i) => ({ ...mask, frame: places[i]! }));
    const shown = strays.length > 6 ? [...strays.slice(0, 5), '…', strays.at(-1)] : strays;
    throw failure('truth/frames', {
      keys: shown.join(', '),
      first: String(known[0]),
      last: String(known.at(-1)),
    });
  }
  return masks.map((mask) => ({ ...mask, frame: frameOf.get(mask.key)! }));
}
