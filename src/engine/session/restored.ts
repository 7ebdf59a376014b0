import { failure } from '../../lib/errors.ts';
import { masksOf } from '../mask/masks.ts';
import type { RunResult } from '../settings/run.ts';
import { createPictures } from '../video/pictures.ts';
import type { Clip } from '../video/types.ts';
import type { Finished } from './finished.ts';

/** A run of an earlier session, of which only the result is here: its masks, and nothing that needs its tokens. */
export function createRestored(clip: Clip, result: RunResult): Finished {
  const pictures = createPictures(clip);
  const gone = async (): Promise<never> => {
    throw failure('run/tokens-gone');
  };
  const masks: Finished['masks'] = (from, of) => masksOf(result, from, of);
  return {
    result,
    masks,
    labels: async (frame, width, height, of) => ({
      width,
      height,
      labels: await masks(pictures, of ?? {})(frame, width, height),
    }),
    preview: async () => null,
    histogram: async () => null,
    tauFor: async () => null,
    attention: gone,
    frameAttention: gone,
    distances: gone,
    carry: gone,
    release: async () => pictures.close(),
  };
}
