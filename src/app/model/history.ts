import type { Correction } from '../../engine/mask/corrections.ts';
import type { Effects } from '../../engine/mask/effects.ts';
import type { RunSettings } from '../../engine/settings/run.ts';
import type { Spans } from '../../lib/spans.ts';
import type { ObjectClass } from './classes.ts';
import type { VideoObject } from './objects.ts';

/** What an edit may change, and undo brings back: objects and corrections of the run with these settings, and what is said of them. */
export interface Snapshot {
  settings: RunSettings;
  objects: readonly VideoObject[];
  /** Corrections: strokes of the brush and objects made by clicks, in order. */
  strokes: readonly Correction[];
  effects: Effects;
  /** Those that objects can have, in the order of their numbers. */
  classes: readonly ObjectClass[];
  /** Clip frames that a user marked as reviewed. */
  reviewed: Spans;
}

/** Undo and redo as plain data: what things were before and after each named edit. */
export interface Edit<S> {
  /** What was done, for the menu and for screen readers: 'Merge 2 objects'. */
  readonly label: string;
  readonly before: S;
  readonly after: S;
  /** Steps of one action that follow each other, as the runs of a search, are one edit. */
  readonly group?: object | undefined;
}

export interface History<S> {
  readonly past: readonly Edit<S>[];
  readonly future: readonly Edit<S>[];
}

/** Edits kept. */
const DEPTH = 200;

export const NO_HISTORY: History<never> = { past: [], future: [] };

/** Adds an edit, to the last one where both are steps of one action; what had been undone is gone. */
export function recorded<S>({ past }: History<S>, edit: Edit<S>): History<S> {
  const last = past.at(-1);
  const joins = last !== undefined && edit.group !== undefined && last.group === edit.group;
  const edits = joins ? [...past.slice(0, -1), { ...edit, before: last.before }] : [...past, edit];
  return { past: edits.slice(-DEPTH), future: [] };
}

/** The same history with every snapshot changed. */
export function mapped<S>({ past, future }: History<S>, change: (snapshot: S) => S): History<S> {
  const edits = (list: readonly Edit<S>[]) =>
    list.map((edit) => ({ ...edit, before: change(edit.before), after: change(edit.after) }));
  return { past: edits(past), future: edits(future) };
}

/** The last edit taken back: the state to return to, or null where there is none. */
export function undone<S>(history: History<S>): { history: History<S>; edit: Edit<S> } | null {
  const edit = history.past.at(-1);
  if (!edit) return null;
  return { history: { past: history.past.slice(0, -1), future: [edit, ...history.future] }, edit };
}

/** The last edit taken back, done again. */
export function redone<S>(history: History<S>): { history: History<S>; edit: Edit<S> } | null {
  const edit = history.future[0];
  if (!edit) return null;
  return { history: { past: [...history.past, edit], future: history.future.slice(1) }, edit };
}
