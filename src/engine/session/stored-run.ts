import { type ProxyMarked, proxy } from 'comlink';
import { abortError, Scope } from '../../lib/task.ts';
import type { Grid } from '../backend/types.ts';
import { clusterOfLeaf } from '../cluster/levels.ts';
import { isFollowed, Records, SOURCE } from '../follow/records.ts';
import { roomFor } from '../follow/room.ts';
import type { StoredRunHandle } from './api.ts';
import { failure } from './errors.ts';
import { followedMasks } from './followed-masks.ts';
import { updateOf } from './frame-updates.ts';
import type { OpenClip } from './open-clip.ts';
import type { TauAnswers } from './other-tau.ts';
import { propagateStroke } from './propagate-stroke.ts';
import type { Clustered, FrameUpdate, RunResult } from './result.ts';
import { runMasks } from './run-masks.ts';
import { stateKey } from './search.ts';
import { openStoredLeaves } from './stored-leaves.ts';

/** For a run that stored no leaves. */
const NO_ANSWERS: TauAnswers = {
  preview: async () => null,
  histogram: async () => null,
  tauFor: async () => null,
  previewLabels: () => Promise.reject(abortError()),
};

/**
 * A run of an earlier session, from its result and what was stored of its frames: its masks and what its leaves answer, but
 * nothing that needs its tokens.
 */
export function openStoredRun(open: OpenClip, result: RunResult, owner: Scope) {
  const scope = new Scope(owner);
  const packed = packedRecords(result);
  const records = recordsOf(open, result, packed, scope);
  const masks = records.then((there) =>
    there ? followedMasks(open, result, there, scope) : runMasks(open, result, scope),
  );
  masks.catch(() => undefined);
  const { previewLabels, ...answers } = leavesOf(open, result, packed, scope) ?? NO_ANSWERS;
  const handle = proxy<Omit<StoredRunHandle, keyof ProxyMarked>>({
    labels: async (frame, width, height, of = {}) =>
      of.tau === undefined
        ? (await masks).labels(frame, width, height, of)
        : previewLabels(of.tau, frame, width, height),
    prompt: async (...asked) => (await masks).prompt(...asked),
    export: async (...order) => (await masks).export(...order),
    preview: answers.preview,
    histogram: answers.histogram,
    tauFor: answers.tauFor,
    propagate: async (painted, onPart) => {
      const there = await records;
      const apart = result.followed?.apart;
      if (!there || !apart) throw failure('run/tokens-gone');
      return propagateStroke(painted, result, there, apart, scope.signal, onPart);
    },
    since: async () => {
      const there = await records;
      return there && sinceKept(result, there);
    },
    release: () => scope.close(),
  });
  return { scope, handle };
}

/** An earlier run at another τ, looked up; null where that takes a run. */
export async function recluster(
  open: OpenClip,
  result: RunResult,
  tau: number,
  owner: Scope,
): Promise<Clustered | null> {
  await using scope = new Scope(owner);
  return (await leavesOf(open, result, packedRecords(result), scope)?.at(tau)) ?? null;
}

/** What the leaves of a run answer, until `scope` ends; null where they were not stored. */
function leavesOf(open: OpenClip, result: RunResult, records: Records | null, scope: Scope) {
  const leaves = result.followed?.leaves;
  return leaves && records ? openStoredLeaves(open, result, leaves, records, scope) : null;
}

/** The records that a result carries, unpacked once for all users; null where it carries none. */
const packedRecords = ({ grid, followed }: RunResult): Records | null =>
  followed?.soft ? Records.of(grid, followed.soft, followed.sources) : null;

/** What the masks of a followed run are made from; null where it was not stored. */
async function recordsOf(
  open: OpenClip,
  result: RunResult,
  packed: Records | null,
  scope: Scope,
): Promise<Records | null> {
  const { followed, grid } = result;
  if (!followed || packed) return packed;
  const journal = await open.journal;
  if (!journal || followed.quick) return null;
  const { settings } = result;
  const entry = await open.library.entry(settings.model);
  const key = stateKey(settings, entry, open.clip.info.frameCount);
  const records = await journal.recall(
    (basis) => basis.key === key && basis.mark === followed.mark && sameGrid(basis.grid, grid),
    result.clustering.levels[0]!.clusters,
    async ({ cells }) => (await roomFor(grid, cells)).records,
  );
  if (!records) return null;
  scope.own(records, (all) => all.release());
  // Records with fewer frames than the result would take masks away.
  const lacks = followed.sources.some(
    (source, place) =>
      (isFollowed(source) && !isFollowed(records.source(place))) ||
      (source === SOURCE.preview && records.source(place) === SOURCE.pending),
  );
  return lacks ? null : records;
}

const sameGrid = (a: Grid, b: Grid) => a.frames === b.frames && a.rows === b.rows && a.columns === b.columns;

/** Frames that the records have but a result lacks, or has only from a quick look; null where there are none. */
function sinceKept({ followed, clustering }: RunResult, records: Records): FrameUpdate | null {
  const was = followed!.sources;
  const places = [...was.keys()].filter((place) => {
    const source = records.source(place);
    return !isFollowed(was[place]!) && source !== SOURCE.pending && source !== was[place];
  });
  if (places.length === 0) return null;
  return updateOf(records, places, clusterOfLeaf(clustering.levels.slice(1), clustering.levels[0]!.clusters));
}
