import { abortable, type Scope } from '../../lib/task.ts';
import { clusterOfLeaf } from '../follow/find.ts';
import type { Records } from '../follow/records.ts';
import { type Edges, type FollowedClusters, followedLabels, smoothLabels } from '../mask/followed.ts';
import { applyStrokes, NOTHING } from '../mask/strokes.ts';
import type { Masks } from '../mask/types.ts';
import { createPictures, type Pictures } from '../video/pictures.ts';
import { rgbaOf } from '../video/preprocess.ts';
import type { DecodedFrame } from '../video/types.ts';
import type { RunMasks } from './api.ts';
import type { OpenClip } from './open-clip.ts';
import type { RunResult } from './result.ts';

type Shown = Pick<RunResult, 'frames' | 'grid' | 'clustering' | 'clusters'>;

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
      const along = async () => {
        const picture = decoded ? rgbaOf(decoded, width, height) : await from.at(frame, width, height);
        return followedLabels(record, view, grid, records.cells, picture, parts, edges);
      };
      const labels =
        (of.edges ?? true) ? await along() : smoothLabels(record, view, grid, { width, height }, parts);
      applyStrokes(labels, width, height, frame, of.strokes ?? [], { grid, frames });
      return labels;
    };
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
