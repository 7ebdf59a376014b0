import { failure } from '../../lib/errors.ts';
import type { Attention, Pool } from '../backend/types.ts';
import { summariseClusters } from '../cluster/background.ts';
import { yieldToEvents } from '../cluster/chunks.ts';
import { mostShared } from '../cluster/overlap.ts';
import { connectedComponent, ownDistances, tokensNearer } from '../cluster/propagate.ts';
import {
  distanceHistogram,
  type LeafLevel,
  type Reclustering,
  recluster,
  tauFor,
} from '../cluster/recluster.ts';
import { masksOf } from '../mask/masks.ts';
import { nearestFrame, upsampleLabels } from '../mask/upsample.ts';
import type { Model } from '../model/types.ts';
import type { RunResult } from '../settings/run.ts';
import { keyFrames } from '../tokens/keyframes.ts';
import { createPictures, type Pictures } from '../video/pictures.ts';
import type { Clip } from '../video/types.ts';
import type { DistanceHistogram, LabelMap, Masks, Preview } from './api.ts';
import type { DeviceContext } from './devices.ts';
import { createFrameAttention } from './frame-attention.ts';
import { attend, type Tokens } from './pipeline.ts';

/** What a run leaves behind, from which masks and maps are made. */
export interface Remains {
  clip: Clip;
  model: Model;
  result: RunResult;
  tokens: Tokens;
  context: DeviceContext;
  first: LeafLevel | null;
}

/** Share of the row budget that the rows of a look may take: a run's own may be there too. */
const LOOK_SHARE = 0.25;
/** Most rows of a look at a time: a newer wish waits no longer than these take. */
const LOOK_ROWS = 512;

/**
 * A finished run, to be looked at: the parts of EngineApi that need one. Looks that compute take turns; one that still
 * waits when the run is released ends with an AbortError. Takes `first` over.
 */
export function createFinished({ clip, model, result, tokens, context, first }: Remains) {
  const { grid, frames, clustering, settings } = result;
  const { backend, gpuDevice, rowBudget, report, filter } = context;
  const n = grid.rows * grid.columns;
  const backboneMaps = createFrameAttention(clip, model, settings, {
    device: report.device,
    precision: report.precision,
    ...(gpuDevice ? { gpuDevice } : {}),
  });
  const pictures = createPictures(clip);
  /** A look at single positions takes rows over all of them; distances take the run's own. */
  const attentions = new Map<Pool, Attention>();
  /** D of every token to its own centroid, once a stroke has asked for it. */
  let own: Float32Array | null = null;
  let preview: (Reclustering & { tau: number }) | null = null;
  let released = false;
  let turn: Promise<unknown> = Promise.resolve();
  /** Number of the newest wish for distances. */
  let newest = 0;

  function inTurn<T>(look: () => Promise<T>): Promise<T> {
    const looked = turn.then(() => {
      if (released) throw superseded();
      return look();
    });
    turn = looked.catch(() => undefined);
    return looked;
  }

  const rows = async (pool: Pool = settings.pool) => {
    // A later run on other frames lets go of these tokens first, and may be cancelled after that.
    if (tokens.store.released) throw failure('run/tokens-gone');
    const attention = attentions.get(pool) ?? (await attend(backend, tokens, { ...settings, pool }));
    attentions.set(pool, attention);
    return attention;
  };
  const objectsIn = (found: Reclustering) =>
    summariseClusters(found, grid).filter(({ background, tokens }) => !background && tokens > 0).length;
  const tokenAt = (frame: number, row: number, column: number) =>
    (frame * grid.rows + row) * grid.columns + column;

  /** D of a token to all tokens of one processed frame, [rows, columns]. */
  async function distancesIn(frame: number, token: number, stillWanted: () => void): Promise<Float32Array> {
    const all = await rows();
    const together = Math.floor((LOOK_SHARE * rowBudget) / all.rowBytes);
    const step = Math.max(1, Math.min(LOOK_ROWS, together, n));
    const found = new Float32Array(n);
    const pinned = await all.rows(token, 1);
    try {
      for (let at = 0; at < n; at += step) {
        await yieldToEvents();
        stillWanted();
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

  /** The run's masks at any clip frame, from pictures that may be others' (see masksOf). */
  const masks = (from: Pictures, of: Omit<Masks, 'tau'>) => masksOf(result, from, of, filter);

  return {
    result,
    masks,

    async labels(frame: number, width: number, height: number, of: Masks = {}): Promise<LabelMap> {
      if (of.tau === undefined)
        return { width, height, labels: await masks(pictures, of)(frame, width, height) };
      if (preview?.tau !== of.tau) throw superseded();
      const soft = { grid, ...preview, distances: null };
      return { width, height, labels: upsampleLabels(soft, nearestFrame(frames, frame), width, height) };
    },

    preview: (tau: number) =>
      inTurn(async (): Promise<Preview | null> => {
        if (!first || tau < first.options.tau) return null;
        const reclustering = await recluster(backend, first, tau);
        preview = { tau, ...reclustering };
        return {
          tau,
          clusters: summariseClusters(reclustering, grid),
          nearest: mostShared(reclustering, clustering),
        };
      }),

    histogram: (most: number, bins: number) =>
      inTurn(async (): Promise<DistanceHistogram | null> => {
        if (!first) return null;
        return { most, shares: await distanceHistogram(backend, first, most, bins) };
      }),

    tauFor: (objects: number, range: readonly [number, number]) =>
      inTurn(async () => {
        if (!first) return null;
        const own = await recluster(backend, first, first.options.tau);
        return objectsIn(own) < objects ? null : tauFor(backend, first, objects, range, objectsIn);
      }),

    attention: (frame: number, row: number, column: number) =>
      inTurn(async () => {
        if (settings.metric === 'F' || settings.metric === 'Fv') throw failure('run/no-map');
        const one = await (await rows(1)).rows(tokenAt(frame, row, column), 1);
        try {
          const keys = settings.metric === 'A' ? [frame] : keyFrames(grid.frames, settings.ratio);
          return { frames: Int32Array.from(keys, (key) => frames[key]!), map: await backend.read(one) };
        } finally {
          one.release();
        }
      }),

    frameAttention: (frame: number, row: number, column: number) =>
      inTurn(() => backboneMaps.mapOf(frames[frame]!, row * grid.columns + column)),

    async distances(
      frame: number,
      row: number,
      column: number,
      from: number,
      onFrame: (place: number, distances: Float32Array) => boolean | Promise<boolean>,
    ): Promise<void> {
      const number = ++newest;
      const stillWanted = () => {
        if (released || number !== newest) throw superseded();
      };
      // Frame by frame in turn, so that other looks come in between.
      for (const place of outward(from, grid.frames)) {
        const found = await inTurn(() => distancesIn(place, tokenAt(frame, row, column), stillWanted));
        if (!(await onFrame(place, found))) return;
      }
    },

    carry: (painted: readonly number[]) =>
      inTurn(async () => {
        const all = await rows();
        const together = Math.floor((LOOK_SHARE * rowBudget) / all.rowBytes);
        const check = () => {
          if (released) throw superseded();
        };
        const pace = { rows: Math.max(1, Math.min(LOOK_ROWS, together)), check };
        own ??= await ownDistances(backend, all, clustering, pace);
        return connectedComponent(await tokensNearer(backend, all, painted, own, pace), painted, grid);
      }),

    /** Lets go of everything; looks still waiting end with an AbortError. */
    async release(): Promise<void> {
      released = true;
      await turn;
      for (const attention of attentions.values()) attention.release();
      first?.centroids.release();
      pictures.close();
      await backboneMaps.release();
    },
  };
}

export type Finished = ReturnType<typeof createFinished>;

/** Places 0..count-1, nearest to `from` first. */
function outward(from: number, count: number): number[] {
  const places = Array.from({ length: count }, (_, place) => place);
  return places.sort((a, b) => Math.abs(a - from) - Math.abs(b - from) || a - b);
}

/** What a call that a newer one has superseded ends with: the page drops it without a word. */
const superseded = () => new DOMException('A newer result has taken its place.', 'AbortError');
