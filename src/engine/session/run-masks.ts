import { abortable, type Scope } from '../../lib/task.ts';
import type { Filter } from '../mask/guided.ts';
import { masksOf } from '../mask/masks.ts';
import type { RunResult } from '../settings/run.ts';
import { createPictures, type Pictures } from '../video/pictures.ts';
import type { Masks, RunMasks } from './api.ts';
import type { OpenClip } from './clip.ts';

/** A run's masks, until `scope` ends. `filter`: what makes outlines follow the edges; the CPU unless told. */
export function runMasks(
  { clip, files, exports }: OpenClip,
  result: RunResult,
  scope: Scope,
  filter?: Filter,
): RunMasks {
  const pictures = createPictures(clip, scope);
  const masks = (from: Pictures, of: Omit<Masks, 'tau'>) => masksOf(result, from, of, filter);
  return {
    async labels(frame, width, height, of = {}) {
      const labels = await abortable(masks(pictures, of)(frame, width, height), scope.signal);
      return { width, height, labels };
    },
    async export(order, handle, onProgress) {
      // Pictures of its own: it goes on when a later run takes the place of this one.
      const own = createPictures(clip);
      try {
        return await exports.run({ clip, files, labels: masks(own, order) }, order, handle, onProgress);
      } finally {
        own.close();
      }
    },
  };
}
