import { distancesOf, expectationOf, rowsWith } from '../backend/passing.ts';
import type { Attention, Rows } from '../backend/types.ts';
import type { Frames } from '../follow/follow.ts';
import { motionColumns } from '../follow/motion-rows.ts';
import { tokenMotion as flowOfTokens } from '../follow/propagate.ts';
import type { Records } from '../follow/records.ts';
import type { Evidence } from '../motion/evidence.ts';
import { atCells, blend, tokenMeans } from '../motion/pool.ts';
import type { FrameFeed } from '../video/feed.ts';
import { normalise } from '../video/preprocess.ts';
import type { MotionTerm, TermContext } from './motion-term.ts';
import { OUTPUT_FOR, patchMaps, type Source } from './pipeline.ts';
import type { MotionMap } from './result.ts';

/** What finding and following compute with. */
export interface FollowContext extends TermContext {
  source: Source;
  feed: FrameFeed;
  /** Receives the records of followed frames; existing ones stay. */
  records: Records;
  /** Awaited between two steps, so that what a user waits for goes first. */
  pause(): Promise<void>;
  signal: AbortSignal;
}

/** What the samples give to the rows of all frames. */
interface FromSamples {
  /** By attention alone. */
  attention: Attention;
  /** Null where motion is not used. */
  term: MotionTerm | null;
  evidence: readonly (Evidence | null)[] | null;
}

/** The frames of a clip, as they are compared with the leaves. */
export interface Sight extends Frames {
  /** @param known queries of a frame that is no sample, where they are known */
  look(frame: number, leaves: Rows, next?: number, known?: Float32Array): ReturnType<Frames['look']>;
  /** Row of one token, by attention alone. The caller releases it. */
  row(frame: number, token: number): Promise<Rows>;
  /** What moves by itself in a frame; null where motion is not used, or the frame is pending or lost. */
  moving(frame: number): Promise<MotionMap | null>;
}

export function createSight(
  { backend, rowBudget, plan, settings, tokens, motion, feed, records, source }: FollowContext,
  { attention, term, evidence }: FromSamples,
): Sight {
  const { backbone, correlator, model } = source;
  const { grid } = tokens;
  const n = grid.rows * grid.columns;
  const placeOf = new Map([...plan.samples].map((frame, place) => [frame, place]));
  const used = term !== null && term.lambda > 0;

  /** q of a frame that is no sample, or its rows' own values where no attention is clustered. */
  async function queriesOf(frame: number): Promise<Float32Array> {
    const picture = await feed.picture(frame);
    const pixels = new Float32Array(3 * settings.height * settings.width);
    normalise(picture, model.entry.normalisation, pixels, 0);
    const values = (await backbone.run(pixels, 1))[OUTPUT_FOR[settings.metric]]!;
    if (settings.metric === 'A') return patchMaps(values, 1, model.architecture.heads, n);
    if (settings.metric !== 'Av') return values;
    return (await correlator.project(values, n, new Int32Array(n).fill(frame))).q;
  }

  /** Motion in the next frame, begun while the GPU works on the one before it. */
  let ahead: { frame: number; evidence: Promise<Evidence | null> } | null = null;

  function evidenceOf(frame: number, next?: number): Promise<Evidence | null> {
    const own = ahead?.frame === frame ? ahead.evidence : motion.evidence(frame);
    ahead = null;
    if (next !== undefined && !placeOf.has(next)) {
      const evidence = motion.evidence(next);
      // Whoever awaits it gets the error.
      evidence.catch(() => undefined);
      ahead = { frame: next, evidence };
    }
    return own;
  }

  /** p of every cell where a frame has no neighbour. */
  const still = () => new Float32Array(motion.cells.rows * motion.cells.columns);
  const unmoved = { behind: new Float32Array(0), m: new Float32Array(0) };
  const moved = (ofTokens: Float32Array, pooled: Float32Array, own: Evidence | null | undefined) => ({
    behind: motionColumns(ofTokens, term!.lambda),
    m: blend(own?.drawn ?? still(), atCells(pooled, grid, motion.cells)),
  });

  /** What a frame's rows are made of: queries, and the columns of motion behind A'v; and m of each cell. */
  async function sightOf(frame: number, next?: number, known?: Float32Array) {
    const place = placeOf.get(frame);
    if (place !== undefined) {
      const queries = await tokens.store.read('q', place, 1);
      if (!used) return { queries, ...unmoved };
      const [ofTokens, pooled] = [term.m, term.pooled].map((all) => all.subarray(place * n, (place + 1) * n));
      return { queries, ...moved(ofTokens!, pooled!, evidence![place]) };
    }
    const moving = used ? evidenceOf(frame, next) : null;
    // Its errors are thrown below, once the ViT has finished.
    moving?.catch(() => undefined);
    const queries = known ?? (await queriesOf(frame));
    const own = await moving;
    if (!used) return { queries, ...unmoved };
    const gathered = await expectationOf(backend, term.pool, { queries, count: n }, term.keys, rowBudget);
    const pooled = gathered.map((mean) => Math.min(1, mean / term.scale));
    const ofTokens = blend(tokenMeans(own?.p ?? still(), motion.cells, grid), pooled);
    return { queries, ...moved(ofTokens, pooled, own) };
  }

  return {
    async look(frame, leaves, next, known) {
      const { queries, behind, m } = await sightOf(frame, next, known);
      const rows = { queries, count: n, behind };
      return { distances: await distancesOf(backend, attention, rows, leaves, rowBudget), m };
    },

    async rows(frame) {
      const { queries, behind } = await sightOf(frame);
      return rowsWith(backend, attention, queries, behind);
    },

    isLost: (frame) => feed.lost.has(frame),

    async motion(frame, other) {
      const { flow, own: luma, other: seen } = await motion.flow(frame, other);
      return flowOfTokens(flow.xy, { own: luma, other: seen }, flow, grid);
    },

    async row(frame, token) {
      const place = placeOf.get(frame);
      if (place !== undefined) return attention.rows(place * n + token, 1);
      const queries = await queriesOf(frame);
      const dim = queries.length / n;
      return attention.rowsOf(queries.slice(token * dim, (token + 1) * dim));
    },

    async moving(frame) {
      const record = records.get(frame - plan.start);
      if (!used || !record) return null;
      const place = placeOf.get(frame);
      const seen = place === undefined ? await motion.evidence(frame) : evidence![place];
      const m = Float32Array.from(record.motion, (value) => value / 255);
      const drift = seen?.drift ?? new Float32Array(2 * m.length);
      return { ...motion.cells, m, drift, width: motion.size.width };
    },
  };
}
