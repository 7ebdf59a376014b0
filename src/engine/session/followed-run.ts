import { type ProxyMarked, proxy } from 'comlink';
import { abortable, type Precedence, precedence, Scope } from '../../lib/task.ts';
import { showPreviews } from '../follow/preview.ts';
import type { RunSettings } from '../settings/run.ts';
import { saysLost } from '../video/lost.ts';
import { createPictures, type Pictures } from '../video/pictures.ts';
import { type Shot, surveyClip } from '../video/shots.ts';
import type { RunEvents, RunHandle, RunMasks } from './api.ts';
import type { DeviceContext } from './devices.ts';
import { failure } from './errors.ts';
import { inspectFollowed } from './followed-inspection.ts';
import { followedMasks } from './followed-masks.ts';
import { resultOf, wholeResultOf } from './followed-result.ts';
import { updates } from './frame-updates.ts';
import type { RunNote } from './notes.ts';
import type { FollowedState, OpenClip } from './open-clip.ts';
import { planRun, suited } from './plan.ts';
import { createPreviews, LEAST_FOR_PREVIEWS, type Previews } from './previews.ts';
import { measureStages } from './progress.ts';
import { firstLabels, LEAST_FOR_QUICK, QUICK_PROPAGATED } from './quick-look.ts';
import { whileDevicesLast } from './recovery.ts';
import type { RunResult } from './result.ts';
import type { Run } from './run.ts';
import { endReason, questions, type Ready } from './run-handle.ts';
import { type FollowedWork, search, stateKey } from './search.ts';

interface Found extends Ready {
  result: RunResult;
}

/** Starts a run that finds objects in samples and follows them through every frame. Ends and owners as in `startRun`. */
export function startFollowedRun(
  open: OpenClip,
  settings: RunSettings,
  events: RunEvents,
  owner: Scope,
  watched: boolean,
): Run {
  const scope = new Scope(owner);
  /** The user's cancel: what was found stays. */
  const stop = new AbortController();
  const signal = AbortSignal.any([scope.signal, stop.signal]);
  let playhead = 0;
  let ready: Found | null = null;
  let announce!: (ready: Found) => void;
  const found = new Promise<Found>((resolve) => {
    announce = resolve;
  });
  const onReady = (now: Found) => {
    ready = now;
    announce(now);
  };
  const work = open.turn(
    () => perform(open, settings, events, { scope, signal, watched, playhead: () => playhead, onReady }),
    signal,
  );
  scope.own(work, async () => void (await work.catch(() => undefined)));
  const ended = abortable(work, scope.signal).catch((thrown: unknown) => {
    if (ready && stop.signal.aborted && !scope.signal.aborted) return ready.result;
    const reason = endReason(thrown, scope.signal, stop.signal);
    void scope.close(reason);
    throw reason;
  });
  ended.catch(() => undefined);
  /** The run's answers; rejects if it will never have masks. */
  const there = (): Promise<Found> =>
    ready ? Promise.resolve(ready) : Promise.race([found, ended.then(() => found)]);

  const handle = proxy<Omit<RunHandle, keyof ProxyMarked>>({
    result: () => ended,
    lookAt: (frame) => {
      playhead = frame;
    },
    ...questions(there),
    cancel: async () => stop.abort(failure('run/cancelled')),
  });
  return { scope, ready: found, ended: ended.then((whole) => ({ whole })), handle };
}

interface Performing {
  scope: Scope;
  signal: AbortSignal;
  /** A quick look comes first. */
  watched: boolean;
  playhead(): number;
  onReady(ready: Found): void;
}

async function perform(
  open: OpenClip,
  asked: RunSettings,
  events: RunEvents,
  { scope, signal, watched, playhead, onReady }: Performing,
): Promise<RunResult> {
  const { clip, library, devices, sessionsFor } = open;
  const entry = await library.entry(asked.model);
  const { settings, note } = suited(asked, entry);
  const notes: RunNote[] = note === null ? [] : [note];
  const part = partOf(settings, clip.info.frameCount);
  const openDevice = () => devices.context(settings.device);
  const planned = planRun(clip.info, settings, entry, await openDevice());
  const stages = measureStages(planned.seconds, (progress) => events.progress(progress));
  const { stage, times } = stages;
  const expected = async () => planRun(clip.info, settings, entry, await openDevice()).seconds;
  const key = stateKey(settings, entry, clip.info.frameCount);
  const journal = await open.journal;
  /** The run has shown something: it stays on the screen when a device is lost. */
  let shown = false;
  let interrupted = false;

  const compute = async (place: DeviceContext): Promise<RunResult> => {
    place.backend.restartPeak();
    const backend = place.backend.lane();
    const { model, sessions } = await stage('model', 'bytes', async (report) => {
      const model = await library.load(entry.id, report, signal);
      return { model, sessions: await sessionsFor(model, settings, place, 1) };
    });
    const work: FollowedWork = {
      open,
      settings,
      key,
      journal,
      part,
      planned,
      place,
      backend,
      rowBudget: place.rowBudget,
      source: { clip, model, ...sessions },
      masks: precedence(),
      notes,
      ...stages,
      expected,
      playhead,
      signal,
    };

    const show = (
      state: FollowedState,
      result: RunResult,
      watch = (masks: RunMasks) => masks,
      pictures?: Pictures,
    ) => {
      shown = true;
      const { following, records } = state;
      const runScope = state.quick ? state.scope : scope;
      const { filter, field } = place;
      const masks = followedMasks(open, result, records, runScope, { filter, field }, pictures);
      const context = { ...place, backend, rowBudget: work.rowBudget };
      onReady({
        result,
        masks: watch(waitedFor(state.masks, masks)),
        inspection: inspectFollowed({ clip, model, result, following, records, context }, runScope),
      });
      events.found(result);
    };

    /** Reports frames that get masks. */
    const reportsOf = async (state: FollowedState, result: RunResult): Promise<FrameReports> => {
      const { clusterOf } = await state.following.at(settings.tau);
      const { add, now } = updates(events, state.records, clusterOf, result);
      return {
        add: (frames) => add(frames.map((frame) => frame - part.start)),
        // Frames done before a stop are reported too.
        while: (working) => working().finally(now),
      };
    };

    /** Shows the playhead's frame, and what motion makes of the frames after it; null where it cannot be decoded. */
    const lookQuickly = async (): Promise<QuickLook | null> => {
      const owner = new Scope(scope);
      try {
        const pictures = createPictures(clip, owner);
        pictures.ahead(playhead());
        const survey = { shots: [part], lost: new Set<number>() };
        const state = await search(work, { survey, quick: true, before: null, previews: null, owner });
        await state.following.samples(playhead, () => {});
        const first = firstLabels(signal);
        const result = await resultOf(work, state);
        show(state, result, first.of, pictures);
        await first.made();
        const [seen] = state.plan.samples;
        const end = Math.min(part.end, seen! + 1 + QUICK_PROPAGATED);
        const reports = await reportsOf(state, result);
        await reports.while(() => state.following.propagateForward(seen!, end, reports.add, signal));
        return { state, reports };
      } catch (thrown) {
        // A frame that cannot be decoded has nothing to show; others may.
        if (!saysLost(thrown)) throw thrown;
        await owner.close();
        return null;
      }
    };

    let quick: QuickLook | null = null;
    let previews: Previews | null = null;

    /** Finds the objects, and keeps them for later runs of the clip. */
    const findAll = async (known: FollowedState | null): Promise<FollowedState> => {
      if (watched && !shown && part.end - part.start >= LEAST_FOR_QUICK) quick = await lookQuickly();
      const survey = await stage('tokens', 'frames', (report) => surveyClip(clip, part, report, signal));
      if (quick && planned.seconds.tokens + planned.seconds.cluster > LEAST_FOR_PREVIEWS) {
        const [seen] = quick.state.plan.samples;
        const shot = survey.shots.find(({ start, end }) => seen! >= start && seen! < end)!;
        previews = createPreviews(quick.state, shot, playhead, quick.reports.add, signal);
      }
      const owner = open.followed.open();
      try {
        // Records that name leaves of newcomers or instances are useless until these are found again.
        const before = known && known.following.count() === known.following.found.first ? known : null;
        const find = () => search(work, { survey, quick: false, before, previews, owner });
        return open.followed.keep(key, await (quick ? quick.reports.while(find) : find()));
      } catch (thrown) {
        await owner.close();
        throw thrown;
      }
    };

    const known = open.followed.find(key);
    const state = known?.backend === place.backend ? known : await findAll(known);
    const fresh = state.records.unfollowed === state.grid.frames;
    await stage('follow', 'frames', async (report) => {
      const { following, records, grid } = state;
      const done = () => report(grid.frames - records.unfollowed, grid.frames);
      await following.samples(playhead, done, signal);
      previews?.end();
      if (quick) showPreviews(records, quick.state.records);
      const showAndFollow = async (result: RunResult) => {
        show(state, result);
        await quick?.state.scope.close();
        const reports = await reportsOf(state, result);
        const onFrames = (frames: readonly number[]) => {
          done();
          reports.add(frames);
        };
        await reports.while(() => following.follow(playhead, onFrames, signal));
      };
      const found = await resultOf(work, state);
      if (settings.motion > 0 && following.confidence === 0 && settings.metric === 'Av')
        notes.push({ code: 'run/nothing-moves' });
      await showAndFollow(found);
      if (await following.notice(signal)) await showAndFollow(await resultOf(work, state));
      const divided = await following.divide(signal);
      state.complete = true;
      if (divided) show(state, await resultOf(work, state));
      if (following.grown()) notes.push({ code: 'run/came-later' });
      const { lost } = following;
      if (lost.size > 0)
        notes.push({ code: 'run/frames-lost', params: { frames: lost.size, first: Math.min(...lost) } });
    });
    // Frames that were followed before, or a device that was lost, would say little about its speed.
    if (fresh && !interrupted) {
      const { follow } = await expected();
      await devices.learn(place.report.device, { follow }, times);
    }
    await journal?.written();
    if (journal?.failed) notes.push({ code: 'run/not-kept' });
    return wholeResultOf(work, state);
  };
  const onLost = (reason: string) => {
    interrupted = true;
    notes.push({ code: 'run/gpu-lost', params: { reason } });
  };
  return whileDevicesLast(openDevice, compute, onLost, signal);
}

/** What a quick look found, and the reports of its frames. */
interface QuickLook {
  state: FollowedState;
  reports: FrameReports;
}

/** Masks whose labels following waits for. */
const waitedFor = ({ first }: Precedence, masks: RunMasks): RunMasks => ({
  ...masks,
  labels: (...of) => first(masks.labels(...of)),
});

interface FrameReports {
  add(frames: readonly number[]): void;
  /** Does work that may give frames masks; once it has ended, all of them have been reported. */
  while<T>(work: () => Promise<T>): Promise<T>;
}

/** The frames that settings ask for. Throws `run/no-frames`. */
function partOf({ start, end }: Pick<RunSettings, 'start' | 'end'>, frameCount: number): Shot {
  const part = { start, end: Math.min(end ?? frameCount, frameCount) };
  if (part.end <= part.start) throw failure('run/no-frames', { frames: frameCount });
  return part;
}
