import { yieldToEvents } from '../../lib/events.ts';
import type { Level } from '../backend/types.ts';
import { withMore } from './find.ts';
import { distancesTo, instancesOf } from './instances.ts';
import { CANDIDATES, clustersOf, type FrameRecord, type Records } from './records.ts';

/** A leaf of an instance other than the first of its cluster: its row is that of a leaf, its tokens are elsewhere. */
export interface Twin {
  leaf: number;
  instance: number;
}

/** Frames looked at between two words to the browser. */
const FRAMES_AT_ONCE = 32;

/** A cluster that is several things: its tokens in every frame, and which of them each is. */
interface Several {
  cluster: number;
  count: number;
  tokens: readonly Uint16Array[];
  of: readonly Uint8Array[];
}

/**
 * Divides clusters into their instances (instances.ts). The first of a cluster keeps its leaves, every other gets twins of
 * them; records name these once `commit` is called.
 *
 * @param records of all frames
 * @param clusterOf cluster of every leaf
 * @param foreground which clusters are divided
 * @returns null where each is one thing. @throws the signal's reason
 */
export async function divide(
  records: Records,
  clusterOf: Int32Array,
  foreground: readonly boolean[],
  signal: AbortSignal,
): Promise<{ twins: readonly Twin[]; commit(): void } | null> {
  const { grid } = records;
  const tokens = foreground.map((): Uint16Array[] => []);
  for (let frame = 0; frame < grid.frames; frame++) {
    if (frame % FRAMES_AT_ONCE === 0) await yieldToEvents(signal);
    const own = foreground.map((): number[] => []);
    const record = records.get(frame);
    if (record)
      for (const [token, cluster] of clustersOf(record, clusterOf).entries())
        if (foreground[cluster]) own[cluster]!.push(token);
    for (const [cluster, some] of own.entries())
      if (foreground[cluster]) tokens[cluster]!.push(Uint16Array.from(some));
  }
  const several: Several[] = [];
  for (const [cluster, frames] of tokens.entries()) {
    if (!foreground[cluster]) continue;
    await yieldToEvents(signal);
    const { count, of } = instancesOf(frames, grid);
    if (count > 1) several.push({ cluster, count, tokens: frames, of });
  }
  if (several.length === 0) return null;
  const twins = several.flatMap(({ cluster, count }) =>
    [...clusterOf.keys()]
      .filter((leaf) => clusterOf[leaf] === cluster)
      .flatMap((leaf) => Array.from({ length: count - 1 }, (_, i) => ({ leaf, instance: i + 1 }))),
  );
  const twinOf = new Map(
    twins.map(({ leaf, instance }, i) => [instanceKey(leaf, instance), clusterOf.length + i]),
  );
  return {
    twins,
    commit() {
      for (let frame = 0; frame < grid.frames; frame++) {
        const record = records.get(frame);
        if (!record) continue;
        const leaves = record.leaves.slice();
        for (const one of several) nameTwins(leaves, record, one, frame);
        records.set(frame, { ...record, leaves }, records.source(frame));
      }
    },
  };

  /** Of every token that has to do with a cluster, the instance: its own, or of one of another cluster, the nearest. */
  function nameTwins(
    leaves: Uint16Array,
    record: FrameRecord,
    { cluster, count, ...all }: Several,
    frame: number,
  ) {
    const [tokens, of] = [all.tokens[frame]!, all.of[frame]!];
    if (tokens.length === 0) return;
    const members = Array.from({ length: count }, (_, instance) =>
      tokens.filter((_, i) => of[i] === instance),
    );
    const away = members.map((some) => distancesTo(some, grid));
    const instanceOf = new Map([...tokens].map((token, i) => [token, of[i]!]));
    for (const [at, leaf] of record.leaves.entries()) {
      if (clusterOf[leaf] !== cluster || record.weights[at] === 0) continue;
      const token = Math.floor(at / CANDIDATES);
      const instance =
        instanceOf.get(token) ??
        away.reduce((best, plane, i) => (plane[token]! < away[best]![token]! ? i : best), 0);
      leaves[at] = twinOf.get(instanceKey(leaf, instance)) ?? leaf;
    }
  }
}

const instanceKey = (leaf: number, instance: number): string => `${leaf}/${instance}`;

/** A value of every leaf, with that of its leaf for every twin. Leaves beyond the values have `none`. */
export function withTwins(values: Int32Array, leaves: number, twins: readonly Twin[], none = -1): Int32Array {
  const all = new Int32Array(leaves + twins.length).fill(none);
  all.set(values);
  for (const [i, { leaf }] of twins.entries()) all[leaves + i] = values[leaf] ?? none;
  return all;
}

/**
 * Levels with twins in them: an instance of a cluster, at whatever τ, are the twins of its leaves that have its number.
 *
 * @param clusterOf cluster of every leaf, without twins
 * @returns `from`: the cluster that every one of the new clusters is an instance of
 */
export function levelsWithTwins(
  base: readonly Level[],
  clusterOf: Int32Array,
  twins: readonly Twin[],
): { levels: Level[]; clusterOf: Int32Array; from: number[] } {
  const leaves = clusterOf.length;
  const old = base.at(-1)?.clusters ?? leaves;
  const all = withTwins(clusterOf, leaves, twins);
  const places = new Map<string, number>();
  const from: number[] = [];
  for (const [i, { leaf, instance }] of twins.entries()) {
    const key = instanceKey(clusterOf[leaf]!, instance);
    const place = places.get(key) ?? from.push(clusterOf[leaf]!) - 1;
    places.set(key, place);
    all[leaves + i] = old + place;
  }
  return { levels: withMore(base, leaves, all, old + from.length), clusterOf: all, from };
}
