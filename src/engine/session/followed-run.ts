import { type ProxyMarked, proxy } from 'comlink';
import { abortable, type Precedence, precedence, Scope } from '../../lib/task.ts';
import type { Grid } from '../backend/types.ts';
import { planFollowing } from '../follow/plan.ts';
import { showPreviews } from '../follow/preview.ts';
import { MEMORY_BYTES, Records, recordBytes } from '../follow/records.ts';
import type { RunSettings } from '../settings/run.ts';
import { keyOf } from '../settings/settings.ts';
import { openOverflow } from '../tokens/overflow.ts';
import { saysLost } from '../video/lost.ts';
import { createPictures, type Pictures } from '../video/pictures.ts';
import { type Shot, type Survey, surveyClip } from '../video/shots.ts';
import { sha256Hex } from '../weights/hash.ts';
import type { RunEvents, RunHandle, RunMasks } from './api.ts';
import { clusteredBy } from './clustered.ts';
import type { DeviceContext } from './devices.ts';
import { failure } from './errors.ts';
import { inspectFollowed } from './followed-inspection.ts';
import { followedMasks } from './followed-masks.ts';
import { type FollowContext, type Following, findObjects, leafTauOf } from './following.ts';
import { updates } from './frame-updates.ts';
import { openMotion } from './motion.ts';
import {
  ALL_IN_MEMORY,
  CAME_LATER,
  framesLost,
  gpuLost,
  NOT_KEPT,
  NOTHING_MOVES,
  smallerRows,
} from './notes.ts';
import type { FollowedState, OpenClip } from './open-clip.ts';
import { attend, computeTokens, type Source, startTokens } from './pipeline.ts';
import { planRun, suited } from './plan.ts';
import { createPreviews, LEAST_FOR_PREVIEWS, type Previews } from './previews.ts';
import { followRun } from './progress.ts';
import { firstLabels, LEAST_FOR_QUICK, QUICK_PROPAGATED } from './quick-look.ts';
import { whileDevicesLast, withinMemory } from './recovery.ts';
import type { RunResult } from './result.ts';
import type { Run } from './run.ts';
import { endReason, questions, type Ready } from './run-handle.ts';

/** Bytes of records up to which a result carries them, so that masks can be kept as they are, and another τ be found. */
const MOST_SOFT = 64e6;

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
  /** What can be asked of the run; rejects if it will never have masks. */
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

interface Performance {
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
  { scope, signal, watched, playhead, onReady }: Performance,
): Promise<RunResult> {
  const { clip, library, devices, sessionsFor } = open;
  const entry = await library.entry(asked.model);
  const { settings, note } = suited(asked, entry);
  const notes = note === null ? [] : [note];
  const part = partOf(settings, clip.info.frameCount);
  const openDevice = () => devices.context(settings.device);
  const planned = planRun(clip.info, settings, entry, await openDevice());
  const { stage, times } = followRun(planned.seconds, (progress) => events.progress(progress));
  const key = stateKey(settings, leafTauOf(entry), clip.info.frameCount);
  const journal = await open.journal;
  /** Something is shown of this run: what a lost device takes along stays on the screen. */
  let shown = false;

  const compute = async (place: DeviceContext): Promise<RunResult> => {
    place.backend.restartPeak();
    const backend = place.backend.lane();
    const context = { ...place, backend };
    const { model, sessions } = await stage('model', 'bytes', async (report) => {
      const model = await library.load(entry.id, report, signal);
      return { model, sessions: await sessionsFor(model, settings, place, 1) };
    });
    const source: Source = { clip, model, ...sessions };
    /** Mask requests of a quick look take precedence over the search for objects, too. */
    const masks = precedence();

    const build = async (
      survey: Survey,
      most: number | null,
      before: Pick<FollowedState, 'records' | 'mark'> | null,
      owner: Scope,
    ) => {
      const quick = owner === quickScope;
      const plan = planFollowing(survey.shots, {
        most,
        lost: survey.lost,
        ratio: quick ? 1 : settings.ratio,
        stride: settings.stride,
        ...(quick && { seen: Math.min(Math.max(playhead(), part.start), part.end - 1) }),
      });
      const tokens = startTokens(source, plan.samples, settings.metric);
      owner.own(tokens.store, (store) => store.release());
      /** What a user waits for, then frames that have no masks to show. */
      const pause = async () => {
        await masks.pause();
        await previews?.samples(plan.samples, tokens.store);
        await previews?.playhead();
      };
      const began = performance.now();
      await stage('tokens', 'frames', async (report) => {
        await computeTokens(source, tokens, settings, report, signal, pause);
        await pause();
      });
      const seconds = (performance.now() - began) / 1000 - (previews?.seconds ?? 0);
      // A quick look reads its frames from a decoder that has just been opened: it says little of the device.
      if (!quick && settings.metric === 'Av')
        await devices.learn(
          place.report.device,
          { tokens: (planned.seconds.tokens * plan.samples.length) / planned.sampled },
          [{ stage: 'tokens', seconds }],
        );
      const { feed, motion } = await openMotion(clip, library, place, settings, survey, owner);
      const grid = { ...tokens.grid, frames: part.end - part.start };
      // A quick look needs the room of a few frames.
      const all = before?.records ?? (await roomFor(quick ? 0 : grid.frames, grid, motion.cells));
      const followContext: FollowContext = {
        source,
        backend,
        rowBudget: place.rowBudget,
        plan: { ...plan, start: part.start, end: part.end },
        settings,
        tokens,
        feed,
        motion,
        records: all,
        pause,
        signal: owner.signal,
      };
      const keyed = { ratio: quick ? 1 : settings.ratio, temperature: settings.temperature };
      const following = await stage('cluster', 'rows', (report) =>
        withinMemory(
          place.rowBudget,
          (rowBudget) =>
            findObjects(
              { ...followContext, rowBudget },
              () => attend(backend, tokens, keyed, signal, plan.keys),
              report,
              signal,
            ),
          async (budget) => {
            notes.push(smallerRows(budget));
            await devices.limitRows(place.report.device, budget);
          },
        ),
      ).catch(async (thrown: unknown) => {
        if (!before) await all.release();
        throw thrown;
      });
      owner.own(following, (state) => state.release());
      const mark = quick ? '' : await markOf(following);
      // Frames that were held against other leaves are of no use; those that an earlier session followed may be.
      if (!quick && before?.mark !== mark) {
        all.clear();
        const basis = { key, mark, leaves: following.found.first, grid, cells: motion.cells };
        await journal?.takeOver(basis, all);
        all.keeper = journal;
      }
      return { plan: followContext.plan, following, records: all, masks, grid, quick, mark, complete: false };
    };

    /** Records for so many frames, some of them on the disk where memory is too little. */
    const roomFor = async (frames: number, grid: Grid, cells: Records['cells']): Promise<Records> => {
      const long = frames * recordBytes(grid, cells) > MEMORY_BYTES;
      const overflow = long ? await openOverflow() : null;
      if (long && !overflow) notes.push(ALL_IN_MEMORY);
      return new Records(grid, cells, overflow);
    };

    const resultOf = async (built: Built): Promise<RunResult> => {
      const { plan, following, records, grid, quick, complete, mark } = built;
      const { pairs } = following.found;
      const share = pairs.all > 0 ? pairs.computed / pairs.all : 0;
      const at = await following.at(settings.tau);
      const clustered = clusteredBy(at, following.count(), records, { ...pairs, share });
      return {
        settings,
        notes,
        frames: Int32Array.from({ length: grid.frames }, (_, place) => part.start + place),
        grid,
        ...clustered,
        followed: {
          sources: records.allSources(),
          samples: plan.samples,
          keys: Int32Array.from(plan.keys, (place) => plan.samples[place]!),
          quick,
          complete,
          mark,
          motion: clustered.clusters.some(({ motion }) => motion !== undefined),
          soft: null,
          apart: await following.apart(),
          leaves: null,
        },
        times,
        device: place.report,
        memory: { peakBytes: backend.memory.peak },
      };
    };

    const show = (
      built: Built,
      result: RunResult,
      watch = (masks: RunMasks) => masks,
      pictures?: Pictures,
    ) => {
      shown = true;
      const runScope = built.quick ? quickScope! : scope;
      const { filter, field } = place;
      const edges = { filter, field };
      onReady({
        result,
        masks: watch(
          waitedFor(built.masks, followedMasks(open, result, built.records, runScope, edges, pictures)),
        ),
        inspection: inspectFollowed(
          { clip, model, result, following: built.following, records: built.records, context },
          runScope,
        ),
      });
      events.found(result);
    };

    /** Tells of frames that get masks. */
    const reportsOf = async (built: Built, result: RunResult): Promise<FrameReports> => {
      const { clusterOf } = await built.following.at(settings.tau);
      const { add, now } = updates(events, built.records, clusterOf, result);
      return {
        add: (frames) => add(frames.map((frame) => frame - part.start)),
        // Frames done before a stop are reported too.
        while: (work) => work().finally(now),
      };
    };

    let quickScope: Scope | null = null;
    let quickLook: { quick: Built; reports: FrameReports } | null = null;
    let previews: Previews | null = null;

    const lookQuickly = async (owner: Scope) => {
      const pictures = createPictures(clip, owner);
      pictures.ahead(playhead());
      const quick = await build({ shots: [part], lost: new Set() }, 1, null, owner);
      await quick.following.samples(playhead, () => {});
      const first = firstLabels(signal);
      const result = await resultOf(quick);
      show(quick, result, first.of, pictures);
      await first.made();
      const [seen] = quick.plan.samples;
      const end = Math.min(part.end, seen! + 1 + QUICK_PROPAGATED);
      const reports = await reportsOf(quick, result);
      await reports.while(() => quick.following.propagateForward(seen!, end, reports.add, signal));
      return { quick, reports };
    };

    let state = open.followed.find(key);
    if (!state || state.backend !== place.backend) {
      if (watched && !shown && part.end - part.start >= LEAST_FOR_QUICK) {
        const owner = new Scope(scope);
        quickScope = owner;
        quickLook = await lookQuickly(owner).catch(async (thrown: unknown) => {
          // A frame that cannot be decoded is nothing to look at; there are others.
          if (!saysLost(thrown)) throw thrown;
          await owner.close();
          return null;
        });
      }
      const survey = await stage('tokens', 'frames', (report) => surveyClip(clip, part, report, signal));
      if (quickLook && planned.seconds.tokens + planned.seconds.cluster > LEAST_FOR_PREVIEWS) {
        const { quick, reports } = quickLook;
        const [seen] = quick.plan.samples;
        const shot = survey.shots.find(({ start, end }) => seen! >= start && seen! < end)!;
        previews = createPreviews(quick, shot, playhead, reports.add, signal);
      }
      const owner = open.followed.open();
      try {
        // Records that name leaves of newcomers are of no use before these are found again.
        const { leaves, first } = state?.following.found ?? { leaves: { count: 0 }, first: 0 };
        const kept = leaves.count === first ? state : null;
        const find = () => build(survey, settings.samples || null, kept, owner);
        const built = await (quickLook ? quickLook.reports.while(find) : find());
        state = open.followed.keep(key, { ...built, backend: place.backend, scope: owner });
      } catch (thrown) {
        await owner.close();
        throw thrown;
      }
    }
    const built: FollowedState = state;
    await stage('follow', 'frames', async (report) => {
      const total = built.grid.frames;
      const done = () => report(total - built.records.unfollowed, total);
      await built.following.samples(playhead, done, signal);
      previews = null;
      if (quickLook) showPreviews(built.records, quickLook.quick.records);
      const showAndFollow = async (result: RunResult) => {
        show(built, result);
        await quickScope?.close();
        const reports = await reportsOf(built, result);
        const onFrames = (frames: readonly number[]) => {
          done();
          reports.add(frames);
        };
        await reports.while(() => built.following.follow(playhead, onFrames, signal));
      };
      const found = await resultOf(built);
      if (settings.motion > 0 && built.following.confidence === 0 && settings.metric === 'Av')
        notes.push(NOTHING_MOVES);
      await showAndFollow(found);
      if (await built.following.notice(signal)) await showAndFollow(await resultOf(built));
      const divided = await built.following.divide(signal);
      built.complete = true;
      if (divided) show(built, await resultOf(built));
      if (built.following.grown()) notes.push(CAME_LATER);
      if (built.following.lost.size > 0) notes.push(framesLost(built.following.lost));
    });
    await journal?.written();
    if (journal?.failed) notes.push(NOT_KEPT);
    const result = await resultOf(built);
    const bytes = result.grid.frames * recordBytes(result.grid, built.records.cells);
    if (bytes <= MOST_SOFT) {
      result.followed!.soft = built.records.pack();
      if (settings.clustering === 'hierarchical') result.followed!.leaves = await built.following.pack();
    }
    return result;
  };
  const onLost = (reason: string) => {
    notes.push(gpuLost(reason, 'frames that were done have stayed'));
  };
  return whileDevicesLast(openDevice, compute, onLost, signal);
}

/** Masks whose labels following waits for. */
const waitedFor = ({ first }: Precedence, masks: RunMasks): RunMasks => ({
  ...masks,
  labels: (...of) => first(masks.labels(...of)),
});

type Built = Omit<FollowedState, 'backend' | 'scope'>;

interface FrameReports {
  add(frames: readonly number[]): void;
  /** Does work that may get frames their masks; once it has ended, all of them have been reported. */
  while<T>(work: () => Promise<T>): Promise<T>;
}

/** The frames that settings ask for. Throws `run/no-frames`. */
function partOf({ start, end }: Pick<RunSettings, 'start' | 'end'>, frameCount: number): Shot {
  const part = { start, end: Math.min(end ?? frameCount, frameCount) };
  if (part.end <= part.start) throw failure('run/no-frames', { frames: frameCount });
  return part;
}

/** Digest of the leaves: equal ones lie at equal distances. */
const markOf = async (following: Following): Promise<string> => {
  const apart = await following.apart();
  return sha256Hex(new Uint8Array(apart.slice().buffer));
};

/** What leaves and records depend on: all but τ, unless it is below that of the leaves. */
export function stateKey(settings: RunSettings, leafTau: number, frameCount: number): string {
  const end = settings.end ?? frameCount;
  return keyOf({ ...settings, end, tau: Math.min(settings.tau, leafTau) }, 'nothing');
}
