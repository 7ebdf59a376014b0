import { abortError, type Scope, seldom } from '../../lib/task.ts';
import type { Attention } from '../backend/types.ts';
import { summariseClusters } from '../cluster/background.ts';
import { mostShared } from '../cluster/overlap.ts';
import { connectedComponent, ownDistances, ownPasses, tokensNearer } from '../cluster/propagate.ts';
import { distanceHistogram, membersOf, type Reclustering, recluster, tauFor } from '../cluster/recluster.ts';
import type { LeafLevel } from '../cluster/types.ts';
import type { LabelMap } from '../mask/types.ts';
import { placeOf, upsampleLabels } from '../mask/upsample.ts';
import { keyFrames } from '../tokens/keyframes.ts';
import type { Inspection } from './api.ts';
import { failure } from './errors.ts';
import { createInspector, type InspectedRun } from './inspector.ts';
import { attend, type Tokens } from './pipeline.ts';

/** A finished run, as its maps and previews are made from it. */
interface FinishedRun extends InspectedRun {
  tokens: Tokens;
  first: LeafLevel | null;
}

export interface Inspected extends Inspection {
  /** Labels of the newest preview; rejects where that is not the one at `tau`. */
  previewLabels(tau: number, frame: number, width: number, height: number): Promise<LabelMap | null>;
}

/** Queries of a finished run, beyond its masks. They end with `scope`, which takes over the leaves. */
export function inspectRun(run: FinishedRun, scope: Scope): Inspected {
  const { result, tokens, first } = run;
  const { grid, frames, clustering, settings } = result;
  /** Made when first asked for. */
  let attention: Attention | null = null;
  /** D of every token to its own centroid, once a stroke has asked for it. */
  let own: Float32Array | null = null;
  let preview: (Reclustering & { tau: number }) | null = null;

  // Owned before the queries, so that it is released after them.
  scope.own(first, () => {
    attention?.release();
    first?.centroids.release();
  });
  const { backend, inTurn, paceOf, valuesOf, frameAttention, distances } = createInspector(run, scope);

  const rows = async () => {
    attention ??= await attend(backend, tokens, settings);
    return attention;
  };
  const objectsIn = (found: Reclustering) =>
    summariseClusters(found, grid).filter(({ background, tokens }) => !background && tokens > 0).length;
  const tokenAt = (frame: number, row: number, column: number) =>
    (frame * grid.rows + row) * grid.columns + column;

  return {
    async previewLabels(tau, frame, width, height) {
      if (preview?.tau !== tau) throw abortError();
      const place = placeOf(frames, frame);
      if (place < 0) return null;
      const soft = { grid, ...preview, distances: null };
      return { width, height, labels: upsampleLabels(soft, place, width, height) };
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
        const count = async (tau: number) => objectsIn(await recluster(backend, first, tau));
        const finest = first.options.tau;
        if ((await count(finest)) < objects) return null;
        return tauFor(objects, [Math.max(range[0], finest), range[1]], count);
      }),

    attention: (frame, row, column) =>
      inTurn(async () => {
        if (settings.metric === 'F' || settings.metric === 'Fv') throw failure('run/no-map');
        const one = await (await rows()).rows(tokenAt(frame, row, column), 1);
        const keys = settings.metric === 'A' ? [frame] : keyFrames(grid.frames, settings.ratio);
        return { frames: Int32Array.from(keys, (key) => frames[key]!), map: await valuesOf(one) };
      }),

    frameAttention,

    distances: (frame, row, column, from, onFrame) =>
      distances(rows, tokenAt(frame, row, column), from, grid.frames, onFrame),

    motion: async () => null,

    propagate: (painted, onPart) =>
      inTurn(async () => {
        const all = await rows();
        const passes = 1 + (own ? 0 : ownPasses(clustering));
        const heard = seldom(onPart);
        let used = 0;
        const onRows = (count: number) => {
          used += count;
          heard(used / (passes * all.tokens));
        };
        const pace = { ...paceOf(all), onRows };
        own ??= await ownDistances(backend, all, clustering, pace);
        return connectedComponent(await tokensNearer(backend, all, painted, own, pace), painted, grid);
      }),
  };
}
