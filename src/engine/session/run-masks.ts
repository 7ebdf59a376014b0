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

/**
 * A run's masks, until `scope` ends; none of the frames that a followed run was stopped before. `filter`: what makes
 * outlines follow the edges; the CPU unless told.
 */
export function runMasks(
  { clip, files, exports }: OpenClip,
  result: RunResult,
  scope: Scope,
  filter?: GuidedFilter,
): RunMasks {
  const pictures = createPictures(clip, scope);
  const masks = (from: Pictures, of: Omit<Masks, 'tau'>) => {
    const made = masksOf(result, from, of, filter);
    return async (frame: number, width: number, height: number, decoded?: DecodedFrame) =>
      isPending(result, frame) ? null : made(frame, width, height, decoded);
  };
  return {
    async labels(frame, width, height, of = {}) {
      const labels = await abortable(masks(pictures, of)(frame, width, height), scope.signal);
      return labels && { width, height, labels };
    },
    async prompt() {
      throw failure('run/no-clicks');
    },
    async export(order, handle, onProgress) {
      // Pictures of its own: it goes on when a later run takes the place of this one.
      const own = createPictures(clip);
      const labelsOf = masks(own, order);
      const labels = async (...asked: Parameters<typeof labelsOf>) =>
        (await labelsOf(...asked)) ?? new Uint16Array(asked[1] * asked[2]).fill(NOTHING);
      try {
        return await exports.run({ clip, files, labels }, order, handle, onProgress);
      } finally {
        own.close();
      }
    },
  };
}

/** Whether a followed run has no masks of a clip frame. */
function isPending({ frames, followed }: RunResult, frame: number): boolean {
  return followed !== null && (followed.sources[frame - frames[0]!] ?? SOURCE.pending) === SOURCE.pending;
}
