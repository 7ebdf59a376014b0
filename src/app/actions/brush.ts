import { proxy } from 'comlink';
import { NOTHING, type Stroke } from '../../engine/mask/strokes.ts';
import type { RunResult } from '../../engine/session/result.ts';
import { sameSettings } from '../../engine/settings/settings.ts';
import { abortable } from '../../lib/task.ts';
import { held, inGroup } from '../model/action.ts';
import { changedTokens, inAllNodes } from '../model/corrected.ts';
import { freeLabel, withMade } from '../model/made.ts';
import { nameOf, type VideoObject } from '../model/objects.ts';
import { labelsOf } from '../model/part.ts';
import { showClipFailure, useClip } from '../stores/clip.ts';
import { commit, currentHierarchy, replaceStroke, selectedObjects, useDocument } from '../stores/document.ts';
import { announce, showInfo, showWait } from '../stores/notices.ts';
import { isQuickLook, isReady, pendingIn, useRun } from '../stores/run.ts';
import { type Brush, useView } from '../stores/view.ts';
import { asFailure } from '../words/errors.ts';
import { strings } from '../words/strings.ts';
import { runMasks } from '../workers/engine.ts';
import { select } from './objects.ts';

/** Least and largest radius of the brush, as shares of the picture's width. */
export const RADII = [0.005, 0.15] as const;

/** The object that the brush is for: the first selected one that is not locked. */
export const brushed = (): VideoObject | undefined => selectedObjects().find((object) => !object.locked);

/** Whether the brush begins an object of its own. */
export const begins = (brush: Brush): boolean => brush === 'paint' && useView.getState().brushFresh;

/** Paints a stroke on the current frame, or erases along it, then propagates it through the clip. */
export async function paintStroke(points: readonly number[], brush: Brush): Promise<void> {
  const { result } = useRun.getState();
  const { frame, brushRadius: radius } = useView.getState();
  const { objects, strokes } = useDocument.getState();
  const fresh = begins(brush) ? freeLabel({ objects, strokes }) : null;
  const listed = fresh === null ? objects : withMade(objects, fresh, useClip.getState().palette);
  const object = fresh === null ? brushed() : listed.find(({ id }) => id === fresh);
  if (!object || !result) return;
  if (!result.followed && !isReady(result, frame)) {
    showInfo(strings.brush.notAnalysed);
    return;
  }
  const stroke: Stroke = {
    frame,
    points,
    radius,
    carried: new Int32Array(0),
    ...(brush === 'paint'
      ? { to: object.clusters[0]!, from: yielding(object, result) }
      : { to: NOTHING, from: object.clusters }),
  };
  const label = strings.brush[brush === 'paint' ? 'painted' : 'erased'](nameOf(object, listed));
  commit(label, { objects: listed, strokes: [...strokes, stroke] });
  if (fresh !== null) {
    select(fresh);
    useView.setState({ brushFresh: false });
  }
  announce(label);
  await follow(stroke, changedTokens(result, stroke, strokes));
}

/** Labels that give way to an object: all but its own and locked ones, also those of no object. */
function yielding(object: VideoObject, result: RunResult): number[] {
  const { objects, strokes } = useDocument.getState();
  const keeping = objects.filter((other) => other.locked || other === object);
  const kept = new Set(inAllNodes(currentHierarchy(), keeping).flatMap((other) => other.clusters));
  return [...labelsOf(result, objects, strokes), NOTHING].filter((label) => !kept.has(label));
}

/** Propagates a stroke through the clip, and again once pending frames have been followed. */
async function follow(stroke: Stroke, tokens: readonly number[]): Promise<void> {
  const propagating = (by: number) => useView.setState((view) => ({ propagating: view.propagating + by }));
  const { result } = useRun.getState();
  propagating(1);
  const stopping = new AbortController();
  // If stopped, the stroke stays on its own frame.
  const wait = showWait(strings.brush.following, () => stopping.abort());
  try {
    const whole = pendingIn(result) === 0;
    const found = await abortable(runMasks().propagate(tokens, proxy(wait.report)), stopping.signal);
    const carried = { ...stroke, carried: found };
    replaceStroke(stroke, carried);
    if (!whole) onceFollowed(() => void follow(carried, tokens));
  } catch (thrown) {
    if (asFailure(thrown).code === 'run/tokens-gone') showInfo(strings.brush.onlyHere);
    else showClipFailure(thrown);
  } finally {
    wait.end();
    propagating(-1);
  }
}

/** Calls `then` when the run on the page ends, or at once if it is complete; never if another one replaces it. */
function onceFollowed(then: () => void): void {
  const { result } = useRun.getState();
  if (!result) return;
  if (pendingIn(result) === 0) {
    then();
    return;
  }
  const { settings } = result;
  const end = useRun.subscribe((now, before) => {
    const same = now.result !== null && sameSettings(now.result.settings, settings);
    const rests = now.phase === 'idle' && before.phase !== 'idle';
    if (!same || rests) end();
    if (same && rests) then();
  });
}

/** Turns the brush on, for the selected object or else the first one, or off. */
function toggleBrush(brush: Brush): void {
  const { brush: now } = useView.getState();
  if (now === brush) {
    useView.setState({ brush: null });
    return;
  }
  const first = useDocument.getState().objects.find((object) => !object.locked && !object.background);
  if (!brushed() && first) select(first.id);
  useView.setState({ brush, brushFresh: false, mode: 'masks', speed: 0 });
}

/** A step of the brush's size. */
const STEP = 1.25;

function resize(by: number): void {
  useView.setState(({ brushRadius }) => ({
    brushRadius: Math.min(RADII[1], Math.max(RADII[0], brushRadius * by)),
  }));
}

const action = inGroup('objects', () => useView.getState().brush !== null);

export const paintBrush = action(
  'paintBrush',
  ['b'],
  () => toggleBrush('paint'),
  () => useRun.getState().result !== null && !isQuickLook(),
);
export const erase = action('erase', ['e'], () => useView.setState({ brush: 'erase' }));
export const smaller = held(action('smaller', ['['], () => resize(1 / STEP)));
export const larger = held(action('larger', [']'], () => resize(STEP)));
