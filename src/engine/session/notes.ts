import { megabytes } from '../../lib/bytes.ts';

/** Note of a run over a clip in which nothing moves but the camera. */
export const NOTHING_MOVES = 'Nothing moves here; found by appearance.';

/** Note of a run whose rows did not fit into memory, and now have to fit into `budget` bytes. */
export const smallerRows = (budget: number): string =>
  `Memory ran out, so the rows were made in smaller pieces, of ${megabytes(budget)}.`;

/** Note of a run that went on after the GPU was lost. */
export const gpuLost = (reason: string, kept: string): string =>
  `The GPU was lost (${reason}) and opened again: ${kept}.`;
