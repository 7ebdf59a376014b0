import type { Scope } from '../../lib/task.ts';
import { clusterOfLeaf } from '../follow/find.ts';
import type { Records } from '../follow/records.ts';
import { type Edges, type FollowedClusters, followedLabels, smoothLabels } from '../mask/followed.ts';
import { applyStrokes } from '../mask/strokes.ts';
import { rgbaOf } from '../video/preprocess.ts';
import type { RunMasks } from './api.ts';
import type { OpenClip } from './open-clip.ts';
import type { RunResult } from './result.ts';
import { type LabelMaker, masksFrom } from './run-masks.ts';

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

/** The masks of a followed run, until `scope` ends. */
export function followedMasks(
  open: OpenClip,
  result: Shown,
  records: Records,
  scope: Scope,
  edges: Edges = {},
): RunMasks {
  const { grid, frames } = result;
  const view = clustersOf(result);
  const labelsOf: LabelMaker = (from, of) => async (frame, width, height, decoded) => {
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
  return masksFrom(open, labelsOf, scope);
}
