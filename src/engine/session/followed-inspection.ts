import { yieldToEvents } from '../../lib/events.ts';
import { abortable, abortError, latest, type Scope, serial } from '../../lib/task.ts';
import { mostShared } from '../cluster/overlap.ts';
import { connectedComponent, tokensNearer } from '../cluster/propagate.ts';
import { distanceHistogram } from '../cluster/recluster.ts';
import type { Records } from '../follow/records.ts';
import { smoothLabels } from '../mask/followed.ts';
import { nearestFrame } from '../mask/upsample.ts';
import type { Model } from '../model/types.ts';
import type { Clip } from '../video/types.ts';
import type { DeviceContext } from './devices.ts';
import { failure } from './errors.ts';
import type { Following } from './following.ts';
import { createFrameAttention } from './frame-attention.ts';
import type { Inspected } from './inspection.ts';
import type { RunResult } from './result.ts';

/** Halvings of the range of τ in the search for a number of objects: finer than a slider's step. */
const TRIALS = 10;
/** Rows that a look holds at a time. */
const ROWS = 512;

interface FinishedRun {
  clip: Clip;
  model: Model;
  result: RunResult;
  following: Following;
  records: Records;
  context: DeviceContext;
}

/** What a followed run has beside its masks: looks at its samples, and every τ above that of its leaves. */
export function inspectFollowed(
  { clip, model, result, following, records, context }: FinishedRun,
  scope: Scope,
): Inspected {
  const { settings, grid, frames, followed } = result;
  const { samples, keys } = followed!;
  const { signal } = scope;
  const n = grid.rows * grid.columns;
  const backend = context.backend.lane();
  const maps = createFrameAttention(clip, model, settings, {
    device: context.report.device,
    precision: context.report.precision,
    ...(context.gpuDevice && { gpuDevice: context.gpuDevice }),
  });
  const sampled = { ...grid, frames: samples.length };
  const turn = serial();
  const inTurn = <T>(look: () => Promise<T>) => abortable(turn(look, signal), signal);
  let preview: { tau: number; at: Awaited<ReturnType<Following['at']>> } | null = null;

  scope.own(turn, async () => {
    await turn.idle();
    await maps.release();
  });

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
        let [under, over] = [Math.max(low, following.found.options.tau), high];
        if ((await objects(under)) < wanted) return null;
        for (let trial = 0; trial < TRIALS; trial++) {
          const tau = (under + over) / 2;
          if ((await objects(tau)) <= wanted) over = tau;
          else under = tau;
        }
        return over;
      }),

    attention: (place, row, column) =>
      inTurn(async () => {
        if (settings.metric === 'F' || settings.metric === 'Fv') throw failure('run/no-map');
        const frame = frames[place]!;
        const one = await following.row(frame, row * grid.columns + column);
        try {
          return {
            frames: settings.metric === 'A' ? Int32Array.of(frame) : keys,
            map: await backend.read(one),
          };
        } finally {
          one.release();
        }
      }),

    frameAttention: (place, row, column) =>
      inTurn(() => maps.mapOf(frames[place]!, row * grid.columns + column)),

    distances: latest(async (wanted, place, row, column, from, onFrame) => {
      const token = samplePlace(place) * n + row * grid.columns + column;
      const near = samplePlace(from);
      const order = [...samples.keys()].sort((a, b) => Math.abs(a - near) - Math.abs(b - near) || a - b);
      for (const sample of order) {
        const found = await turn(async () => {
          const distances = new Float32Array(n);
          const pinned = await following.rows.rows(token, 1);
          try {
            for (let first = 0; first < n; first += ROWS) {
              await yieldToEvents(wanted);
              const some = await following.rows.rows(sample * n + first, Math.min(ROWS, n - first));
              distances.set(await backend.distances(pinned, some), first);
              some.release();
            }
          } finally {
            pinned.release();
          }
          return distances;
        }, wanted);
        if (!(await onFrame(samples[sample]! - frames[0]!, found))) return;
      }
    }, signal),

    motion: (frame) => abortable(following.moving(frame), signal),

    propagate: (painted) =>
      inTurn(async () => {
        const place = Math.floor(painted[0]! / n);
        const own = samplePlace(place);
        const inSample = painted.map((token) => own * n + (token % n));
        const { clusterOf } = await ownClusters();
        const labels = following.leaves().map((leaf) => (leaf < 0 ? 0 : clusterOf[leaf]!));
        const distances = await ownDistances(labels);
        const pace = { rows: ROWS, check: () => signal.throwIfAborted() };
        const nearer = await tokensNearer(backend, following.rows, inSample, distances, pace);
        const component = connectedComponent(nearer, inSample, sampled);
        return spreadOver(component, place, inSample);
      }),
  };

  /** D of every token of the samples to its own leaf. */
  async function ownDistances(labels: Int32Array): Promise<Float32Array> {
    const own = new Float32Array(labels.length);
    const leafOf = following.leaves();
    const { leaves } = following.found;
    for (let first = 0; first < own.length; first += ROWS) {
      await yieldToEvents(signal);
      const rows = await following.rows.rows(first, Math.min(ROWS, own.length - first));
      const all = await backend.distances(rows, leaves);
      for (let i = 0; i < rows.count; i++)
        own[first + i] = leafOf[first + i]! < 0 ? 0 : all[i * leaves.count + leafOf[first + i]!]!;
      rows.release();
    }
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
