import type { Masks } from '../session/api.ts';
import type { RunResult } from '../settings/run.ts';
import type { Pictures } from '../video/pictures.ts';
import { rgbaOf } from '../video/preprocess.ts';
import type { DecodedFrame } from '../video/types.ts';
import { type Filter, guidedLabels } from './guided.ts';
import { applyStrokes } from './strokes.ts';
import { chosenParts, nearestFrame, upsampleLabels } from './upsample.ts';

export type MaskedRun = Pick<RunResult, 'settings' | 'grid' | 'frames' | 'clustering' | 'parts'>;

/**
 * A run's masks at any clip frame: [height, width] cluster of every pixel. Frames between two processed ones take the
 * labels of the nearest and the edges of their own picture. `decoded`: that frame, where it is at hand.
 * `filter`: what makes outlines follow the edges; the CPU unless told.
 */
export function masksOf(
  { settings, grid, frames, clustering, parts }: MaskedRun,
  pictures: Pictures,
  of: Omit<Masks, 'tau'> = {},
  filter?: Filter,
): (frame: number, width: number, height: number, decoded?: DecodedFrame) => Promise<Uint16Array> {
  const soft = { grid, ...clustering, parts: chosenParts(parts, of.parts) };
  return async (frame, width, height, decoded) => {
    const place = nearestFrame(frames, frame);
    const along = async () => {
      const picture = decoded ? rgbaOf(decoded, width, height) : await pictures.at(frame, width, height);
      return guidedLabels(soft, place, picture, settings.tau, filter);
    };
    const labels = (of.edges ?? true) ? await along() : upsampleLabels(soft, place, width, height);
    applyStrokes(labels, width, height, frame, of.strokes ?? [], { grid, frames });
    return labels;
  };
}
