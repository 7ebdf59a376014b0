import { abortable, type Scope, serial } from '../../lib/task.ts';
import type { Backend, Rows } from '../backend/types.ts';
import type { Records } from '../follow/records.ts';
import { clusteredBy } from './clustered.ts';
import { type PackedLeaves, unpackClusters } from './clusters.ts';
import type { DeviceContext } from './devices.ts';
import type { OpenClip } from './open-clip.ts';
import { answersAtTau, type RunLeaves, sameLeavesAt, type TauAnswers } from './other-tau.ts';
import { whileDevicesLast } from './recovery.ts';
import type { Clustered, RunResult } from './result.ts';

/** What the leaves of a run answer without its tokens. */
export interface StoredLeaves extends TauAnswers {
  /** The run at another τ; null below that of its leaves, which takes another run. */
  at(tau: number): Promise<Clustered | null>;
}

/** The leaves of an earlier run, loaded onto its device for the first query. They end with `scope`. */
export function openStoredLeaves(
  { devices }: Pick<OpenClip, 'devices'>,
  result: RunResult,
  packed: PackedLeaves,
  records: Records,
  scope: Scope,
): StoredLeaves {
  const { settings, frames, followed, clustering } = result;
  const { signal } = scope;
  const { leafTau } = packed;
  const apart = async () => followed!.apart!;
  const turn = serial();
  let loaded: { from: Backend; rows: Rows; runLeaves: RunLeaves } | null = null;

  scope.own(turn, async () => {
    await turn.idle();
    loaded?.rows.release();
  });

  // A run that asked for a GPU may have been opened where there is none.
  const openDevice = () => devices.context(settings.device).catch(() => devices.context('auto'));

  async function leavesOn({ backend }: DeviceContext): Promise<RunLeaves> {
    if (loaded?.from === backend) return loaded.runLeaves;
    // Leaves on a lost device are gone with it.
    const { clusters, found } = await unpackClusters(packed, {
      backend: backend.lane(),
      start: frames[0]!,
      frames: followed!.samples,
      records,
    });
    loaded = { from: backend, rows: found.leaves, runLeaves: { ...clusters, found, leafTau, apart } };
    return loaded.runLeaves;
  }

  const withLeaves = <T>(query: (runLeaves: RunLeaves) => Promise<T>): Promise<T> => {
    const work = async (place: DeviceContext) => query(await leavesOn(place));
    return abortable(
      turn(() => whileDevicesLast(openDevice, work, () => undefined, signal), signal),
      signal,
    );
  };

  return {
    ...answersAtTau(result, records, withLeaves),
    at: (tau) =>
      withLeaves(async (runLeaves) =>
        sameLeavesAt(runLeaves, settings.tau, tau)
          ? clusteredBy(await runLeaves.at(tau), runLeaves.count(), records, clustering.pairs)
          : null,
      ),
  };
}
