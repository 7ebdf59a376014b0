import { abortable, type Scope } from '../../lib/task.ts';
import type { GuidedFilter } from '../backend/guided.ts';
import type { Grid } from '../backend/types.ts';
import { SOURCE } from '../follow/records.ts';
import { masksOf } from '../mask/masks.ts';
import type { Masks } from '../mask/types.ts';
import { placeOf } from '../mask/upsample.ts';
import { createPictures, type Pictures } from '../video/pictures.ts';
import type { DecodedFrame } from '../video/types.ts';
import type { RunMasks } from './api.ts';
import { failure } from './errors.ts';
import { KeptLabels } from './kept-labels.ts';
import type { OpenClip } from './open-clip.ts';
import type { RunResult } from './result.ts';

/** Labels of a clip frame at a size, [height, width]; null while it is pending. `decoded`: the frame, where it is at hand. */
type FrameLabels = (
  frame: number,
  width: number,
  height: number,
  decoded?: DecodedFrame,
) => Promise<Uint16Array | null>;

/** What makes labels: from the clip's pictures, and of the masks that are asked for. */
export type LabelMaker = (from: Pictures, of: Omit<Masks, 'tau'>) => FrameLabels;

export interface MaskedFrames {
  /** Whether a clip frame has masks of its own. */
  isMasked(frame: number): boolean;
  /** Whether the masks of no frame will change any more. */
  isSettled(): boolean;
}

/**
 * A run's masks and exports, from what makes its labels. They end with `scope`; an export under way goes on.
 */
export function masksFrom(
  { clip, files, exports }: OpenClip,
  labelsOf: LabelMaker,
  { isMasked, isSettled }: MaskedFrames,
  scope: Scope,
  pictures: Pictures = createPictures(clip, scope),
): RunMasks {
  const kept = new KeptLabels();
  return {
    async labels(frame, width, height, of = {}) {
      const labels = await abortable(labelsOf(pictures, of)(frame, width, height), scope.signal);
      return labels && { width, height, labels };
    },
    async prompt() {
      throw failure('run/no-clicks');
    },
    async export(order, handle, onProgress) {
      // Pictures of its own, as the export may outlive the run.
      const own = createPictures(clip);
      try {
        const made = labelsOf(own, order);
        const labels = isSettled() ? kept.through(made, order) : made;
        return await exports.run({ clip, files, isMasked, labels }, order, handle, onProgress);
      } finally {
        own.close();
      }
    },
  };
}

/**
 * A run's masks, until `scope` ends; none of the frames that it did not analyse, or that a followed run was stopped before.
 * `filter`: what makes outlines follow the edges; the CPU by default.
 */
export const runMasks = (open: OpenClip, result: RunResult, scope: Scope, filter?: GuidedFilter): RunMasks =>
  masksFrom(
    open,
    (from, of) => {
      const made = masksOf(result, from, of, filter);
      return async (frame, width, height, decoded) =>
        isPending(result, frame) ? null : made(frame, width, height, decoded);
    },
    {
      isMasked: (frame) => {
        const place = placeOf(result.frames, frame);
        const { labels } = result.clustering;
        // A frame that could not be decoded has no labels.
        return place >= 0 && !isPending(result, frame) && labels[place * cellsOf(result.grid)]! >= 0;
      },
      isSettled: () => true,
    },
    scope,
  );

const cellsOf = ({ rows, columns }: Grid) => rows * columns;

/** Whether a followed run has no masks of a clip frame. */
function isPending({ frames, followed }: RunResult, frame: number): boolean {
  return followed !== null && (followed.sources[frame - frames[0]!] ?? SOURCE.pending) === SOURCE.pending;
}
