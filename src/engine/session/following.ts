import { distancesOf, expectationOf, rowsWith } from '../backend/passing.ts';
import type { Attention, Rows } from '../backend/types.ts';
import { divide } from '../follow/divide.ts';
import { type Found, find } from '../follow/find.ts';
import { type Analysis, analyse, type Frames, follow, propagateForward } from '../follow/follow.ts';
import { attentionWithMotion, motionColumns } from '../follow/motion-rows.ts';
import { noticeNewcomers } from '../follow/newcomers.ts';
import { tokenMotion as flowOfTokens } from '../follow/propagate.ts';
import { isFollowed, type Records } from '../follow/records.ts';
import type { Evidence } from '../motion/evidence.ts';
import { atCells, blend, tokenMeans } from '../motion/pool.ts';
import type { FrameFeed } from '../video/feed.ts';
import { normalise } from '../video/preprocess.ts';
import type { ModelEntry } from '../weights/types.ts';
import { type Clusters, createClusters, type PackedLeaves, residualOf } from './clusters.ts';
import { evidenceOfSamples, type MotionTerm, type TermContext, termOf } from './motion-term.ts';
import { OUTPUT_FOR, patchMaps, type Source } from './pipeline.ts';
import type { MotionMap } from './result.ts';

/** τ of the leaves, as a share of the model's own: how far τ can be moved down without another run. */
const LEAF_SHARE = 0.5;
/**
 * D beyond which a token is near no leaf, as a share of the leaves' τ. A leaf gathers what is nearer than τ to its first
 * row; of frames that were not sampled, 99 of 100 tokens are within 1.5 τ of the mean of one (bench/following.md).
 */
const FAR_SHARE = 1.5;

/** τ of the leaves of a model's runs. */
export const leafTauOf = ({ defaults }: Pick<ModelEntry, 'defaults'>): number => LEAF_SHARE * defaults.tau;

/** What finding and following compute with. */
export interface FollowContext extends TermContext {
  source: Source;
  rowBudget: number;
  feed: FrameFeed;
  /** Where records of followed frames go; those that are there stay. */
  records: Records;
  /** Awaited between two steps: lets what a user waits for go first. */
  pause(): Promise<void>;
  signal: AbortSignal;
}

/** Objects that were found in the samples, ready to be followed through the clip. */
export interface Following extends Pick<Clusters, 'at' | 'count' | 'classified' | 'grown'> {
  found: Found;
  /** Frames of the clip that were found not to be decodable. */
  lost: ReadonlySet<number>;
  /** τ that leaves are made at, unless the run's own is finer. */
  leafTau: number;
  /** How much of λ the clip's motion deserves, 0…1. */
  confidence: number;
  /** D between the leaves, [leaves, leaves]. */
  apart(): Promise<Float32Array>;
  /** What clusters at another τ are made from without the run. */
  pack(): Promise<PackedLeaves>;
  /** Assigns the samples, nearest to the playhead first. */
  samples(
    playhead: () => number,
    onFrames: (frames: readonly number[]) => void,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Propagates the masks of a frame into those after it, up to `end` (excluded): see `propagateForward` in follow.ts. */
  propagateForward(
    from: number,
    end: number,
    onFrames: (frames: readonly number[]) => void,
    signal?: AbortSignal,
  ): Promise<void>;
  /**
   * Assigns a frame, whatever the plan says of it, and propagates its masks as `propagateForward` does.
   * @param queries its own, where they are known
   */
  preview(
    frame: number,
    end: number,
    onFrames: (frames: readonly number[]) => void,
    signal: AbortSignal,
    queries?: Float32Array,
  ): Promise<void>;
  /** Follows every other frame. */
  follow(
    playhead: () => number,
    onFrames: (frames: readonly number[]) => void,
    signal?: AbortSignal,
  ): Promise<void>;
  /**
   * Looks, once every frame is followed, for what came in after the samples were chosen. Whether there is any: then it has
   * leaves from now on, and the frames that it is in are to be followed again. Once.
   */
  notice(signal?: AbortSignal): Promise<boolean>;
  /**
   * Tells apart, once every frame is followed, what moves and looks alike but is several things. Whether there is any: then
   * these have leaves and clusters of their own from now on. Once.
   */
  divide(signal?: AbortSignal): Promise<boolean>;
  /** What moves by itself in a frame; null where motion was not used, or the frame is pending or lost. */
  moving(frame: number): Promise<MotionMap | null>;
  /** Row of one token, by attention alone: where it attends, over the key frames. */
  row(frame: number, token: number): Promise<Rows>;
  /** Rows of the samples as they were clustered. */
  rows: Attention;
  release(): void;
}

/**
 * Finds the objects in the samples: Algorithm 1 over rows of A'v, extended by λ(m, 1 − m) where motion is used.
 * @throws the signal's reason, and what backends, sessions and decoders throw
 */
export async function findObjects(
  context: FollowContext,
  attend: () => Promise<Attention>,
  report: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<Following> {
  const { backend, plan, settings, tokens, motion, source } = context;
  const wanted = settings.motion > 0 && settings.metric === 'Av';
  const evidence = wanted ? await evidenceOfSamples(motion, plan, signal, report, context.pause) : null;
  const plain = await attend();
  let attention = plain;
  let term: MotionTerm | null = null;
  const release = () => {
    term?.pool.release();
    plain.release();
  };
  try {
    term = evidence && (await termOf(context, evidence, signal));
    if (term && term.lambda > 0) attention = attentionWithMotion(backend, plain, term.m, term.lambda);
    const leafTau = leafTauOf(source.model.entry);
    const { pause } = context;
    const control = { budget: context.rowBudget, signal, pause, onProgress: report };
    const found = await find(backend, attention, tokens.grid, settings, leafTau, control);
    return following(context, { found, attention: plain, rows: attention, term, evidence }, release);
  } catch (thrown) {
    release();
    throw thrown;
  }
}

interface FoundInSamples {
  found: Found;
  attention: Attention;
  rows: Attention;
  term: MotionTerm | null;
  evidence: readonly (Evidence | null)[] | null;
}

function following(
  context: FollowContext,
  { found, attention, rows: clustered, term, evidence }: FoundInSamples,
  release: () => void,
): Following {
  const { backend, plan, settings, tokens, motion, feed, records, signal, source } = context;
  const { backbone, correlator, model } = source;
  const grid = tokens.grid;
  const n = grid.rows * grid.columns;
  const placeOf = new Map([...plan.samples].map((frame, place) => [frame, place]));
  const used = term !== null && term.lambda > 0;
  const tau = model.entry.defaults.tau;
  const leafTau = leafTauOf(model.entry);
  const far = FAR_SHARE * found.options.tau;
  const fine = settings.clustering === 'hierarchical';
  /** Leaves that were replaced, but that a query may still be using. */
  const outgrown: Rows[] = [];
  let [noticed, divided] = [false, false];
  const residual = (seen: readonly (Evidence | null)[]) =>
    used ? residualOf(seen, motion.cells, grid) : new Float32Array(0);
  const clusters = createClusters({
    backend,
    start: plan.start,
    samples: { frames: plan.samples, residual: residual(evidence ?? []) },
    records,
    found,
    fine,
  });

  /** Made when first asked for. */
  let apart: Promise<Float32Array> | null = null;

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

  /** What moves in the frame that comes next, begun while the GPU is at the one before it. */
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

  /**
   * What a frame's rows are made of, queries and what motion puts behind A'v, and m of each cell.
   * @param known queries of a frame that is no sample, where they are known
   */
  async function sightOf(frame: number, next?: number, known?: Float32Array) {
    const place = placeOf.get(frame);
    if (place !== undefined) {
      const queries = await tokens.store.read('q', place, 1);
      if (!used) return { queries, ...unmoved };
      const [ofTokens, pooled] = [term.m, term.pooled].map((all) => all.subarray(place * n, (place + 1) * n));
      return { queries, ...moved(ofTokens!, pooled!, evidence![place]) };
    }
    const moving = used ? evidenceOf(frame, next) : null;
    // What goes wrong with it is reported below, once the ViT is no longer at work.
    moving?.catch(() => undefined);
    const queries = known ?? (await queriesOf(frame));
    const own = await moving;
    if (!used) return { queries, ...unmoved };
    const gathered = await expectationOf(backend, term.pool, queries, term.keys);
    const pooled = gathered.map((mean) => Math.min(1, mean / term.scale));
    const ofTokens = blend(tokenMeans(own?.p ?? still(), motion.cells, grid), pooled);
    return { queries, ...moved(ofTokens, pooled, own) };
  }

  /** p of every cell where a frame has no neighbour. */
  const still = () => new Float32Array(motion.cells.rows * motion.cells.columns);
  const unmoved = { behind: new Float32Array(0), m: new Float32Array(0) };
  const moved = (ofTokens: Float32Array, pooled: Float32Array, own: Evidence | null | undefined) => ({
    behind: motionColumns(ofTokens, term!.lambda),
    m: blend(own?.drawn ?? still(), atCells(pooled, grid, motion.cells)),
  });

  async function look(frame: number, leaves: Rows, next?: number, known?: Float32Array) {
    const { queries, behind, m } = await sightOf(frame, next, known);
    return { distances: await distancesOf(backend, attention, queries, leaves, behind), m };
  }

  const frames: Frames = {
    look,
    rows: async (frame) => {
      const { queries, behind } = await sightOf(frame);
      return rowsWith(backend, attention, queries, behind);
    },
    isLost: (frame) => feed.lost.has(frame),
    motion: async (frame, other) => {
      const { flow, own: luma, other: seen } = await motion.flow(frame, other);
      return flowOfTokens(flow.xy, { own: luma, other: seen }, flow, grid);
    },
  };

  const analysis = (): Analysis => ({
    backend,
    plan,
    leaves: found.leaves,
    tau,
    far,
    records,
    frames,
    pause: context.pause,
  });

  return {
    found,
    lost: feed.lost,
    leafTau,
    confidence: term?.confidence ?? 0,
    rows: clustered,
    apart: () => {
      apart ??= backend.distances(found.leaves, found.leaves);
      return apart;
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

    async row(frame, token) {
      const place = placeOf.get(frame);
      if (place !== undefined) return attention.rows(place * n + token, 1);
      const queries = await queriesOf(frame);
      const dim = queries.length / n;
      return attention.rowsOf(queries.slice(token * dim, (token + 1) * dim));
    },

    at: clusters.at,
    count: clusters.count,
    classified: clusters.classified,
    pack: async () => ({ ...(await clusters.pack()), leafTau }),

    async samples(playhead, onFrames, wanted = signal) {
      const left = new Set(plan.samples);
      while (left.size > 0) {
        wanted.throwIfAborted();
        const at = playhead();
        const next = [...left].reduce((a, b) => (Math.abs(b - at) < Math.abs(a - at) ? b : a));
        left.delete(next);
        if (isFollowed(records.source(next - plan.start))) continue;
        await analyse(analysis(), next);
        onFrames([next]);
      }
    },

    propagateForward: (from, end, onFrames, wanted = signal) =>
      propagateForward({ ...analysis(), frames, onFrames, signal: wanted }, from, end),

    async preview(frame, end, onFrames, wanted, queries) {
      const given: Analysis['frames'] = {
        ...frames,
        look: (at, leaves) => look(at, leaves, undefined, queries),
      };
      await analyse({ ...analysis(), frames: given }, frame);
      onFrames([frame]);
      await propagateForward({ ...analysis(), frames, onFrames, signal: wanted }, frame, end);
    },

    follow: (playhead, onFrames, wanted = signal) =>
      follow({ ...analysis(), frames, playhead, onFrames, signal: wanted }),

    async notice(wanted = signal) {
      if (noticed || !fine || settings.metric !== 'Av') return false;
      const seen: (Evidence | null)[] = [];
      const came = await noticeNewcomers(
        analysis(),
        found.options,
        async (frame) => void seen.push(used ? await motion.evidence(frame) : null),
        ({ leaves, members, frames }) => {
          outgrown.push(found.leaves);
          found.leaves = leaves;
          records.keeper?.grown(leaves.count);
          apart = null;
          found.members = Float64Array.from([...found.members, ...members]);
          clusters.see({ frames: Int32Array.from(frames), residual: residual(seen) });
        },
        wanted,
      );
      noticed = true;
      return came;
    },

    grown: clusters.grown,

    async divide(wanted = signal) {
      if (divided || !used) return false;
      // At the model's own τ: what is an instance must not depend on which τ was asked for first.
      const now = await clusters.at(tau);
      const foreground = now.clusters.map(({ background }) => !background);
      const shots = plan.shots.map((shot) => ({
        start: shot.start - plan.start,
        end: shot.end - plan.start,
      }));
      const several = await divide(records, now.clusterOf, foreground, shots, wanted);
      if (several) {
        const { twins, commit } = several;
        const before = found.leaves;
        const leaves = await backend.gather(before, [
          ...now.clusterOf.keys(),
          ...twins.map(({ leaf }) => leaf),
        ]);
        // From here on nothing is waited for: records and leaves go together.
        records.keeper?.grown(leaves.count);
        commit();
        clusters.divide({ undivided: before, twins });
        outgrown.push(before);
        found.leaves = leaves;
        apart = null;
        found.members = Float64Array.from([...found.members, ...twins.map(() => 0)]);
      }
      divided = true;
      return several !== null;
    },

    release() {
      for (const rows of [...outgrown, found.leaves]) rows.release();
      release();
    },
  };
}
