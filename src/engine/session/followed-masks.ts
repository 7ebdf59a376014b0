import type { Scope } from '../../lib/task.ts';
import { clusterOfLeaf } from '../cluster/levels.ts';
import { type Records, SOURCE } from '../follow/records.ts';
import { applyCorrections } from '../mask/corrections.ts';
import {
  type Edges,
  type FollowedClusters,
  followedLabels,
  promptedOutline,
  smoothLabels,
} from '../mask/followed.ts';
import { pictureFor } from '../mask/masks.ts';
import { NOTHING } from '../mask/strokes.ts';
import type { Pictures } from '../video/pictures.ts';
import { answerClicks } from './answer-clicks.ts';
import type { RunMasks } from './api.ts';
import type { OpenClip } from './open-clip.ts';
import type { RunResult } from './result.ts';
import { type LabelMaker, masksFrom } from './run-masks.ts';

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

/** The masks of a followed run, until `scope` ends. */
export function followedMasks(
  open: OpenClip,
  result: Shown,
  records: Records,
  scope: Scope,
  edges: Edges = {},
  pictures?: Pictures,
): RunMasks {
  const { grid, frames } = result;
  const view = clustersOf(result);
  const labelsOf: LabelMaker = (from, of) => async (frame, width, height, decoded) => {
    const place = frame - frames[0]!;
    if (records.isLost(place)) return new Uint16Array(width * height).fill(NOTHING);
    const record = records.get(place);
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
      picture && ((shares) => promptedOutline(shares, grid, records.cells, picture, edges)),
    );
    return labels;
  };
  const isMasked = (frame: number) => {
    const place = frame - frames[0]!;
    return (records.source(place) ?? SOURCE.pending) !== SOURCE.pending && !records.isLost(place);
  };
  return {
    ...masksFrom(open, labelsOf, { isMasked, isSettled: () => records.unfollowed === 0 }, scope, pictures),
    prompt: async (clicks, shown) => answerClicks(result, records, clicks, shown),
  };
}
