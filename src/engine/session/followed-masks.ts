import { abortable, type Scope } from '../../lib/task.ts';
import { clusterOfLeaf } from '../follow/find.ts';
import { promptedTokens } from '../follow/prompted.ts';
import type { Records } from '../follow/records.ts';
import { applyCorrections, type Click } from '../mask/corrections.ts';
import {
  type Edges,
  type FollowedClusters,
  followedLabels,
  promptedOutline,
  smoothLabels,
} from '../mask/followed.ts';
import { pictureFor } from '../mask/masks.ts';
import { NOTHING, smoothPixels } from '../mask/strokes.ts';
import type { Masks } from '../mask/types.ts';
import { nearestFrame } from '../mask/upsample.ts';
import { createPictures, type Pictures } from '../video/pictures.ts';
import type { DecodedFrame } from '../video/types.ts';
import type { RunMasks } from './api.ts';
import { failure } from './errors.ts';
import type { OpenClip } from './open-clip.ts';
import type { RunResult } from './result.ts';

type Shown = Pick<RunResult, 'frames' | 'grid' | 'clustering' | 'clusters' | 'followed'>;

/** The clusters of a followed run, as its masks need them. */
function clustersOf({ clustering, clusters }: Pick<RunResult, 'clustering' | 'clusters'>): FollowedClusters {
  const leaves = clustering.levels[0]!.clusters;
  return {
    clusterOf: clusterOfLeaf(clustering.levels.slice(1), leaves),
    clusters: clustering.clusters,
    foreground: clusters.some(({ motion }) => motion !== undefined)
      ? clusters.map(({ background }) => !background)
      : null,
  };
}

/** Labels of a clip frame at a size; null while it is pending. */
function followedFrames(result: Shown, records: Records, view: FollowedClusters, edges: Edges) {
  const { grid, frames } = result;
  return (from: Pictures, of: Omit<Masks, 'tau'>) =>
    async (
      frame: number,
      width: number,
      height: number,
      decoded?: DecodedFrame,
    ): Promise<Uint16Array | null> => {
      const record = records.get(frame - frames[0]!);
      if (!record) return null;
      const parts = of.parts ?? null;
      const picture = await pictureFor(of, from, { frame, width, height, decoded });
      const labels = picture
        ? await followedLabels(record, view, grid, records.cells, picture, parts, edges)
        : smoothLabels(record, view, grid, { width, height }, parts);
      await applyCorrections(
        labels,
        width,
        height,
        frame,
        of.strokes ?? [],
        { grid, frames },
        async (shares, { moving }) =>
          picture
            ? promptedOutline(shares, moving, record, grid, records.cells, picture, edges)
            : smoothPixels(shares, grid, width, height),
      );
      return labels;
    };
}

/** The object that clicks point at. Throws `run/no-clicks`. */
function answer(
  { frames, grid, followed }: Shown,
  records: Records,
  clicks: readonly Click[],
  shown?: number,
) {
  if (!followed?.apart) throw failure('run/no-clicks');
  const at = (share: number, count: number) => Math.min(count - 1, Math.max(0, Math.floor(share * count)));
  const seeds = clicks.map(({ frame, x, y, positive }) => ({
    place: nearestFrame(frames, frame),
    token: at(y, grid.rows) * grid.columns + at(x, grid.columns),
    positive,
  }));
  const place = shown === undefined ? undefined : nearestFrame(frames, shown);
  return promptedTokens(seeds, records, followed.apart, place);
}

/** The masks of a followed run, until `scope` ends. */
export function followedMasks(
  { clip, files, exports }: OpenClip,
  result: Shown,
  records: Records,
  scope: Scope,
  edges: Edges = {},
): RunMasks {
  const pictures = createPictures(clip, scope);
  const masks = followedFrames(result, records, clustersOf(result), edges);
  return {
    async labels(frame, width, height, of = {}) {
      const labels = await abortable(masks(pictures, of)(frame, width, height), scope.signal);
      return labels && { width, height, labels };
    },
    prompt: async (clicks, shown) => answer(result, records, clicks, shown),
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
