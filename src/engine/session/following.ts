import type { Attention, Level, Rows } from '../backend/types.ts';
import { type ClusterSummary, summariseClusters } from '../cluster/background.ts';
import { foregroundOf, joinByMotion, meanMotion, type TokenMotion } from '../cluster/common-fate.ts';
import { tokenMotion as flowOfTokens } from '../follow/carry.ts';
import { divide, levelsWithTwins, type Twin, withTwins } from '../follow/divide.ts';
import { clusterOfLeaf, type Found, find, levelsAt, withLater } from '../follow/find.ts';
import { type Analysis, analyse, follow } from '../follow/follow.ts';
import { attentionWithMotion, extendByMotion } from '../follow/motion-rows.ts';
import { noticeNewcomers } from '../follow/newcomers.ts';
import { clustersOf, type Records, SOURCE } from '../follow/records.ts';
import type { Evidence } from '../motion/evidence.ts';
import { atCells, blend, tokenMeans } from '../motion/pool.ts';
import type { FrameFeed } from '../video/feed.ts';
import { pixelsOf } from '../video/preprocess.ts';
import type { ModelEntry } from '../weights/types.ts';
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
  signal: AbortSignal;
}

/** Objects that were found in the samples, ready to be followed through the clip. */
export interface Following {
  found: Found;
  /** τ that leaves are made at, unless the run's own is finer. */
  leafTau: number;
  /** How much of λ the clip's motion deserves, 0…1. */
  confidence: number;
  /** D between the leaves, [leaves, leaves]. */
  apart(): Promise<Float32Array>;
  /** Clusters at a τ: levels above the leaves, and what they are. A look-up. */
  at(tau: number): Promise<{ levels: Level[]; clusterOf: Int32Array; clusters: ClusterSummary[] }>;
  /** Assigns the samples, nearest to the playhead first. */
  samples(
    playhead: () => number,
    onFrames: (frames: readonly number[]) => void,
    signal?: AbortSignal,
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
  /** Whether anything came in after the samples were chosen. */
  grown(): boolean;
  /**
   * Tells apart, once every frame is followed, what moves and looks alike but is several things. Whether there is any: then
   * these have leaves and clusters of their own from now on. Once.
   */
  divide(signal?: AbortSignal): Promise<boolean>;
  /** What moves by itself in a frame; null where motion was not used, or the frame is pending. */
  moving(frame: number): Promise<MotionMap | null>;
  /** Row of one token, by attention alone: where it attends, over the key frames. */
  row(frame: number, token: number): Promise<Rows>;
  /** Rows of the samples as they were clustered. */
  rows: Attention;
  /** Leaf of every token of the samples that has one, −1 of others. */
  leaves(): Int32Array;
  /** The same of all tokens that clusters are judged by: those of the samples, then those that newcomers were seen in. */
  judged(): Int32Array;
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
  const evidence = wanted ? await evidenceOfSamples(motion, plan, signal, report) : null;
  const plain = await attend();
  let attention = plain;
  const release = () => plain.release();
  try {
    const term = evidence && (await termOf(context, evidence, signal));
    if (term && term.lambda > 0) attention = attentionWithMotion(backend, plain, term.m, term.lambda);
    const leafTau = leafTauOf(source.model.entry);
    const control = { budget: context.rowBudget, signal, onProgress: report };
    const found = await find(backend, attention, tokens.grid, settings, leafTau, control);
    return following(context, { found, attention: plain, rows: attention, term, evidence }, () => {
      term?.pool.release();
      release();
    });
  } catch (thrown) {
    release();
    throw thrown;
  }
}

/** Frames that newcomers were seen in, and the evidence of motion there. */
interface Witnesses {
  frames: readonly number[];
  seen: readonly (Evidence | null)[];
}

type At = Awaited<ReturnType<Following['at']>>;

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
  const pixels = new Float32Array(3 * settings.height * settings.width);
  const tau = model.entry.defaults.tau;
  const far = FAR_SHARE * found.options.tau;
  const fine = settings.clustering === 'hierarchical';
  /** Rows that somebody may still be looking into. */
  const outgrown: Rows[] = [];
  let witnesses: Witnesses | null = null;
  let noticed = false;
  /** Leaves that are twins of others, behind these. */
  let division: { undivided: Rows; twins: readonly Twin[] } | null = null;
  let divided = false;
  const leafItself = () => Int32Array.from({ length: found.leaves.count }, (_, leaf) => leaf);

  /** Made when first asked for. */
  let apart: Promise<Float32Array> | null = null;

  /** q of a frame that is no sample, or its rows' own values where no attention is clustered. */
  async function queriesOf(frame: number): Promise<Float32Array> {
    await feed.frame(frame, (decoded) =>
      pixelsOf(decoded, settings.height, settings.width, model.entry.normalisation, pixels, 0),
    );
    const values = (await backbone.run(pixels, 1))[OUTPUT_FOR[settings.metric]]!;
    if (settings.metric === 'A') return patchMaps(values, 1, model.architecture.heads, n);
    if (settings.metric !== 'Av') return values;
    return (await correlator.project(values, n, new Int32Array(n).fill(frame))).q;
  }

  async function look(frame: number) {
    const place = placeOf.get(frame);
    if (place !== undefined) {
      const rows = await clustered.rows(place * n, n);
      if (!used) return { rows, m: new Float32Array(0) };
      const pooled = term.pooled.subarray(place * n, (place + 1) * n);
      return { rows, m: blend(probability(evidence![place]), atCells(pooled, grid, motion.cells)) };
    }
    const queries = await queriesOf(frame);
    const rows = await attention.rowsOf(queries);
    if (!used) return { rows, m: new Float32Array(0) };
    const p = probability(await motion.evidence(frame));
    const seen = await term.pool.rowsOf(queries);
    const gathered = await backend.expectation(seen, term.keys);
    seen.release();
    const pooled = gathered.map((mean) => Math.min(1, mean / term.scale));
    const ofTokens = blend(tokenMeans(p, motion.cells, grid), pooled);
    return {
      rows: await extendByMotion(backend, rows, ofTokens, term.lambda),
      m: blend(p, atCells(pooled, grid, motion.cells)),
    };
  }

  /** p of every cell; 0 where a frame has no neighbour. */
  const probability = (seen: Evidence | null | undefined) =>
    seen?.p ?? new Float32Array(motion.cells.rows * motion.cells.columns);

  const analysis = (): Analysis => ({
    backend,
    plan,
    leaves: found.leaves,
    tau,
    far,
    records,
    frames: { look },
  });

  /** What is known of the tokens of some frames, once their records are there: it is the same at every τ. */
  const motions = new Map<ArrayLike<number>, TokenMotion>();

  function motionOf(frames: ArrayLike<number>, seen: readonly (Evidence | null)[] | null): TokenMotion {
    const known = motions.get(frames);
    if (known) return known;
    const m = new Float32Array(frames.length * n);
    const residual = new Float32Array(2 * m.length);
    let whole = true;
    for (const [place, frame] of used ? Array.from(frames).entries() : []) {
      const record = records.get(frame - plan.start);
      if (!record) {
        whole = false;
        continue;
      }
      const own = Float32Array.from(record.motion, (x) => x / 255);
      m.set(tokenMeans(own, motion.cells, grid), place * n);
      const drift = seen![place]?.drift;
      if (!drift) continue;
      const cells = motion.cells.rows * motion.cells.columns;
      const [x, y] = [0, 1].map((axis) =>
        tokenMeans(drift.subarray(axis * cells, (axis + 1) * cells), motion.cells, grid),
      );
      for (let token = 0; token < n; token++) {
        residual[2 * (place * n + token)] = x![token]!;
        residual[2 * (place * n + token) + 1] = y![token]!;
      }
    }
    if (whole) motions.set(frames, { m, residual });
    return { m, residual };
  }

  const undivided = (): Found => ({ ...found, leaves: division?.undivided ?? found.leaves });
  /** Cluster of every leaf, twins included: where they are given without, those of their leaves. */
  const ofAllLeaves = (clusterOf: Int32Array): Int32Array =>
    division && clusterOf.length <= division.undivided.count
      ? withTwins(clusterOf, division.undivided.count, division.twins)
      : clusterOf;

  /** Labels, m and drift of the tokens of some frames. */
  function ofFrames(
    frames: ArrayLike<number>,
    seen: readonly (Evidence | null)[] | null,
    clusterOf: Int32Array,
  ): { labels: Int32Array; motion: TokenMotion } {
    const labels = new Int32Array(frames.length * n).fill(-1);
    const ofLeaves = ofAllLeaves(clusterOf);
    for (const [place, frame] of Array.from(frames).entries()) {
      const record = records.get(frame - plan.start);
      if (record) labels.set(clustersOf(record, ofLeaves), place * n);
    }
    return { labels, motion: motionOf(frames, seen) };
  }
  /** Of the samples, in which clusters are judged. */
  const ofSamples = (clusterOf: Int32Array) => ofFrames(plan.samples, evidence, clusterOf);

  /** Clusters of the leaves that were found in the samples. */
  async function firstAt(wanted: number): Promise<At> {
    let levels = fine ? await levelsAt(backend, found, wanted) : [];
    const count = () => levels.at(-1)?.clusters ?? found.first;
    let clusterOf = clusterOfLeaf(levels, found.first);
    let samples = ofSamples(clusterOf);
    if (used) {
      const moving = foregroundOf(meanMotion(samples.labels, count(), samples.motion.m));
      const joined = joinByMotion(samples.labels, count(), moving, samples.motion, {
        ...grid,
        frames: plan.samples.length,
      });
      if (joined) {
        levels = [...levels, joined];
        clusterOf = clusterOfLeaf(levels, found.first);
        samples = ofSamples(clusterOf);
      }
    }
    return { levels, clusterOf, clusters: judge(samples, count(), plan.samples.length) };
  }

  /** With what came in later, which is judged where it was seen. What was found in the samples stays as it is. */
  async function allAt(wanted: number, { frames, seen }: Witnesses): Promise<At> {
    const base = await firstAt(wanted);
    const newIn = (clusterOf: Int32Array, old: number) => {
      const { labels, motion } = ofFrames(frames, seen, clusterOf);
      return { labels: labels.map((label) => Math.max(-1, label - old)), motion };
    };
    const all = undivided();
    const levels = await withLater(backend, all, wanted, base.levels, (clusterOf, old) => {
      if (!used) return null;
      const { labels, motion } = newIn(clusterOf, old);
      const count = Math.max(...clusterOf) + 1 - old;
      const moving = foregroundOf(meanMotion(labels, count, motion.m));
      return joinByMotion(labels, count, moving, motion, { ...grid, frames: frames.length });
    });
    const clusterOf = clusterOfLeaf(levels, all.leaves.count);
    const old = base.clusters.length;
    const count = levels.at(-1)!.clusters - old;
    const later = judge(newIn(clusterOf, old), count, frames.length);
    return {
      levels,
      clusterOf,
      clusters: [...base.clusters, ...later.map((cluster) => ({ ...cluster, id: old + cluster.id }))],
    };
  }

  /** With the instances of each cluster, which are foreground or not as it is. */
  function dividedAt(base: At, twins: readonly Twin[]): At {
    const { levels, clusterOf, from } = levelsWithTwins(base.levels, base.clusterOf, twins);
    const old = base.clusters.length;
    const judged = judge(ofSamples(clusterOf), old + from.length, plan.samples.length);
    return {
      levels,
      clusterOf,
      clusters: [
        ...base.clusters,
        ...judged.slice(old).map((cluster, i) => ({
          ...cluster,
          background: base.clusters[from[i]!]!.background,
        })),
      ],
    };
  }

  async function at(asked: number): Promise<At> {
    const wanted = Math.max(asked, found.options.tau);
    const base = witnesses ? await allAt(wanted, witnesses) : await firstAt(wanted);
    return division ? dividedAt(base, division.twins) : base;
  }

  function judge(
    { labels, motion: { m } }: ReturnType<typeof ofFrames>,
    count: number,
    frames: number,
  ): ClusterSummary[] {
    const clusters = summariseClusters({ labels, clusters: count }, { ...grid, frames });
    if (used) {
      const means = meanMotion(labels, count, m);
      const foreground = foregroundOf(means);
      for (const cluster of clusters) {
        cluster.motion = means[cluster.id]!;
        cluster.background = !foreground[cluster.id];
      }
    }
    return clusters;
  }

  return {
    found,
    leafTau: leafTauOf(model.entry),
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

    leaves: () => ofSamples(leafItself()).labels,

    judged() {
      const samples = ofSamples(leafItself()).labels;
      if (!witnesses) return samples;
      const later = ofFrames(witnesses.frames, witnesses.seen, leafItself()).labels;
      return Int32Array.from([...samples, ...later]);
    },

    at,

    async samples(playhead, onFrames, wanted = signal) {
      const left = new Set(plan.samples);
      while (left.size > 0) {
        wanted.throwIfAborted();
        const at = playhead();
        const next = [...left].reduce((a, b) => (Math.abs(b - at) < Math.abs(a - at) ? b : a));
        left.delete(next);
        if (records.source(next - plan.start) !== SOURCE.pending) continue;
        await analyse(analysis(), next);
        onFrames([next]);
      }
    },

    follow: (playhead, onFrames, wanted = signal) =>
      follow({
        ...analysis(),
        frames: {
          look,
          motion: (frame, other) =>
            motion
              .flow(frame, other)
              .then(({ flow, own: luma, other: seen }) =>
                flowOfTokens(flow.xy, { own: luma, other: seen }, flow, grid),
              ),
        },
        playhead,
        onFrames,
        signal: wanted,
      }),

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
          apart = null;
          found.members = Float64Array.from([...found.members, ...members]);
          witnesses = { frames, seen };
        },
        wanted,
      );
      noticed = true;
      return came;
    },

    grown: () => undivided().leaves.count > found.first,

    async divide(wanted = signal) {
      if (divided || !used) return false;
      const { clusterOf, clusters } = await at(settings.tau);
      const foreground = clusters.map(({ background }) => !background);
      const several = await divide(records, clusterOf, foreground, wanted);
      if (several) {
        const { twins, commit } = several;
        const before = found.leaves;
        const leaves = await backend.gather(before, [...leafItself(), ...twins.map(({ leaf }) => leaf)]);
        // From here on nothing is waited for: records and leaves go together.
        commit();
        division = { undivided: before, twins };
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
