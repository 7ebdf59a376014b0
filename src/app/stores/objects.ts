import { create } from 'zustand';
import type { Stroke } from '../../engine/mask/strokes.ts';
import type { RunSettings } from '../../engine/settings/run.ts';
import { type History, NO_HISTORY } from '../model/history.ts';
import type { VideoObject } from '../model/objects.ts';

/** What an edit may change, and undo brings back. The same settings give the same clusters again. */
export interface Snapshot {
  settings: RunSettings;
  objects: readonly VideoObject[];
  /** Corrections with the brush, in order. */
  strokes: readonly Stroke[];
}

interface ObjectsState {
  objects: readonly VideoObject[];
  strokes: readonly Stroke[];
  history: History<Snapshot>;
  selected: ReadonlySet<number>;
  hovered: number | null;
  /** The only object shown, if any. */
  solo: number | null;
}

export const useObjects = create<ObjectsState>()(() => ({
  objects: [],
  strokes: [],
  history: NO_HISTORY,
  selected: new Set(),
  hovered: null,
  solo: null,
}));

/** Objects that an action is about: the selected ones, in the list's order. */
export function selectedObjects(): VideoObject[] {
  const { objects, selected } = useObjects.getState();
  return objects.filter((object) => selected.has(object.id));
}
