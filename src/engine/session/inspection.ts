import { yieldToEvents } from '../../lib/events.ts';
import { abortable, abortError, latest, type Scope, serial } from '../../lib/task.ts';
import type { Attention } from '../backend/types.ts';
import { summariseClusters } from '../cluster/background.ts';
import { mostShared } from '../cluster/overlap.ts';
import { connectedComponent, ownDistances, tokensNearer } from '../cluster/propagate.ts';
import { distanceHistogram, membersOf, type Reclustering, recluster, tauFor } from '../cluster/recluster.ts';
import type { LeafLevel } from '../cluster/types.ts';
import type { LabelMap } from '../mask/types.ts';
import { nearestFrame, upsampleLabels } from '../mask/upsample.ts';
import type { Model } from '../model/types.ts';
import { keyFrames } from '../tokens/keyframes.ts';
import type { Clip } from '../video/types.ts';
import type { Inspection } from './api.ts';
import type { DeviceContext } from './devices.ts';
import { failure } from './errors.ts';
import { createFrameAttention } from './frame-attention.ts';
import { attend, type Tokens } from './pipeline.ts';
import type { RunResult } from './result.ts';

/** A finished run: what its maps and previews are made from. */
export interface FinishedRun {
  clip: Clip;
  model: Model;
  result: RunResult;
  tokens: Tokens;
  context: DeviceContext;
  first: LeafLevel | null;
}

export interface Inspected extends Inspection {
  /** Labels of the newest preview, which has to be the one at `tau`. */
  previewLabels(tau: number, frame: number, width: number, height: number): Promise<LabelMap | null>;
}

/** Share of the row budget that the rows of a look may take: a run's own may be there too. */
const LOOK_SHARE = 0.25;
/** Most rows of a look at a time: a newer request waits no longer than these take. */
const LOOK_ROWS = 512;

/**
 * What a finished run has beside its masks. Looks that compute take turns; all end with `scope`, which takes the leaves
 * over.
 */
export function inspectRun(
  { clip, model, result, tokens, context, first }: FinishedRun,
  scope: Scope,
): Inspected {
  const { grid, frames, clustering, settings } = result;
  const { gpuDevice, rowBudget, report } = context;
  const { signal } = scope;
  const n = grid.rows * grid.columns;
  // A look's errors are its own, not those of a run beside it.
  const backend = context.backend.lane();
  const backboneMaps = createFrameAttention(clip, model, settings, {
    device: report.device,
    precision: report.precision,
    ...(gpuDevice ? { gpuDevice } : {}),
  });
  /** Made when first asked for. */
  let attention: Attention | null = null;
  /** D of every token to its own centroid, once a stroke has asked for it. */
  let own: Float32Array | null = null;
  let preview: (Reclustering & { tau: number }) | null = null;
  const turn = serial();
  const inTurn = <T>(look: () => Promise<T>) => abortable(turn(look, signal), signal);

  scope.own(turn, async () => {
    await turn.idle();
    attention?.release();
    first?.centroids.release();
    await backboneMaps.release();
  });

  const rows = async () => {
    attention ??= await attend(backend, tokens, settings);
    return attention;
  };
  /** Rows that a look may hold at a time. */
  const rowsTogether = ({ rowBytes }: Attention) =>
    Math.max(1, Math.min(LOOK_ROWS, Math.floor((LOOK_SHARE * rowBudget) / rowBytes)));
  const objectsIn = (found: Reclustering) =>
    summariseClusters(found, grid).filter(({ background, tokens }) => !background && tokens > 0).length;
  const tokenAt = (frame: number, row: number, column: number) =>
    (frame * grid.rows + row) * grid.columns + column;

  /** D of a token to all tokens of one processed frame, [rows, columns]. */
  async function distancesIn(frame: number, token: number, wanted: AbortSignal): Promise<Float32Array> {
    const all = await rows();
    const step = Math.min(rowsTogether(all), n);
    const found = new Float32Array(n);
    const pinned = await all.rows(token, 1);
    try {
      for (let at = 0; at < n; at += step) {
        await yieldToEvents(wanted);
        const some = await all.rows(frame * n + at, Math.min(step, n - at));
        try {
          found.set(await backend.distances(pinned, some), at);
        } finally {
          some.release();
        }
      }
    } finally {
      pinned.release();
    }
    return found;
  }

  return {
    async previewLabels(tau, frame, width, height) {
      if (preview?.tau !== tau) throw abortError();
      const soft = { grid, ...preview, distances: null };
      return { width, height, labels: upsampleLabels(soft, nearestFrame(frames, frame), width, height) };
    },

    preview: (tau) =>
      inTurn(async () => {
        if (!first || tau < first.options.tau) return null;
        const reclustering = await recluster(backend, first, tau);
        preview = { tau, ...reclustering };
        return {
          tau,
          clusters: summariseClusters(reclustering, grid),
          nearest: mostShared(reclustering, clustering),
        };
      }),

    histogram: (most, bins) =>
      inTurn(async () => {
        if (!first) return null;
        const leaves = { centroids: first.centroids, members: membersOf(first) };
        return { most, shares: await distanceHistogram(backend, leaves, most, bins) };
      }),

    tauFor: (objects, range) =>
      inTurn(async () => {
        if (!first) return null;
        const own = await recluster(backend, first, first.options.tau);
        return objectsIn(own) < objects ? null : tauFor(backend, first, objects, range, objectsIn);
      }),

    attention: (frame, row, column) =>
      inTurn(async () => {
        if (settings.metric === 'F' || settings.metric === 'Fv') throw failure('run/no-map');
        const one = await (await rows()).rows(tokenAt(frame, row, column), 1);
        try {
          const keys = settings.metric === 'A' ? [frame] : keyFrames(grid.frames, settings.ratio);
          return { frames: Int32Array.from(keys, (key) => frames[key]!), map: await backend.read(one) };
        } finally {
          one.release();
        }
      }),

    frameAttention: (frame, row, column) =>
      inTurn(() => backboneMaps.mapOf(frames[frame]!, row * grid.columns + column)),

    distances: latest(async (wanted, frame, row, column, from, onFrame) => {
      // Frame by frame in turn, so that other looks come in between.
      for (const place of outward(from, grid.frames)) {
        const found = await turn(() => distancesIn(place, tokenAt(frame, row, column), wanted), wanted);
        if (!(await onFrame(place, found))) return;
      }
    }, signal),

    motion: async () => null,

    propagate: (painted) =>
      inTurn(async () => {
        const all = await rows();
        const pace = { rows: rowsTogether(all), check: () => signal.throwIfAborted() };
        own ??= await ownDistances(backend, all, clustering, pace);
        return connectedComponent(await tokensNearer(backend, all, painted, own, pace), painted, grid);
      }),
  };
}

/** Places 0..count-1, nearest to `from` first. */
function outward(from: number, count: number): number[] {
  const places = Array.from({ length: count }, (_, place) => place);
  return places.sort((a, b) => Math.abs(a - from) - Math.abs(b - from) || a - b);
}
