import { create } from 'zustand';
import type { Correction } from '../../engine/mask/corrections.ts';
import { USUAL_EFFECTS } from '../../engine/mask/effects.ts';
import type { RunResult } from '../../engine/session/result.ts';
import { NO_SPANS } from '../../lib/spans.ts';
import { countsOf, recounted } from '../model/corrected.ts';
import { changeFrames, type Hierarchy, hierarchyOf } from '../model/hierarchy.ts';
import { type History, mapped, NO_HISTORY, recorded, type Snapshot } from '../model/history.ts';
import type { VideoObject } from '../model/objects.ts';
import { useRun } from './run.ts';
import { NO_LOOK, useView } from './view.ts';

type Content = Omit<Snapshot, 'settings'>;
/** What does not belong to one run: it stays unless a change names it. */
type Lasting = Omit<Content, 'objects' | 'strokes'>;

/** The work on the shown result, its history, and what of it is pointed at. */
interface DocumentState extends Content {
  history: History<Snapshot>;
  selected: ReadonlySet<number>;
  hovered: number | null;
  /** The only object shown, if any. */
  solo: number | null;
}

const NOTHING_POINTED_AT = { selected: new Set<number>(), hovered: null, solo: null };

export const NO_DOCUMENT: DocumentState = {
  objects: [],
  strokes: [],
  effects: USUAL_EFFECTS,
  classes: [],
  reviewed: NO_SPANS,
  history: NO_HISTORY,
  ...NOTHING_POINTED_AT,
};

export const useDocument = create<DocumentState>()(() => NO_DOCUMENT);

/** A result on its way to the page. `restored`: its tokens are not in the engine. */
export interface Shown {
  result: RunResult;
  restored: boolean;
}

/** What an edit starts from; null without a result. */
export function currentSnapshot(): Snapshot | null {
  const { result } = useRun.getState();
  const { objects, strokes, effects, classes, reviewed } = useDocument.getState();
  return result && { settings: result.settings, objects, strokes, effects, classes, reviewed };
}

/** Changes the document under a name that undo shows; of another run where `run` is given. `group`: see Edit. */
export function commit(
  label: string,
  change: Partial<Content>,
  { run, group }: { run?: Shown; group?: object | undefined } = {},
): void {
  const before = currentSnapshot();
  if (!before) return;
  const after = { ...before, ...change, ...(run && { settings: run.result.settings }) };
  show(after, recorded(useDocument.getState().history, { label, before, after, group }), run);
}

/**
 * Shows a document with a history that is known already, of another run where `run` is given. Effects, classes and reviewed
 * frames stay unless they are given.
 */
export function show(
  { objects, strokes, effects, classes, reviewed }: Omit<Content, keyof Lasting> & Partial<Lasting>,
  history: History<Snapshot>,
  run?: Shown,
): void {
  const now = useDocument.getState();
  const result = run?.result ?? useRun.getState().result;
  if (!result) return;
  if (run || strokes !== now.strokes) useRun.setState({ ...run, counts: countsOf(result, strokes) });
  if (run) useView.setState(NO_LOOK);
  const chosen = objects.map(({ id }) => id).filter((id) => now.selected.has(id));
  // The same as long as all of them are there: another has the whole list drawn anew.
  const selected = chosen.length === now.selected.size ? now.selected : new Set(chosen);
  const pointed = run ? NOTHING_POINTED_AT : { selected };
  useDocument.setState({
    objects,
    strokes,
    effects: effects ?? now.effects,
    classes: classes ?? now.classes,
    reviewed: reviewed ?? now.reviewed,
    history,
    ...pointed,
  });
}

/** Frames of a result get masks, by `change`: what is counted over them is counted again. `places`: of these frames. */
export function refill(result: RunResult, places: readonly number[], change: () => void): void {
  changeFrames(result, places, change);
  const now = useRun.getState();
  if (now.result !== result) return;
  const { strokes } = useDocument.getState();
  const counts = strokes.length > 0 ? countsOf(result, strokes) : recounted(now.counts, result, places);
  useRun.setState({ counts, followed: now.followed + 1 });
}

/** Puts a stroke that has learned which tokens it reaches in the place of itself, in the history too. */
export function replaceStroke(before: Correction, after: Correction): void {
  const { objects, strokes, history } = useDocument.getState();
  const swapped = (list: readonly Correction[]) => list.map((stroke) => (stroke === before ? after : stroke));
  show(
    { objects, strokes: swapped(strokes) },
    mapped(history, (snapshot) => ({ ...snapshot, strokes: swapped(snapshot.strokes) })),
  );
}

/** Levels of the run on the page; null where there are none. */
export function currentHierarchy(): Hierarchy | null {
  const { result } = useRun.getState();
  return result && hierarchyOf(result);
}

/** Objects that an action is about: the selected ones, in the list's order. */
export function selectedObjects(): VideoObject[] {
  const { objects, selected } = useDocument.getState();
  return objects.filter((object) => selected.has(object.id));
}
