import { abortable, abortError, type Scope } from '../../lib/task.ts';
import { mostShared } from '../cluster/overlap.ts';
import { connectedComponent, forRows, type Pace, tokensNearer } from '../cluster/propagate.ts';
import { distanceHistogram, tauFor } from '../cluster/recluster.ts';
import type { Records } from '../follow/records.ts';
import { smoothLabels } from '../mask/followed.ts';
import { nearestFrame } from '../mask/upsample.ts';
import { failure } from './errors.ts';
import type { Following } from './following.ts';
import type { Inspected } from './inspection.ts';
import { createLooks, type LookedInto } from './looks.ts';

interface FinishedRun extends LookedInto {
  following: Following;
  records: Records;
}

/** What a followed run has beside its masks: looks at its samples, and every τ above that of its leaves. */
export function inspectFollowed(run: FinishedRun, scope: Scope): Inspected {
  const { result, following, records } = run;
  const { settings, grid, frames, followed } = result;
  const { samples, keys } = followed!;
  const { signal } = scope;
  const n = grid.rows * grid.columns;
  const { backend, inTurn, paceOf, valuesOf, frameAttention, distances } = createLooks(run, scope);
  let preview: { tau: number; at: Awaited<ReturnType<Following['at']>> } | null = null;

  /** The clusters that the result has. */
  let own: Awaited<ReturnType<Following['at']>> | null = null;
  const ownClusters = async () => {
    if (own?.clusterOf.length !== following.found.leaves.count) own = await following.at(settings.tau);
    return own;
  };
  const at = async (tau: number) => {
    const leaves = following.found.leaves.count;
    if (preview?.tau !== tau || preview.at.clusterOf.length !== leaves)
      preview = { tau, at: await following.at(tau) };
    return preview.at;
  };
  const clustersAt = ({ clusterOf, clusters }: Awaited<ReturnType<Following['at']>>) => ({
    labels: following.judged().map((leaf) => (leaf < 0 ? 0 : clusterOf[leaf]!)),
    clusters: clusters.length,
  });
  const objects = async (tau: number) =>
    (await at(tau)).clusters.filter(({ background, tokens }) => !background && tokens > 0).length;
  /** Place of a frame of the result among the samples: the nearest one's. */
  const samplePlace = (place: number) => nearestFrame(samples, frames[place]!);

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
      inTurn(async () => {
        // A run at a τ below that of the leaves has leaves of its own.
        const leavesOf = (tau: number) => Math.min(tau, following.leafTau);
        if (settings.clustering !== 'hierarchical' || leavesOf(tau) !== leavesOf(settings.tau)) return null;
        const found = await at(tau);
        const now = clustersAt(await ownClusters());
        return { tau, clusters: found.clusters, nearest: mostShared(clustersAt(found), now) };
      }),

    histogram: (most, bins) =>
      inTurn(async () => {
        // Of one frame it would say nothing of the clip.
        if (followed!.quick) return null;
        // What was found in the samples: neither newcomers nor instances change what the clip is like.
        const { leaves, members, first } = following.found;
        const found = { centroids: leaves, members: members.subarray(0, first) };
        return { most, shares: await distanceHistogram(backend, found, most, bins) };
      }),

    tauFor: (wanted, [low, high]) =>
      inTurn(async () => {
        const finest = Math.max(low, following.found.options.tau);
        return (await objects(finest)) < wanted ? null : tauFor(wanted, [finest, high], objects);
      }),

    attention: (place, row, column) =>
      inTurn(async () => {
        if (settings.metric === 'F' || settings.metric === 'Fv') throw failure('run/no-map');
        const frame = frames[place]!;
        const one = await following.row(frame, row * grid.columns + column);
        return { frames: settings.metric === 'A' ? Int32Array.of(frame) : keys, map: await valuesOf(one) };
      }),

    frameAttention,

    distances: (place, row, column, from, onFrame) =>
      distances(
        async () => following.rows,
        samplePlace(place) * n + row * grid.columns + column,
        samplePlace(from),
        samples.length,
        (sample, found) => onFrame(samples[sample]! - frames[0]!, found),
      ),

    motion: (frame) => abortable(following.moving(frame), signal),

    propagate: (painted) =>
      inTurn(async () => {
        const place = Math.floor(painted[0]! / n);
        const own = samplePlace(place);
        const inSample = painted.map((token) => own * n + (token % n));
        const pace = paceOf(following.rows);
        const distances = await ownDistances(pace);
        const nearer = await tokensNearer(backend, following.rows, inSample, distances, pace);
        const component = connectedComponent(nearer, inSample, { ...grid, frames: samples.length });
        return spreadOver(component, place, inSample);
      }),
  };

  /** D of every token of the samples to its own leaf. */
  async function ownDistances(pace: Pace): Promise<Float32Array> {
    const leafOf = following.leaves();
    const own = new Float32Array(leafOf.length);
    const { leaves } = following.found;
    await forRows(following.rows, pace, async (rows, first) => {
      const all = await backend.distances(rows, leaves);
      for (let i = 0; i < rows.count; i++) {
        const leaf = leafOf[first + i]!;
        own[first + i] = leaf < 0 ? 0 : all[i * leaves.count + leaf]!;
      }
    });
    return own;
  }

  /** Tokens of samples in all frames: every frame has those of the sample nearest to it. */
  function spreadOver(component: Int32Array, painted: number, own: readonly number[]): Int32Array {
    const ofSample = Array.from({ length: samples.length }, (): number[] => []);
    for (const token of component) ofSample[Math.floor(token / n)]!.push(token % n);
    const ownPlace = Math.floor(own[0]! / n);
    if (ofSample[ownPlace]!.length === 0) ofSample[ownPlace] = own.map((token) => token % n);
    const all: number[] = [];
    for (const [place] of frames.entries()) {
      if (place === painted) continue;
      for (const token of ofSample[samplePlace(place)]!) all.push(place * n + token);
    }
    return Int32Array.from(all);
  }
}
