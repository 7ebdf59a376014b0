import type { Guide, GuidedFilter } from '../backend/guided.ts';
import { plainFilter } from '../backend/plain/guided.ts';
import type { Clustering, Grid } from '../backend/types.ts';
import { saysLost } from '../video/lost.ts';
import type { Pictures } from '../video/pictures.ts';
import { rgbaOf } from '../video/preprocess.ts';
import type { DecodedFrame } from '../video/types.ts';
import { applyCorrections, FIRST_MADE, guidedOutline } from './corrections.ts';
import { failure } from './errors.ts';
import { guidedLabels } from './guided.ts';
import type { Masks } from './types.ts';
import { chosenParts, nearestFrame, placeOf, upsampleLabels } from './upsample.ts';

/** What of a run its masks are made from. */
export interface MaskedRun {
  settings: { tau: number };
  grid: Grid;
  /** Clip frame of every processed frame. */
  frames: Int32Array;
  clustering: Pick<Clustering, 'labels' | 'clusters' | 'distances'>;
  /** Part of every token: a cluster of the leaf level. */
  parts: Int32Array | null;
}

/**
 * A run's masks of a clip frame: [height, width] cluster of every pixel; null where the frame was not processed. With
 * `of.nearest` such a frame takes the labels of the nearest, and the edges of its own picture. `decoded`: the frame, where it
 * is at hand.
 * `filter`: what makes outlines follow the edges; the CPU by default.
 * @throws `run/too-many-clusters` beyond what 16 bits number
 */
export function masksOf(
  { settings, grid, frames, clustering, parts }: MaskedRun,
  pictures: Pictures,
  of: Omit<Masks, 'tau'> = {},
  filter?: GuidedFilter,
): (frame: number, width: number, height: number, decoded?: DecodedFrame) => Promise<Uint16Array | null> {
  if (clustering.clusters > FIRST_MADE)
    throw failure('run/too-many-clusters', { clusters: clustering.clusters });
  const soft = { grid, ...clustering, parts: chosenParts(parts, of.parts) };
  return async (frame, width, height, decoded) => {
    const place = of.nearest ? nearestFrame(frames, frame) : placeOf(frames, frame);
    if (place < 0) return null;
    const picture = await pictureFor(of, pictures, { frame, width, height, decoded });
    const labels = picture
      ? await guidedLabels(soft, place, picture, settings.tau, filter)
      : upsampleLabels(soft, place, width, height);
    await applyCorrections(
      labels,
      width,
      height,
      frame,
      of.strokes ?? [],
      { grid, frames },
      picture && ((shares) => guidedOutline(shares, grid, picture, filter ?? plainFilter)),
    );
    return labels;
  };
}

/** A clip frame at a size, for outlines that follow its edges; null where they are smooth, or it cannot be decoded. */
export async function pictureFor(
  { edges = true }: Pick<Masks, 'edges'>,
  pictures: Pictures,
  {
    frame,
    width,
    height,
    decoded,
  }: { frame: number; width: number; height: number; decoded?: DecodedFrame | undefined },
): Promise<Guide | null> {
  if (!edges) return null;
  if (decoded) return rgbaOf(decoded, width, height);
  return pictures.at(frame, width, height).catch((thrown: unknown) => {
    if (!saysLost(thrown)) throw thrown;
    return null;
  });
}
