import { abortError } from '../../lib/task.ts';
import { mostShared } from '../cluster/overlap.ts';
import { spreadOf, tauFor } from '../cluster/recluster.ts';
import type { Found } from '../follow/find.ts';
import type { Records } from '../follow/records.ts';
import { smoothLabels } from '../mask/followed.ts';
import type { Inspection } from './api.ts';
import type { Clusters, ClustersAt, PackedLeaves } from './clusters.ts';
import type { Inspected } from './inspection.ts';
import type { RunResult } from './result.ts';

/** The leaves of a followed run, of this session or an earlier one. */
export interface RunLeaves
  extends Pick<Clusters, 'at' | 'count' | 'classified'>,
    Pick<PackedLeaves, 'leafTau'> {
  found: Pick<Found, 'first' | 'members' | 'options'>;
  /** D between them, [leaves, leaves]. */
  apart(): Promise<Float32Array>;
}

/** What a followed run's leaves answer for every τ above their own. */
export type TauAnswers = Pick<Inspection, 'preview' | 'histogram' | 'tauFor'> &
  Pick<Inspected, 'previewLabels'>;

/** Whether a run at another τ would have the same leaves: below the τ of the model's leaves it has its own. */
export const sameLeavesAt = ({ leafTau }: Pick<RunLeaves, 'leafTau'>, own: number, tau: number): boolean =>
  Math.min(own, leafTau) === Math.min(tau, leafTau);

/** @param withLeaves runs a query when its turn comes */
export function answersAtTau(
  { settings, grid, frames, followed }: Pick<RunResult, 'settings' | 'grid' | 'frames' | 'followed'>,
  records: Records,
  withLeaves: <T>(query: (runLeaves: RunLeaves) => Promise<T>) => Promise<T>,
): TauAnswers {
  /** Clusters of the result, and of the newest preview. */
  let own: ClustersAt | null = null;
  let preview: { tau: number; at: ClustersAt } | null = null;

  const at = async (runLeaves: RunLeaves, tau: number) => {
    if (preview?.tau !== tau || preview.at.clusterOf.length !== runLeaves.count())
      preview = { tau, at: await runLeaves.at(tau) };
    return preview.at;
  };
  const ownOf = async (runLeaves: RunLeaves) => {
    if (own?.clusterOf.length !== runLeaves.count()) own = await runLeaves.at(settings.tau);
    return own;
  };
  const labelled = (runLeaves: RunLeaves, { clusterOf, clusters }: ClustersAt) => ({
    labels: runLeaves.classified().map((leaf) => (leaf < 0 ? 0 : clusterOf[leaf]!)),
    clusters: clusters.length,
  });
  const objects = async (runLeaves: RunLeaves, tau: number) =>
    (await at(runLeaves, tau)).clusters.filter(({ background, tokens }) => !background && tokens > 0).length;

  return {
    async previewLabels(tau, frame, width, height) {
      if (preview?.tau !== tau) throw abortError();
      const record = records.get(frame - frames[0]!);
      const { clusterOf, clusters } = preview.at;
      const view = { clusterOf, clusters: clusters.length, foreground: null };
      return record
        ? { width, height, labels: smoothLabels(record, view, grid, { width, height }, null) }
        : null;
    },

    preview: (tau) =>
      withLeaves(async (runLeaves) => {
        if (!sameLeavesAt(runLeaves, settings.tau, tau)) return null;
        const found = await at(runLeaves, tau);
        const now = labelled(runLeaves, await ownOf(runLeaves));
        return { tau, clusters: found.clusters, nearest: mostShared(labelled(runLeaves, found), now) };
      }),

    histogram: (most, bins) =>
      withLeaves(async ({ apart, found }) => {
        // One frame says nothing about the clip.
        if (followed!.quick) return null;
        // Leaves of the samples alone: newcomers and instances do not change what the clip is like.
        const members = found.members.subarray(0, found.first);
        return { most, shares: spreadOf(await apart(), members, most, bins) };
      }),

    tauFor: (wanted, [low, high]) =>
      withLeaves(async (runLeaves) => {
        const finest = Math.max(low, runLeaves.found.options.tau);
        const count = (tau: number) => objects(runLeaves, tau);
        return (await count(finest)) < wanted ? null : tauFor(wanted, [finest, high], count);
      }),
  };
}
