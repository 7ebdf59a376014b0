import type { Stroke } from '../../engine/mask/strokes.ts';
import { countsOf, type Hierarchy, hierarchyOf } from '../model/hierarchy.ts';
import { type History, recorded, redone, undone } from '../model/history.ts';
import type { VideoObject } from '../model/objects.ts';
import { sameRun } from '../model/settings.ts';
import { announce } from '../stores/notices.ts';
import { type Snapshot, useObjects } from '../stores/objects.ts';
import { useRun } from '../stores/run.ts';
import { strings } from '../words/strings.ts';
import { start } from './runner.ts';
import { changeSettings } from './settings.ts';

/** Changes the objects under a name that undo shows. The same list back: nothing was changed. */
export function edit(
  label: string,
  change: (objects: readonly VideoObject[]) => readonly VideoObject[],
): void {
  const { objects } = useObjects.getState();
  const after = change(objects);
  if (after !== objects) record(label, { objects: after });
}

/** Adds a stroke of the brush. */
export function addStroke(label: string, stroke: Stroke): void {
  record(label, { strokes: [...useObjects.getState().strokes, stroke] });
}

/** Puts a stroke that has learned what it carries in the place of itself, in the history too. */
export function replaceStroke(before: Stroke, after: Stroke): void {
  const { strokes, history, objects } = useObjects.getState();
  const swapped = (list: readonly Stroke[]) => list.map((stroke) => (stroke === before ? after : stroke));
  const snapshot = (state: Snapshot) => ({ ...state, strokes: swapped(state.strokes) });
  const edits = (list: History<Snapshot>['past']) =>
    list.map((edit) => ({ ...edit, before: snapshot(edit.before), after: snapshot(edit.after) }));
  const { result } = useRun.getState();
  if (!result) return;
  const now = { settings: result.settings, objects, strokes: swapped(strokes) };
  show(now, { past: edits(history.past), future: edits(history.future) });
}

function record(label: string, change: Partial<Omit<Snapshot, 'settings'>>): void {
  const { result } = useRun.getState();
  const { objects, strokes, history } = useObjects.getState();
  if (!result) return;
  const before = { settings: result.settings, objects, strokes };
  const after = { ...before, ...change };
  show(after, recorded(history, { label, before, after }));
  announce(label);
}

/** Shows other objects and corrections of the same run, and counts their tokens anew. */
function show({ objects, strokes }: Snapshot, history: History<Snapshot>): void {
  const { result } = useRun.getState();
  const before = useObjects.getState();
  if (result && strokes !== before.strokes) useRun.setState({ counts: countsOf(result, strokes) });
  useObjects.setState({ objects, strokes, history, selected: kept(before.selected, objects) });
}

/** Levels of the run on the page; null where there are none. */
export function currentHierarchy(): Hierarchy | null {
  const { result } = useRun.getState();
  return result && hierarchyOf(result);
}

/** An object's name as shown: its own, or its number among its kind. */
export function nameOf(object: VideoObject, objects: readonly VideoObject[]): string {
  if (object.name !== '') return object.name;
  const siblings = objects.filter((other) => other.background === object.background);
  const place = 1 + siblings.findIndex((other) => other.id === object.id);
  if (object.background) return strings.objects.background(siblings.length > 1 ? place : null);
  return strings.objects.named(place);
}

function kept(selected: ReadonlySet<number>, objects: readonly VideoObject[]): ReadonlySet<number> {
  return new Set(objects.filter((object) => selected.has(object.id)).map((object) => object.id));
}

/** Takes the last edit back. One that changed the clustering runs it again: the same settings give the same objects. */
export async function undo(): Promise<void> {
  const step = undone(useObjects.getState().history);
  if (step) await go(step.edit.before, step.history, strings.edits.undid(step.edit.label));
}

export async function redo(): Promise<void> {
  const step = redone(useObjects.getState().history);
  if (step) await go(step.edit.after, step.history, strings.edits.redid(step.edit.label));
}

async function go(to: Snapshot, history: History<Snapshot>, told: string): Promise<void> {
  const { result } = useRun.getState();
  if (!result) return;
  if (sameRun(result.settings, to.settings)) {
    show(to, history);
  } else {
    changeSettings(to.settings);
    await start(to.settings, { ...to, history });
  }
  announce(told);
}
