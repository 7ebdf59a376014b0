import type { Attention, Rows } from '../backend/types.ts';
import { divide } from '../follow/divide.ts';
import { type Found, find } from '../follow/find.ts';
import { type Analysis, analyse, follow, propagateForward } from '../follow/follow.ts';
import { attentionWithMotion } from '../follow/motion-rows.ts';
import { noticeNewcomers } from '../follow/newcomers.ts';
import { isFollowed } from '../follow/records.ts';
import { leafTauOf } from '../model/describe.ts';
import type { Evidence } from '../motion/evidence.ts';
import { type Clusters, createClusters, type PackedLeaves, residualOf } from './clusters.ts';
import { evidenceOfSamples, type MotionTerm, termOf } from './motion-term.ts';
import { createSight, type FollowContext, type Sight } from './sight.ts';

/**
 * D beyond which a token is near no leaf, as a share of the leaves' τ. A leaf gathers what is nearer than τ to its first
 * row; of frames that were not sampled, 99 of 100 tokens are within 1.5 τ of the mean of one (bench/following.md).
 */
const FAR_SHARE = 1.5;

/** Objects that were found in the samples, ready to be followed through the clip. */
export interface Following
  extends Pick<Clusters, 'at' | 'count' | 'classified' | 'grown'>,
    Pick<Sight, 'row' | 'moving'> {
  found: Found;
  /** Frames of the clip that were found not to be decodable. */
  lost: ReadonlySet<number>;
  /** τ that leaves are made at, unless the run's own is finer. */
  leafTau: number;
  /** How much of λ the clip's motion deserves, 0…1. */
  confidence: number;
  /** D between the leaves, [leaves, leaves]. */
  apart(): Promise<Float32Array>;
  /** What clusters at another τ are made from, without the run. */
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
   * Once every frame is followed, looks for objects that appear in none of the samples. Returns whether there are any: they
   * then have leaves, and their frames have to be followed again. Runs once.
   */
  notice(signal?: AbortSignal): Promise<boolean>;
  /**
   * Once every frame is followed, separates several things that move and look alike. Returns whether there are any: they
   * then have leaves and clusters of their own. Runs once.
   */
  divide(signal?: AbortSignal): Promise<boolean>;
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
  const sight = createSight(context, { attention, term, evidence });
  const { entry } = source.model;
  const { grid } = tokens;
  const used = term !== null && term.lambda > 0;
  const { tau } = entry.defaults;
  const leafTau = leafTauOf(entry);
  const far = FAR_SHARE * found.options.tau;
  /** Leaves that were replaced, but that a query may still use. */
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
  });

  /** Made when first asked for. */
  let apart: Promise<Float32Array> | null = null;

  /** Puts leaves, the earlier ones among them, in place of those before. `members`: of the new ones. */
  const replaceLeaves = (leaves: Rows, members: Iterable<number>) => {
    outgrown.push(found.leaves);
    found.leaves = leaves;
    found.members = Float64Array.from([...found.members, ...members]);
    apart = null;
    records.keeper?.grown(leaves.count);
  };

  const analysis = (): Analysis => ({
    backend,
    plan,
    leaves: found.leaves,
    tau,
    far,
    records,
    frames: sight,
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

    moving: sight.moving,
    row: sight.row,
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
      propagateForward({ ...analysis(), frames: sight, onFrames, signal: wanted }, from, end),

    async preview(frame, end, onFrames, wanted, queries) {
      const given: Analysis['frames'] = {
        ...sight,
        look: (at, leaves) => sight.look(at, leaves, undefined, queries),
      };
      await analyse({ ...analysis(), frames: given }, frame);
      onFrames([frame]);
      await propagateForward({ ...analysis(), frames: sight, onFrames, signal: wanted }, frame, end);
    },

    follow: (playhead, onFrames, wanted = signal) =>
      follow({ ...analysis(), frames: sight, playhead, onFrames, signal: wanted }),

    async notice(wanted = signal) {
      if (noticed || settings.metric !== 'Av') return false;
      const seen: (Evidence | null)[] = [];
      const came = await noticeNewcomers(
        analysis(),
        found.options,
        async (frame) => void seen.push(used ? await motion.evidence(frame) : null),
        ({ leaves, members, frames }) => {
          replaceLeaves(leaves, members);
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
      // At the model's own τ: which instances there are must not depend on the τ of the first run.
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
        // Nothing is awaited from here on: records and leaves change together.
        replaceLeaves(
          leaves,
          twins.map(() => 0),
        );
        commit();
        clusters.divide({ undivided: before, twins });
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
