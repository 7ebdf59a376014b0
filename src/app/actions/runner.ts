import type { RunEvents } from '../../engine/session/api.ts';
import { NOTHING_MOVES } from '../../engine/session/notes.ts';
import type { FrameUpdate, RunResult } from '../../engine/session/result.ts';
import type { RunSettings } from '../../engine/settings/run.ts';
import { abortable, conflated, isAbort, latest, type Scope, serial } from '../../lib/task.ts';
import { hierarchyOf, inAllNodes, nodesOfTokens } from '../model/hierarchy.ts';
import { type History, mapped, NO_HISTORY, type Snapshot } from '../model/history.ts';
import { lasting } from '../model/made.ts';
import { leavesIn, withNewcomers } from '../model/newcomers.ts';
import { inheritIdentities, inListOrder, numbered, objectsOf, oneForeground } from '../model/objects.ts';
import { RecentResults, sameLeaves, sameRun, sameTokens } from '../model/settings.ts';
import { showClipFailure, useClip } from '../stores/clip.ts';
import { commit, currentSnapshot, refill, type Shown, show, useDocument } from '../stores/document.ts';
import { announce, showInfo } from '../stores/notices.ts';
import { pendingIn, unfinished, useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { asFailure } from '../words/errors.ts';
import { strings } from '../words/strings.ts';
import {
  cancelRun,
  lookAt,
  regrouped,
  restoreRun,
  startRun,
  takeRun,
  takeRunning,
} from '../workers/engine.ts';
import { answerAgain } from './answer.ts';
import { paletteKnown } from './palette.ts';
import { changeSettings } from './settings.ts';

/** How a run ended: `superseded` by a newer one, an undo or another clip, which have their own say. */
export type Outcome = 'shown' | 'ended' | 'superseded';

/** What a run is for, where it is not for itself. */
interface Purpose {
  /** A document to show with it, known beforehand. */
  to?: { snapshot: Snapshot; history: History<Snapshot> };
  /** The search that it is a step of: all its steps are one edit. */
  search?: object | undefined;
}

/** Results that undo and redo come back to without a run. */
const results = new RecentResults(256e6);

/** Only the newest run counts. */
const newest = latest(async (_, settings: RunSettings, events: RunEvents, scope: Scope) => {
  // A quick look is for the empty stage.
  const starting = startRun(settings, events, !hasBetter());
  void lookAt(useView.getState().frame);
  const run = await starting;
  const [result] = await abortable(Promise.all([run.result(), paletteKnown()]), scope.signal);
  return { run, result };
});

/** Settings of the last run, whose tokens the engine has. */
let ran: RunSettings | null = null;

/** Runs the engine, and shows what it finds; a run under way is superseded. */
export async function start(settings: RunSettings, purpose: Purpose = {}): Promise<Outcome> {
  const { scope } = useClip.getState();
  if (!scope) return 'superseded';
  const { history } = useDocument.getState();
  const phase = ran && sameTokens(ran, settings) ? 'clustering' : 'segmenting';
  useRun.setState({ phase, progress: null, failed: null });
  if (phase === 'segmenting') {
    // From now on the engine may give the earlier tokens up.
    ran = null;
    announce(strings.run.started);
  }
  const started = performance.now();
  let wanted = true;
  try {
    // If something was edited meanwhile, the earlier document is not shown: the run becomes one more edit.
    const { to, search } = purpose;
    const acceptNow = (found: RunResult) =>
      accept(found, to && useDocument.getState().history === history ? { to } : { search });
    /** The result on the page, once there is one before the run's end. */
    let early: RunResult | null = null;
    const events: RunEvents = {
      progress: (progress) => {
        if (wanted) useRun.setState({ progress });
      },
      found: (result) => {
        const quick = result.followed?.quick === true;
        // A quick look only fills an empty stage: it never replaces better masks.
        if (!wanted || (quick && hasBetter()) || isLess(result)) return;
        early = result;
        void Promise.all([takeRunning(), paletteKnown()]).then(() => {
          if (!wanted || early !== result) return;
          if (!quick) ran = result.settings;
          acceptNow(result);
          useRun.setState({ phase: quick ? 'refining' : 'following' });
        });
      },
      frames: (update) => {
        if (wanted && early) fill(early, update);
      },
    };
    const { run, result: found } = await newest(settings, events, scope);
    takeRun(run);
    ran = found.settings;
    if (early && useRun.getState().result === early) complete(early, found);
    else acceptNow(found);
    // The panel says that nothing moves, as long as that is so.
    for (const note of found.notes) if (note !== NOTHING_MOVES) showInfo(note);
    // A size that was rounded is what is asked for from now on.
    if (useRun.getState().settings === settings) useRun.setState({ settings: found.settings });
    const objects = useDocument.getState().objects.filter((object) => !object.background).length;
    const { result } = useRun.getState();
    const all = found.frames.length;
    if (unfinished(result)) showInfo(strings.run.paused(all - pendingIn(result), all));
    else announce(strings.run.done(objects, (performance.now() - started) / 1000));
    rest();
    void answerAgain();
    return 'shown';
  } catch (thrown) {
    if (isAbort(thrown)) return 'superseded';
    const { code, message } = asFailure(thrown);
    if (code === 'run/cancelled') announce(strings.run.cancelled);
    else {
      useRun.setState({ failed: message });
      showClipFailure(thrown);
    }
    rest();
    return 'ended';
  } finally {
    wanted = false;
  }
}

/** Copies newly followed frames into the result that is shown. */
export function fill(result: RunResult, { places, sources, labels, parts }: FrameUpdate): void {
  const n = result.grid.rows * result.grid.columns;
  refill(result, places, () => {
    for (const [i, place] of places.entries()) {
      result.clustering.labels.set(labels.subarray(i * n, (i + 1) * n), place * n);
      result.parts?.set(parts.subarray(i * n, (i + 1) * n), place * n);
      result.followed!.sources[place] = sources[i]!;
    }
  });
}

/** Copies what is known only at the end of a run into the result that is shown. */
function complete(shown: RunResult, found: RunResult): void {
  refill(shown, [...shown.frames.keys()], () => {
    shown.clustering.labels.set(found.clustering.labels);
    shown.parts?.set(found.parts!);
    Object.assign(shown, {
      times: found.times,
      notes: found.notes,
      memory: found.memory,
      followed: found.followed,
    });
  });
  if (!shown.followed?.quick) results.put(shown);
}

/** Whether what is shown is more than a quick look. */
function hasBetter(): boolean {
  const { result } = useRun.getState();
  return result !== null && !result.followed?.quick;
}

/** Whether the result shown is of the same run but has more in it, as after a reload, before newcomers are found again. */
function isLess(found: RunResult): boolean {
  const { result } = useRun.getState();
  return (
    result !== null &&
    !unfinished(result) &&
    sameRun(result.settings, found.settings) &&
    leavesIn(found) < leavesIn(result)
  );
}

/** Minimum milliseconds between two reports of the playhead to the engine. */
const LOOKS = 150;

/** Passes the playhead on to the engine, so that what is looked at is followed next. */
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

/** Forgets the run under way: its result will not be taken. Resolves when the engine has stopped. */
export async function abandon(): Promise<void> {
  const running = useRun.getState().phase !== 'idle';
  newest.cancel();
  rest();
  if (running) await cancelRun();
}

/** Going back to earlier runs, and to other τ of them, happens one after the other. */
const turns = serial();

/**
 * Shows the run on the page at another τ, where its tokens are gone but its leaves are here: a look-up. Null where that
 * takes a run.
 */
export const regroup = (settings: RunSettings, purpose: Purpose = {}): Promise<Outcome | null> =>
  turns(async () => {
    const { scope } = useClip.getState();
    const { result, restored } = useRun.getState();
    if (!scope || !result?.followed?.leaves || !restored || !sameLeaves(result.settings, settings))
      return null;
    try {
      const found = await abortable(regrouped(result, settings.tau), scope.signal);
      if (!found) return null;
      if (useRun.getState().result !== result) return 'superseded';
      await bringBack(found, scope);
      accept(found, purpose, true);
      rest();
      const objects = useDocument.getState().objects.filter((object) => !object.background).length;
      announce(strings.objects.found(objects));
      void answerAgain();
      return 'shown';
    } catch (thrown) {
      if (isAbort(thrown)) return 'superseded';
      showClipFailure(thrown);
      return 'ended';
    }
  });

/** From now on an earlier run is asked; one under way is superseded. */
async function bringBack(result: RunResult, { signal }: Scope): Promise<void> {
  newest.cancel();
  await abortable(Promise.all([restoreRun(result), paletteKnown()]), signal);
}

/**
 * The whole result of a document's run, as it was kept or from the leaves of another one; null where it is gone, or was
 * stopped on its way and is to be gone on with.
 */
async function resultFor(snapshot: Snapshot): Promise<RunResult | null> {
  const own = results.get(snapshot);
  if (own) return unfinished(own) ? null : own;
  const kept = results.withLeavesOf(snapshot);
  return kept ? regrouped(kept, snapshot.settings.tau) : null;
}

/**
 * Shows a document of this or an earlier run, with the history that it then has: a look-up, but where that run's result
 * is gone, which takes another run. Whether it is shown.
 */
export async function reach(snapshot: Snapshot, history: History<Snapshot>): Promise<boolean> {
  const { result: now } = useRun.getState();
  const { scope } = useClip.getState();
  if (!now || !scope) return false;
  if (sameRun(now.settings, snapshot.settings)) {
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

/** Shows what an earlier session left of its run and its edits. */
export function reopenResult(result: RunResult, snapshot: Snapshot, history: History<Snapshot>): void {
  results.put(result);
  // Objects of earlier versions have no numbers.
  show({ ...snapshot, objects: numbered(snapshot.objects) }, history, { result, restored: true });
}

/** Forgets the results of a clip that is left. */
export function forgetResults(): void {
  results.clear();
  ran = null;
}

function accept(found: RunResult, { to, search }: Purpose, restored = false): void {
  if (!found.followed?.quick) results.put(found);
  const run: Shown = { result: found, restored };
  const before = currentSnapshot();
  const { palette } = useClip.getState();
  if (to) {
    show(to.snapshot, to.history, run);
    return;
  }
  const { objects, history } = useDocument.getState();
  const { result, single } = useRun.getState();
  // What was a quick look until now has other clusters, though its settings are the same; so has less than there was.
  const same = before !== null && sameRun(before.settings, found.settings);
  const lost = same && result && leavesIn(found) < leavesIn(result);
  if (before && result && (result.followed?.quick || lost)) {
    const apart = objectsOf(found.clusters, palette);
    const fresh = single ? oneForeground(apart) : apart;
    const labels = result.clustering.labels;
    const objects = inheritIdentities(fresh, found.clustering.labels, before.objects, labels, palette);
    show({ objects, strokes: [] }, NO_HISTORY, run);
    return;
  }
  // The same run again brings the tokens back, and what came into the clip later; it changes nothing else.
  if (before && result && same) {
    const grown =
      leavesIn(found) > leavesIn(result)
        ? withNewcomers(result, found, single, palette)
        : (document: Snapshot) => document;
    const own = (document: Snapshot) =>
      sameRun(document.settings, found.settings) ? grown(document) : document;
    show(grown(before), mapped(history, own), run);
    return;
  }
  const apart = objectsOf(found.clusters, palette);
  const fresh = single ? oneForeground(apart) : apart;
  if (!before || !result) {
    show({ objects: fresh, strokes: [] }, history, run);
    return;
  }
  const named = inheritIdentities(
    fresh,
    found.clustering.labels,
    inAllNodes(hierarchyOf(result), objects),
    nodesOfTokens(result),
    palette,
  );
  const last = history.past.at(-1);
  const from = search && last?.group === search ? last.before : before;
  const label = nameOfRun(from.settings, found.settings);
  // What clicks made lasts, and the new run answers them.
  const made = lasting(before);
  const strokes = found.followed?.apart ? made.strokes : [];
  const listed = strokes.length > 0 ? inListOrder(numbered([...named, ...made.objects])) : named;
  commit(label, { objects: listed, strokes }, { run, group: search });
}

/** What a new run is called in the history. */
function nameOfRun(before: RunSettings, after: RunSettings): string {
  if (before.model !== after.model) {
    const { models } = useRun.getState();
    return strings.edits.model(models.find(({ id }) => id === after.model)?.name ?? after.model);
  }
  if (before.tau === after.tau) return strings.edits.again;
  return after.tau < before.tau ? strings.edits.finer : strings.edits.coarser;
}
