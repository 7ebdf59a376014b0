import type { RunEvents } from '../../engine/session/api.ts';
import { isNothingMoves } from '../../engine/session/notes.ts';
import type { RunResult } from '../../engine/session/result.ts';
import type { RunSettings } from '../../engine/settings/run.ts';
import { sameSettings } from '../../engine/settings/settings.ts';
import { abortable, conflated, isAbort, latest, type Scope, serial } from '../../lib/task.ts';
import type { History, Snapshot } from '../model/history.ts';
import { foreground, numbered } from '../model/objects.ts';
import { RecentResults, sameLeaves, sameTokens } from '../model/settings.ts';
import { isLess } from '../model/succession.ts';
import { showClipFailure, useClip } from '../stores/clip.ts';
import { show, useDocument } from '../stores/document.ts';
import { announce, showInfo } from '../stores/notices.ts';
import { pendingIn, unfinished, useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { asFailure } from '../words/errors.ts';
import { explained, noted } from '../words/messages.ts';
import { strings } from '../words/strings.ts';
import {
  cancelRun,
  lookAt,
  reclustered,
  restoreRun,
  startRun,
  takeRun,
  takeRunning,
} from '../workers/engine.ts';
import { accept, complete, type Purpose, takeFrames } from './accept.ts';
import { answerAgain } from './answer.ts';
import { paletteKnown } from './palette.ts';
import { changeSettings } from './settings.ts';

/** How a run ended: `superseded` means by a newer one, an undo or another clip, which report for themselves. */
export type Outcome = 'shown' | 'ended' | 'superseded';

/** Results that undo and redo come back to without a run. */
const results = new RecentResults(256e6);

const keep = (result: RunResult): void => {
  if (!result.followed?.quick) results.put(result);
};

/** Only the newest run counts. */
const newest = latest(async (_, settings: RunSettings, events: RunEvents, scope: Scope) => {
  // A quick look is for the empty stage.
  const starting = startRun(settings, events, !hasBetter());
  void lookAt(useView.getState().frame);
  const run = await starting;
  const [result] = await abortable(Promise.all([run.result(), paletteKnown()]), scope.signal);
  return { run, result };
});

/** Settings of the last run, whose tokens are in the engine. */
let ran: RunSettings | null = null;

/** Runs the engine, and shows what it finds; a run under way is superseded. */
export async function start(settings: RunSettings, purpose: Purpose = {}): Promise<Outcome> {
  const { scope } = useClip.getState();
  if (!scope) return 'superseded';
  const { history } = useDocument.getState();
  const phase = ran && sameTokens(ran, settings) ? 'clustering' : 'segmenting';
  useRun.setState({ phase, progress: null, failed: null });
  if (phase === 'segmenting') {
    // From now on the engine may release the earlier tokens.
    ran = null;
    announce(strings.run.started);
  }
  const started = performance.now();
  let wanted = true;
  try {
    // If something was edited meanwhile, the run becomes one more edit instead of showing the earlier document.
    const { to, search } = purpose;
    const acceptNow = (found: RunResult) => {
      keep(found);
      accept(found, to && useDocument.getState().history === history ? { to } : { search });
    };
    /** The result on the page, once there is one before the run's end. */
    let early: RunResult | null = null;
    const events: RunEvents = {
      progress: (progress) => {
        if (wanted) useRun.setState({ progress });
      },
      found: (result) => {
        const quick = result.followed?.quick === true;
        // A quick look only fills an empty stage: it never replaces better masks.
        if (!wanted || (quick && hasBetter()) || hasMore(result)) return;
        early = result;
        void Promise.all([takeRunning(), paletteKnown()]).then(() => {
          if (!wanted || early !== result) return;
          if (!quick) ran = result.settings;
          acceptNow(result);
          useRun.setState({ phase: quick ? 'refining' : 'following' });
        });
      },
      frames: (update) => {
        if (wanted && early) takeFrames(early, update);
      },
    };
    const { run, result: found } = await newest(settings, events, scope);
    takeRun(run);
    ran = found.settings;
    if (early && useRun.getState().result === early) {
      complete(early, found);
      keep(early);
    } else acceptNow(found);
    // The panel shows permanently that nothing moves.
    for (const note of found.notes) if (!isNothingMoves(note)) showInfo(noted(note));
    // A rounded size becomes the setting.
    if (useRun.getState().settings === settings) useRun.setState({ settings: found.settings });
    const objects = foreground(useDocument.getState().objects).length;
    const { result } = useRun.getState();
    const all = found.frames.length;
    if (unfinished(result)) showInfo(strings.run.paused(all - pendingIn(result), all));
    else announce(strings.run.done(objects, (performance.now() - started) / 1000));
    rest();
    void answerAgain();
    return 'shown';
  } catch (thrown) {
    if (isAbort(thrown)) return 'superseded';
    const failure = asFailure(thrown);
    if (failure.code === 'run/cancelled') announce(strings.run.cancelled);
    else {
      useRun.setState({ failed: explained(failure).what });
      showClipFailure(thrown);
    }
    rest();
    return 'ended';
  } finally {
    wanted = false;
  }
}

/** Whether what is shown is more than a quick look. */
function hasBetter(): boolean {
  const { result } = useRun.getState();
  return result !== null && !result.followed?.quick;
}

/** Whether the complete result on the page has more in it, as after a reload, before newcomers are found again. */
function hasMore(found: RunResult): boolean {
  const { result } = useRun.getState();
  return result !== null && !unfinished(result) && isLess(found, result);
}

/** Minimum milliseconds between two reports of the playhead to the engine. */
const LOOKS = 150;

/** Reports the playhead to the engine, which follows the frames there next. */
const look = conflated<number>(async (frame) => {
  await lookAt(frame);
  await new Promise((resolve) => setTimeout(resolve, LOOKS));
}, showClipFailure);

useView.subscribe((now, before) => {
  if (now.frame !== before.frame && useRun.getState().phase !== 'idle') look(now.frame);
});

const rest = () => useRun.setState({ phase: 'idle', progress: null, trial: null });

/** Stops the run under way; what was found before stays. */
export async function stop(): Promise<void> {
  if (useRun.getState().phase !== 'idle') await cancelRun();
}

/** Drops the run under way, whose result is not shown. Resolves when the engine has stopped. */
export async function abandon(): Promise<void> {
  const running = useRun.getState().phase !== 'idle';
  newest.cancel();
  rest();
  if (running) await cancelRun();
}

/** Returns to earlier runs, and to other τ of them, run one after the other. */
const turns = serial();

/**
 * Shows a restored run at another τ, by a look-up in its leaves. Null where that takes a run.
 */
export const recluster = (settings: RunSettings, purpose: Purpose = {}): Promise<Outcome | null> =>
  turns(async () => {
    const { scope } = useClip.getState();
    const { result, restored } = useRun.getState();
    if (!scope || !result?.followed?.leaves || !restored || !sameLeaves(result.settings, settings))
      return null;
    try {
      const found = await abortable(reclustered(result, settings.tau), scope.signal);
      if (!found) return null;
      if (useRun.getState().result !== result) return 'superseded';
      await bringBack(found, scope);
      keep(found);
      accept(found, purpose, true);
      rest();
      const objects = foreground(useDocument.getState().objects).length;
      announce(strings.objects.found(objects));
      void answerAgain();
      return 'shown';
    } catch (thrown) {
      if (isAbort(thrown)) return 'superseded';
      showClipFailure(thrown);
      return 'ended';
    }
  });

/** Makes an earlier run the one that answers; one under way is superseded. */
async function bringBack(result: RunResult, { signal }: Scope): Promise<void> {
  newest.cancel();
  await abortable(Promise.all([restoreRun(result), paletteKnown()]), signal);
}

/**
 * The complete result of a document's run, as it was kept or from the leaves of another one; null where it is gone, or was
 * stopped and can be continued.
 */
async function resultFor(snapshot: Snapshot): Promise<RunResult | null> {
  const own = results.get(snapshot);
  if (own) return unfinished(own) ? null : own;
  const kept = results.withLeavesOf(snapshot);
  return kept ? reclustered(kept, snapshot.settings.tau) : null;
}

/**
 * Shows a document of this or an earlier run, with its history: a look-up, or another run where that run's result is gone.
 * Returns whether it is shown.
 */
export async function reach(snapshot: Snapshot, history: History<Snapshot>): Promise<boolean> {
  const { result: now } = useRun.getState();
  const { scope } = useClip.getState();
  if (!now || !scope) return false;
  if (sameSettings(now.settings, snapshot.settings)) {
    show(snapshot, history);
    return true;
  }
  changeSettings(snapshot.settings);
  const shown = await turns(async () => {
    const result = await abortable(resultFor(snapshot), scope.signal);
    if (!result) return false;
    await bringBack(result, scope);
    results.put(result);
    show(snapshot, history, { result, restored: true });
    rest();
    return true;
  });
  if (shown) return true;
  if (!results.get(snapshot)) showInfo(strings.run.notKept);
  const outcome = await start(snapshot.settings, { to: { snapshot, history } });
  if (outcome === 'ended') changeSettings(now.settings);
  return outcome === 'shown';
}

/** Shows the run and the edits of an earlier session. */
export function reopenResult(result: RunResult, snapshot: Snapshot, history: History<Snapshot>): void {
  results.put(result);
  // Objects of earlier versions have no numbers.
  show({ ...snapshot, objects: numbered(snapshot.objects) }, history, { result, restored: true });
}

/** Forgets the results of the clip. */
export function forgetResults(): void {
  results.clear();
  ran = null;
}
