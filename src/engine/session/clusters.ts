import type { Cells } from '../../lib/size.ts';
import type { Backend, Level, RowMetric, Rows, SweepOptions } from '../backend/types.ts';
import { type ClusterSummary, summariseClusters } from '../cluster/background.ts';
import { foregroundOf, joinByMotion, meanMotion, type TokenMotion } from '../cluster/common-fate.ts';
import { clusterOfLeaf } from '../cluster/levels.ts';
import { levelsWithTwins, type Twin, withTwins } from '../follow/divide.ts';
import { type Found, levelsAt, withLater } from '../follow/find.ts';
import { clustersOf, type Records } from '../follow/records.ts';
import type { Evidence } from '../motion/evidence.ts';
import { tokenMeans } from '../motion/pool.ts';

/** Frames that clusters are classified in: the samples, and those that newcomers were seen in. */
interface ClassifiedFrames {
  frames: Int32Array;
  /** What of the motion of their tokens the camera does not explain, [frames, tokens, 2]; empty where motion is not used. */
  residual: Float32Array;
}

/** Leaves that are twins of others (divide.ts), behind these. */
interface Division {
  undivided: Rows;
  twins: readonly Twin[];
}

/** Clusters at a τ: the levels above the leaves, and a summary of each cluster. */
export interface ClustersAt {
  levels: Level[];
  clusterOf: Int32Array;
  clusters: ClusterSummary[];
}

interface ClustersContext {
  backend: Backend;
  /** The first clip frame. */
  start: number;
  samples: ClassifiedFrames;
  records: Records;
  /** Grows as newcomers and instances get leaves. */
  found: Pick<Found, 'leaves' | 'first' | 'members' | 'options'>;
}

/** All that clusters at any τ are made from, as plain data: the leaves, and the motion of the tokens that classify them. */
export interface PackedLeaves {
  /** P of the leaves, without twins, [leaves, width]; those that were found in the samples first. */
  rows: Float32Array;
  width: number;
  metric: RowMetric;
  /** Tokens of the samples in each of the leaves found there. */
  members: Int32Array;
  /** Of the sweep that found them. */
  options: SweepOptions;
  /** τ that the model's leaves are made at, unless the run's own is finer. */
  leafTau: number;
  /** As in ClassifiedFrames: of the samples. */
  residual: Float32Array;
  /** Frames that newcomers were seen in; empty where there are none. */
  later: ClassifiedFrames;
  /** Leaf and instance of every twin, [twins, 2]. */
  twins: Int32Array;
}

/** The clusters of a followed clip at any τ. */
export interface Clusters {
  /** A look-up. A τ below that of the leaves counts as theirs. */
  at(tau: number): Promise<ClustersAt>;
  /** How many leaves there are, twins included. */
  count(): number;
  /**
   * Leaf of every token that clusters are classified by: in the samples, then in the frames that newcomers were seen in; −1
   * where a token has none.
   */
  classified(): Int32Array;
  /** From now on `found` has newcomers. */
  see(newcomerFrames: ClassifiedFrames): void;
  /** From now on `found` has twins. */
  divide(division: Division): void;
  /** Whether there are newcomers. */
  grown(): boolean;
  /** What `unpackClusters` makes the same clusters from. */
  pack(): Promise<Omit<PackedLeaves, 'leafTau'>>;
}

/** The residual motion of the tokens of some frames, [frames, tokens, 2]; 0 where a frame has no neighbour. */
export function residualOf(seen: readonly (Evidence | null)[], cells: Cells, grid: Cells): Float32Array {
  const n = grid.rows * grid.columns;
  const size = cells.rows * cells.columns;
  const residual = new Float32Array(2 * n * seen.length);
  for (const [place, one] of seen.entries()) {
    if (!one) continue;
    for (const axis of [0, 1]) {
      const means = tokenMeans(one.drift.subarray(axis * size, (axis + 1) * size), cells, grid);
      for (let token = 0; token < n; token++) residual[2 * (place * n + token) + axis] = means[token]!;
    }
  }
  return residual;
}

export function createClusters({ backend, start, samples, records, found }: ClustersContext): Clusters {
  const { grid, cells } = records;
  const n = grid.rows * grid.columns;
  const used = samples.residual.length > 0;
  let newcomerFrames: ClassifiedFrames | null = null;
  let division: Division | null = null;
  const count = () => undivided().leaves.count + (division?.twins.length ?? 0);
  const leafItself = () => Int32Array.from({ length: count() }, (_, leaf) => leaf);

  /** m of the tokens of some frames, once their records exist: the same at every τ. */
  const known = new Map<ClassifiedFrames, Float32Array>();

  function motionOf(seen: ClassifiedFrames): TokenMotion {
    const { frames, residual } = seen;
    const before = known.get(seen);
    if (before) return { m: before, residual };
    const m = new Float32Array(frames.length * n);
    let whole = true;
    for (const [place, frame] of used ? frames.entries() : []) {
      const record = records.get(frame - start);
      if (!record) {
        whole = false;
        continue;
      }
      const own = Float32Array.from(record.motion, (x) => x / 255);
      m.set(tokenMeans(own, cells, grid), place * n);
    }
    if (whole) known.set(seen, m);
    return { m, residual };
  }

  const undivided = (): ClustersContext['found'] => ({
    ...found,
    leaves: division?.undivided ?? found.leaves,
  });
  /** Cluster of every leaf, twins included. Where twins are missing, they get the clusters of their leaves. */
  const ofAllLeaves = (clusterOf: Int32Array): Int32Array =>
    division && clusterOf.length <= division.undivided.count
      ? withTwins(clusterOf, division.undivided.count, division.twins)
      : clusterOf;

  /** Labels, m and drift of the tokens of some frames. */
  function ofFrames(
    seen: ClassifiedFrames,
    clusterOf: Int32Array,
  ): { labels: Int32Array; motion: TokenMotion } {
    const labels = new Int32Array(seen.frames.length * n).fill(-1);
    const ofLeaves = ofAllLeaves(clusterOf);
    for (const [place, frame] of seen.frames.entries()) {
      const record = records.get(frame - start);
      if (record) labels.set(clustersOf(record, ofLeaves), place * n);
    }
    return { labels, motion: motionOf(seen) };
  }
  const ofSamples = (clusterOf: Int32Array) => ofFrames(samples, clusterOf);

  /** Clusters of the leaves that were found in the samples. */
  async function firstAt(wanted: number): Promise<ClustersAt> {
    let levels = await levelsAt(backend, found, wanted);
    const reached = () => levels.at(-1)?.clusters ?? found.first;
    let clusterOf = clusterOfLeaf(levels, found.first);
    let seen = ofSamples(clusterOf);
    if (used) {
      const moving = foregroundOf(meanMotion(seen.labels, reached(), seen.motion.m));
      const joined = joinByMotion(seen.labels, reached(), moving, seen.motion, {
        ...grid,
        frames: samples.frames.length,
      });
      if (joined) {
        levels = [...levels, joined];
        clusterOf = clusterOfLeaf(levels, found.first);
        seen = ofSamples(clusterOf);
      }
    }
    return { levels, clusterOf, clusters: classify(seen, reached(), samples.frames.length) };
  }

  /** With newcomers, classified by the frames they were seen in. Clusters of the samples stay as they are. */
  async function allAt(wanted: number, seen: ClassifiedFrames): Promise<ClustersAt> {
    const { frames } = seen;
    const base = await firstAt(wanted);
    const newIn = (clusterOf: Int32Array, old: number) => {
      const { labels, motion } = ofFrames(seen, clusterOf);
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
    const later = classify(newIn(clusterOf, old), count, frames.length);
    return {
      levels,
      clusterOf,
      clusters: [...base.clusters, ...later.map((cluster) => ({ ...cluster, id: old + cluster.id }))],
    };
  }

  /** With the instances of each cluster, which are foreground exactly if it is. */
  function dividedAt(base: ClustersAt, twins: readonly Twin[]): ClustersAt {
    const { levels, clusterOf, from } = levelsWithTwins(base.levels, base.clusterOf, twins);
    const old = base.clusters.length;
    const classified = classify(ofSamples(clusterOf), old + from.length, samples.frames.length);
    return {
      levels,
      clusterOf,
      clusters: [
        ...base.clusters,
        ...classified.slice(old).map((cluster, i) => ({
          ...cluster,
          background: base.clusters[from[i]!]!.background,
        })),
      ],
    };
  }

  async function at(asked: number): Promise<ClustersAt> {
    const wanted = Math.max(asked, found.options.tau);
    const base = newcomerFrames ? await allAt(wanted, newcomerFrames) : await firstAt(wanted);
    return division ? dividedAt(base, division.twins) : base;
  }

  function classify(
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
    count,
    classified() {
      const own = ofSamples(leafItself()).labels;
      if (!newcomerFrames) return own;
      return Int32Array.from([...own, ...ofFrames(newcomerFrames, leafItself()).labels]);
    },
    see: (seen) => {
      newcomerFrames = seen;
    },
    divide: (divided) => {
      division = divided;
    },
    grown: () => undivided().leaves.count > found.first,
    async pack() {
      const { leaves, first, members, options } = undivided();
      return {
        rows: await backend.read(leaves),
        width: leaves.width,
        metric: leaves.metric,
        members: Int32Array.from(members.subarray(0, first)),
        options,
        residual: samples.residual,
        later: newcomerFrames ?? { frames: new Int32Array(0), residual: new Float32Array(0) },
        twins: Int32Array.from((division?.twins ?? []).flatMap(({ leaf, instance }) => [leaf, instance])),
      };
    },
  };
}

/**
 * The clusters of a run, from its records and its packed leaves: at every τ equal to the run's own, on the same device.
 *
 * @param of `frames`: those of the samples
 * @returns the leaves too, which are the caller's to release
 */
export async function unpackClusters(
  { rows, width, metric, options, residual, later, ...packed }: Omit<PackedLeaves, 'leafTau'>,
  of: Pick<ClustersContext, 'backend' | 'start' | 'records'> & Pick<ClassifiedFrames, 'frames'>,
): Promise<{ clusters: Clusters; found: ClustersContext['found'] }> {
  const leaves = await of.backend.load(rows, width, metric);
  const members = Float64Array.from(packed.members);
  const found = { leaves, first: members.length, members, options };
  const samples = { frames: of.frames, residual };
  const clusters = createClusters({ ...of, samples, found });
  if (later.frames.length > 0) clusters.see(later);
  const twins = Array.from({ length: packed.twins.length / 2 }, (_, i) => ({
    leaf: packed.twins[2 * i]!,
    instance: packed.twins[2 * i + 1]!,
  }));
  if (twins.length > 0) clusters.divide({ undivided: leaves, twins });
  return { clusters, found };
}
