import type { Backend, Grid, Level, Rows } from '../backend/types.ts';
import { type ClusterSummary, summariseClusters } from '../cluster/background.ts';
import { foregroundOf, joinByMotion, meanMotion, type TokenMotion } from '../cluster/common-fate.ts';
import { levelsWithTwins, type Twin, withTwins } from '../follow/divide.ts';
import { clusterOfLeaf, type Found, levelsAt, withLater } from '../follow/find.ts';
import type { FollowPlan } from '../follow/plan.ts';
import { clustersOf, type Records } from '../follow/records.ts';
import type { Evidence } from '../motion/evidence.ts';
import { tokenMeans } from '../motion/pool.ts';

/** Frames that newcomers were seen in, and the evidence of motion there. */
interface Witnesses {
  frames: readonly number[];
  seen: readonly (Evidence | null)[];
}

/** Leaves that are twins of others (divide.ts), behind these. */
interface Division {
  undivided: Rows;
  twins: readonly Twin[];
}

/** Clusters at a τ: levels above the leaves, and what they are. */
export interface ClustersAt {
  levels: Level[];
  clusterOf: Int32Array;
  clusters: ClusterSummary[];
}

interface ClustersContext {
  backend: Backend;
  plan: FollowPlan;
  /** Of the samples. */
  grid: Grid;
  /** Of m. */
  cells: Pick<Grid, 'rows' | 'columns'>;
  records: Records;
  /** What grows as newcomers and instances get leaves. */
  found: Found;
  /** Whether leaves are finer than clusters. */
  fine: boolean;
  /** Of the samples; null where motion is not used. */
  evidence: readonly (Evidence | null)[] | null;
}

/** What the leaves of a followed clip are at any τ. */
export interface Clusters {
  /** A look-up; τ below that of the leaves counts as that. */
  at(tau: number): Promise<ClustersAt>;
  /** Leaf of every token of the samples that has one, −1 of others. */
  leaves(): Int32Array;
  /** The same of all tokens that clusters are judged by: those of the samples, then those that newcomers were seen in. */
  judged(): Int32Array;
  /** From now on `found` has newcomers. */
  see(witnesses: Witnesses): void;
  /** From now on `found` has twins. */
  divide(division: Division): void;
  /** Whether there are newcomers. */
  grown(): boolean;
}

export function createClusters({
  backend,
  plan,
  grid,
  cells,
  records,
  found,
  fine,
  evidence,
}: ClustersContext): Clusters {
  const n = grid.rows * grid.columns;
  const used = evidence !== null;
  let witnesses: Witnesses | null = null;
  let division: Division | null = null;
  const leafItself = () => Int32Array.from({ length: found.leaves.count }, (_, leaf) => leaf);

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
      m.set(tokenMeans(own, cells, grid), place * n);
      const drift = seen![place]?.drift;
      if (!drift) continue;
      const size = cells.rows * cells.columns;
      const [x, y] = [0, 1].map((axis) =>
        tokenMeans(drift.subarray(axis * size, (axis + 1) * size), cells, grid),
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
  async function firstAt(wanted: number): Promise<ClustersAt> {
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
  async function allAt(wanted: number, { frames, seen }: Witnesses): Promise<ClustersAt> {
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
  function dividedAt(base: ClustersAt, twins: readonly Twin[]): ClustersAt {
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

  async function at(asked: number): Promise<ClustersAt> {
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
    at,
    leaves: () => ofSamples(leafItself()).labels,
    judged() {
      const samples = ofSamples(leafItself()).labels;
      if (!witnesses) return samples;
      const later = ofFrames(witnesses.frames, witnesses.seen, leafItself()).labels;
      return Int32Array.from([...samples, ...later]);
    },
    see: (seen) => {
      witnesses = seen;
    },
    divide: (divided) => {
      division = divided;
    },
    grown: () => undivided().leaves.count > found.first,
  };
}
