import { abortable, type Scope } from '../../lib/task.ts';
import type { GuidedFilter } from '../backend/guided.ts';
import { SOURCE } from '../follow/records.ts';
import { masksOf } from '../mask/masks.ts';
import { NOTHING } from '../mask/strokes.ts';
import type { Masks } from '../mask/types.ts';
import { createPictures, type Pictures } from '../video/pictures.ts';
import type { DecodedFrame } from '../video/types.ts';
import type { RunMasks } from './api.ts';
import { failure } from './errors.ts';
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

/** A run's masks and exports, from what makes its labels. They end with `scope`; an export under way goes on. */
export function masksFrom(
  { clip, files, exports }: OpenClip,
  labelsOf: LabelMaker,
  scope: Scope,
  pictures: Pictures = createPictures(clip, scope),
): RunMasks {
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
      const made = labelsOf(own, order);
      const labels = async (...asked: Parameters<FrameLabels>) =>
        (await made(...asked)) ?? new Uint16Array(asked[1] * asked[2]).fill(NOTHING);
      try {
        return await exports.run({ clip, files, labels }, order, handle, onProgress);
      } finally {
        own.close();
      }
    },
  };
}

/**
 * A run's masks, until `scope` ends; none of the frames that a followed run was stopped before. `filter`: what makes
 * outlines follow the edges; the CPU by default.
 */
export const runMasks = (open: OpenClip, result: RunResult, scope: Scope, filter?: GuidedFilter): RunMasks =>
  masksFrom(
    open,
    (from, of) => {
      const made = masksOf(result, from, of, filter);
      return async (frame, width, height, decoded) =>
        isPending(result, frame) ? null : made(frame, width, height, decoded);
    },
    scope,
  );

/** Whether a followed run has no masks of a clip frame. */
function isPending({ frames, followed }: RunResult, frame: number): boolean {
  return followed !== null && (followed.sources[frame - frames[0]!] ?? SOURCE.pending) === SOURCE.pending;
}
