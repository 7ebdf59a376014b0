import { yieldAtTimes } from '../../lib/events.ts';
import type { Grid, Level } from '../backend/types.ts';
import type { Shot } from '../video/shots.ts';
import { withMore } from './find.ts';
import { distancesTo, instancesOf } from './instances.ts';
import { CANDIDATES, clustersOf, type Records } from './records.ts';

/** A leaf of a further instance of a cluster: it has the row of another leaf, and tokens of its own. */
export interface Twin {
  leaf: number;
  instance: number;
}

/** A cluster of several instances: the instance of every token, frame by frame; null where the cluster is absent. */
interface Several {
  cluster: number;
  count: number;
  instances: readonly (Uint8Array | null)[];
}

/**
 * Divides clusters into their instances (instances.ts). The first instance keeps the cluster's leaves, every other one gets
 * twins of them. `commit` puts the twins into the records.
 *
 * @param records of all frames
 * @param clusterOf cluster of every leaf
 * @param foreground which clusters are divided
 * @param shots of the records' places
 * @returns null where every cluster is one thing. @throws the signal's reason
 */
export async function divide(
  records: Records,
  clusterOf: Int32Array,
  foreground: readonly boolean[],
  shots: readonly Shot[],
  signal: AbortSignal,
): Promise<{ twins: readonly Twin[]; commit(): void } | null> {
  const { grid } = records;
  const pause = (frame: number) => yieldAtTimes(frame, signal);
  const sightings = foreground.map(() => ({ tokens: [] as Uint16Array[], leaves: [] as Uint16Array[] }));
  for (let frame = 0; frame < grid.frames; frame++) {
    await pause(frame);
    const own = foreground.map(() => ({ tokens: [] as number[], leaves: [] as number[] }));
    const record = records.get(frame);
    if (record)
      for (const [token, cluster] of clustersOf(record, clusterOf).entries()) {
        if (!foreground[cluster]) continue;
        own[cluster]!.tokens.push(token);
        own[cluster]!.leaves.push(record.leaves[token * CANDIDATES]!);
      }
    for (const [cluster, { tokens, leaves }] of own.entries()) {
      sightings[cluster]!.tokens.push(Uint16Array.from(tokens));
      sightings[cluster]!.leaves.push(Uint16Array.from(leaves));
    }
  }
  const several: Several[] = [];
  for (const [cluster, seen] of sightings.entries()) {
    if (!foreground[cluster]) continue;
    const { count, of } = await instancesOf(seen, grid, shots, pause);
    if (count < 2) continue;
    const instances: (Uint8Array | null)[] = [];
    for (const [frame, tokens] of seen.tokens.entries()) {
      await pause(frame);
      instances.push(tokens.length > 0 ? instancesIn(tokens, of[frame]!, count, grid) : null);
    }
    several.push({ cluster, count, instances });
  }
  if (several.length === 0) return null;
  const twins: Twin[] = [];
  const named = several.map(({ cluster, count, instances }) => {
    const leafOf = Array.from({ length: count }, () => Int32Array.from(clusterOf.keys()));
    for (const [leaf, own] of clusterOf.entries())
      for (let instance = 1; own === cluster && instance < count; instance++)
        leafOf[instance]![leaf] = clusterOf.length + twins.push({ leaf, instance }) - 1;
    return { cluster, instances, leafOf };
  });
  return {
    twins,
    commit() {
      for (let frame = 0; frame < grid.frames; frame++) {
        const record = records.get(frame);
        if (!record) continue;
        const leaves = record.leaves.slice();
        for (const { cluster, instances, leafOf } of named) {
          const own = instances[frame];
          for (let at = 0; own && at < leaves.length; at++) {
            const leaf = record.leaves[at]!;
            if (clusterOf[leaf] === cluster && record.weights[at]! > 0)
              leaves[at] = leafOf[own[Math.floor(at / CANDIDATES)]!]![leaf]!;
          }
        }
        if (leaves.some((leaf, at) => leaf !== record.leaves[at]))
          records.set(frame, { ...record, leaves }, records.source(frame));
      }
    },
  };
}

/** Instance of every token of a frame; outside of the cluster, that of the nearest token in it. */
function instancesIn(tokens: Uint16Array, of: Uint8Array, count: number, grid: Grid): Uint8Array {
  const away = Array.from({ length: count }, (_, instance) =>
    distancesTo(
      tokens.filter((_, i) => of[i] === instance),
      grid,
    ),
  );
  const instances = Uint8Array.from({ length: grid.rows * grid.columns }, (_, token) =>
    away.reduce((best, plane, i) => (plane[token]! < away[best]![token]! ? i : best), 0),
  );
  for (const [i, token] of tokens.entries()) instances[token] = of[i]!;
  return instances;
}

const instanceKey = (leaf: number, instance: number): string => `${leaf}/${instance}`;

/** Values of leaves, with those of their leaves for twins. Leaves beyond the values have `none`. */
export function withTwins(values: Int32Array, leaves: number, twins: readonly Twin[], none = -1): Int32Array {
  const all = new Int32Array(leaves + twins.length).fill(none);
  all.set(values);
  for (const [i, { leaf }] of twins.entries()) all[leaves + i] = values[leaf] ?? none;
  return all;
}

/**
 * Levels with twins: at any τ, an instance of a cluster consists of the twins of its leaves that have its number.
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
