import { megabytes } from '../../lib/bytes.ts';

/** Note of a run over a clip in which nothing moves but the camera. */
export const NOTHING_MOVES = 'Nothing moves in this clip, so the objects were found by appearance.';

/** Note of a run in which objects appeared that are in none of the samples. */
export const CAME_LATER =
  'Something appears in the clip that is in none of the frames used to find objects; it was added to the objects.';

/** Note of a run over a clip some of whose frames cannot be decoded. */
export const framesLost = (frames: ReadonlySet<number>): string => {
  const [first] = frames;
  return frames.size === 1
    ? `Frame ${first} cannot be decoded: it has no masks.`
    : `${frames.size} frames, from ${Math.min(...frames)} on, cannot be decoded: they have no masks.`;
};

/** Note of a run whose rows did not fit into memory, and now have to fit into `budget` bytes. */
export const smallerRows = (budget: number): string =>
  `Memory ran out, so attention was computed in smaller pieces, of ${megabytes(budget)}.`;

/** Note of a run that went on after the GPU was lost. */
export const gpuLost = (reason: string, kept: string): string =>
  `The GPU was lost (${reason}) and opened again: ${kept}.`;

/** Note of a clip too long for memory, where the browser gives no file. */
export const ALL_IN_MEMORY =
  'This browser gives no room on the disk, as in a private window: all of this long clip is held in memory.';

/** Note of a run that could not be kept for a later session. */
export const NOT_KEPT =
  'What was followed could not be kept on the disk: after a reload this clip would be followed again.';
