import type { Precedence } from '../../lib/task.ts';
import type { Backend } from '../backend/types.ts';
import type { Journal } from '../follow/journal.ts';
import { planFollowing } from '../follow/plan.ts';
import { Records } from '../follow/records.ts';
import { roomFor } from '../follow/room.ts';
import { leafTauOf } from '../model/describe.ts';
import type { RunSettings } from '../settings/run.ts';
import { keyOf } from '../settings/settings.ts';
import type { Shot, Survey } from '../video/shots.ts';
import { sha256Hex } from '../weights/hash.ts';
import type { ModelEntry } from '../weights/types.ts';
import type { DeviceContext } from './devices.ts';
import type { StageSeconds } from './estimate.ts';
import { type Following, findObjects } from './following.ts';
import { openMotion } from './motion.ts';
import type { RunNote } from './notes.ts';
import type { FollowedState, OpenClip } from './open-clip.ts';
import { attend, computeTokens, type Source, startTokens } from './pipeline.ts';
import type { Plan } from './plan.ts';
import type { Previews } from './previews.ts';
import type { Stages } from './progress.ts';
import { withinMemory } from './recovery.ts';
import type { FollowContext } from './sight.ts';

/** A followed run at work on a device: what its steps share. */
export interface FollowedWork extends Stages {
  open: OpenClip;
  settings: RunSettings;
  /** `stateKey` of the settings. */
  key: string;
  /** Where followed frames are kept; null: nowhere. */
  journal: Journal | null;
  /** Frames of the clip that are followed. */
  part: Shot;
  planned: Pick<Plan, 'seconds' | 'sampled' | 'survey'>;
  /** What the run takes by all that is known about the device by now. */
  expected(): Promise<StageSeconds>;
  place: DeviceContext;
  /** The run's own lane of the device. */
  backend: Backend;
  /** Bytes that rows may take at a time: halved where memory runs out. */
  rowBudget: number;
  source: Source;
  /** Mask requests take precedence over the search for objects, too. */
  masks: Precedence;
  notes: RunNote[];
  playhead(): number;
  signal: AbortSignal;
}

interface Wanted {
  survey: Survey;
  /** A look at the playhead's frame alone. */
  quick: boolean;
  /** An earlier search, whose followed frames may still be valid. */
  before: Pick<FollowedState, 'records' | 'mark'> | null;
  /** Shown meanwhile. */
  previews: Previews | null;
  /** What is found ends with it. */
  owner: FollowedState['scope'];
}

/** Finds the objects in samples of the clip: tokens, motion, clusters, and room for the records of all frames. */
export async function search(
  work: FollowedWork,
  { survey, quick, before, previews, owner }: Wanted,
): Promise<FollowedState> {
  const { settings, part, place, backend, source, masks, planned, stage, notes, playhead, signal } = work;
  const { clip, library, devices } = work.open;
  const ratio = quick ? 1 : settings.ratio;
  const plan = planFollowing(survey.shots, {
    most: quick ? 1 : settings.samples || null,
    lost: survey.lost,
    ratio,
    stride: settings.stride,
    ...(quick && { seen: Math.min(Math.max(playhead(), part.start), part.end - 1) }),
  });
  const tokens = startTokens(source, plan.samples, settings.metric);
  owner.own(tokens.store, (store) => store.release());
  /** Lets what a user waits for go first, then frames that have no masks to show. */
  const pause = async () => {
    await masks.pause();
    await previews?.show(plan.samples, tokens.store);
  };
  const began = performance.now();
  await stage('tokens', 'frames', async (report) => {
    await computeTokens(source, tokens, settings, report, signal, pause);
    await pause();
  });
  const seconds = (performance.now() - began) / 1000 - (previews?.seconds ?? 0);
  // A quick look reads its frames from a decoder that has just been opened: its time says little about the device.
  if (!quick && settings.metric === 'Av') {
    const vit = planned.seconds.tokens - planned.survey;
    await devices.learn(place.report.device, { tokens: (vit * plan.samples.length) / planned.sampled }, [
      { stage: 'tokens', seconds },
    ]);
    work.expect(await work.expected());
  }
  const { feed, motion } = await openMotion(clip, library, place, settings, survey, owner);
  const grid = { ...tokens.grid, frames: part.end - part.start };
  const records = before?.records ?? (await newRecords());

  /** A quick look needs the room of a few frames. */
  async function newRecords(): Promise<Records> {
    if (quick) return new Records(grid, motion.cells);
    const { records, crowded } = await roomFor(grid, motion.cells);
    if (crowded) notes.push({ code: 'run/in-memory' });
    return records;
  }

  const context: FollowContext = {
    source,
    backend,
    rowBudget: work.rowBudget,
    plan: { ...plan, start: part.start, end: part.end },
    settings,
    tokens,
    feed,
    motion,
    records,
    pause,
    signal: owner.signal,
  };
  const attention = () =>
    attend(backend, tokens, { ratio, temperature: settings.temperature }, signal, plan.keys);
  const following = await stage('cluster', 'rows', (report) =>
    withinMemory(
      work.rowBudget,
      (rowBudget) => findObjects({ ...context, rowBudget }, attention, report, signal),
      async (budget) => {
        notes.push({ code: 'run/smaller-rows', params: { budget } });
        work.rowBudget = budget;
        await devices.limitRows(place.report.device, budget);
      },
    ),
  ).catch(async (thrown: unknown) => {
    if (!before) await records.release();
    throw thrown;
  });
  owner.own(following, (state) => state.release());
  const mark = quick ? '' : await markOf(following);
  if (!quick && before?.mark !== mark) await takeOver(work, following, records, mark);
  return {
    plan: context.plan,
    following,
    records,
    masks,
    grid,
    quick,
    mark,
    complete: false,
    backend: place.backend,
    scope: owner,
  };
}

/** Empties records of other leaves, and fills them with frames that an earlier session followed with these leaves. */
async function takeOver(
  { journal, key }: FollowedWork,
  following: Following,
  records: Records,
  mark: string,
): Promise<void> {
  records.clear();
  const { grid, cells } = records;
  await journal?.takeOver({ key, mark, leaves: following.found.first, grid, cells }, records);
  records.keeper = journal;
}

/** Digest of the leaves: where it is equal, so are the distances between them. */
async function markOf(following: Following): Promise<string> {
  const apart = await following.apart();
  return sha256Hex(new Uint8Array(apart.slice().buffer));
}

/** What leaves and records depend on: all but τ, unless it is below that of the leaves. */
export function stateKey(settings: RunSettings, entry: ModelEntry, frameCount: number): string {
  const end = settings.end ?? frameCount;
  return keyOf({ ...settings, end, tau: Math.min(settings.tau, leafTauOf(entry)) }, 'nothing');
}
