import { inGroup } from '../model/action.ts';
import { largestNodes } from '../model/hierarchy.ts';
import { withoutUnowned } from '../model/made.ts';
import {
  changed,
  merged,
  moved,
  nameOf,
  placed,
  split,
  type VideoObject,
  without,
} from '../model/objects.ts';
import { useClip } from '../stores/clip.ts';
import { currentHierarchy, selectedObjects, useDocument } from '../stores/document.ts';
import { NO_CLICKS, usePrompt } from '../stores/prompt.ts';
import { NO_LOOK, useView } from '../stores/view.ts';
import { strings } from '../words/strings.ts';
import { giveNumber, givesClasses } from './classes.ts';
import { edit } from './edits.ts';

const all = () => useDocument.getState().objects;
const ids = (objects: readonly VideoObject[]): ReadonlySet<number> =>
  new Set(objects.map((object) => object.id));
const named = (objects: readonly VideoObject[]): string =>
  objects.length === 1 ? nameOf(objects[0]!, all()) : strings.objects.found(objects.length);
const someSelected = (): boolean => selectedObjects().length > 0;

/** Shows hidden objects, hides shown ones; a mixture is shown. */
export function toggleVisibility(objects: readonly VideoObject[]): void {
  const visible = objects.some((object) => !object.visible);
  edit((visible ? strings.edits.show : strings.edits.hide)(named(objects)), (list) =>
    changed(list, ids(objects), { visible }),
  );
}

/** Marks objects as background and hides them, or unmarks and shows them. */
export function setBackground(objects: readonly VideoObject[], background: boolean): void {
  edit((background ? strings.edits.background : strings.edits.object)(named(objects)), (list) =>
    changed(list, ids(objects), { background, visible: !background }),
  );
}

export function rename(object: VideoObject, name: string): void {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed === nameOf(object, all())) return;
  edit(strings.edits.rename(trimmed), (list) => changed(list, ids([object]), { name: trimmed }));
}

export function recolour(object: VideoObject, colour: number): void {
  if (colour !== object.colour)
    edit(strings.edits.colour(named([object])), (list) => changed(list, ids([object]), { colour }));
}

export function mergeObjects(chosen: ReadonlySet<number>): void {
  edit(strings.edits.merge(chosen.size), (list) => largestNodes(currentHierarchy(), merged(list, chosen)));
}

export function splitObject(object: VideoObject): void {
  edit(strings.edits.split(named([object])), (list) => split(list, object.id, useClip.getState().palette));
}

export function move(object: VideoObject, by: number): void {
  edit(strings.edits.move(named([object])), (list) => moved(list, object.id, by));
}

/** Puts objects before or after another one in the list. */
export function place(chosen: ReadonlySet<number>, target: number, side: 'before' | 'after'): void {
  const objects = all().filter((object) => chosen.has(object.id));
  if (objects.length > 0)
    edit(strings.edits.move(named(objects)), (list) => placed(list, chosen, target, side));
}

/** Locks objects, or unlocks them where all are locked. */
export function toggleLock(objects: readonly VideoObject[]): void {
  const locked = objects.some((object) => !object.locked);
  edit((locked ? strings.edits.lock : strings.edits.unlock)(named(objects)), (list) =>
    changed(list, ids(objects), { locked }),
  );
}

/**
 * Removes objects from the list and the picture; undo brings them back. Objects under one that was made by hand show
 * again.
 */
export function remove(objects: readonly VideoObject[]): void {
  const free = objects.filter((object) => !object.locked);
  if (free.length > 0)
    edit(strings.edits.remove(named(free)), (list) => without(list, ids(free)), withoutUnowned);
}

/** Shows only one object, or all again. Not an edit: there is nothing to undo. */
export function toggleSolo(id: number): void {
  useDocument.setState(({ solo }) => ({ solo: solo === id ? null : id }));
}

export function select(id: number | null, add = false): void {
  useDocument.setState(({ selected }) => {
    if (id === null) return add ? {} : { selected: new Set() };
    if (!add) return { selected: new Set([id]) };
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    return { selected: next };
  });
}

/** Opens an object's menu at a place of the window, and selects the object if it is not selected. */
export function openMenu(id: number, x: number, y: number): void {
  if (!useDocument.getState().selected.has(id)) select(id);
  useView.setState({ menu: { id, x, y } });
}

const action = inGroup('objects', someSelected);

export const selectNumber = action(
  'select',
  ['1-9'],
  (key) => {
    if (givesClasses()) {
      giveNumber(Number(key));
      return;
    }
    const object = all().find(({ background, number }) => !background && number === Number(key));
    if (object) select(object.id);
  },
  () => all().length > 0,
);
export const selectNone = action(
  'selectNone',
  ['Escape'],
  () => {
    if (usePrompt.getState().clicks.length > 0) {
      usePrompt.setState(NO_CLICKS);
      return;
    }
    if (usePrompt.getState().tool) {
      usePrompt.setState({ tool: false });
      return;
    }
    if (useView.getState().brush) {
      useView.setState({ brush: null });
      return;
    }
    select(null);
    useView.setState(NO_LOOK);
  },
  () => {
    const { tool, clicks } = usePrompt.getState();
    const { pinned, brush } = useView.getState();
    return someSelected() || pinned !== null || brush !== null || tool || clicks.length > 0;
  },
);
export const visibility = action('visibility', ['h'], () => toggleVisibility(selectedObjects()));
export const solo = action('solo', ['s'], () => toggleSolo(selectedObjects()[0]!.id));
export const renameSelected = action(
  'rename',
  ['F2'],
  () => useView.setState({ tab: 'objects', mode: 'masks', renaming: selectedObjects()[0]!.id }),
  () => selectedObjects().length === 1,
);
export const merge = action(
  'merge',
  ['m'],
  () => mergeObjects(useDocument.getState().selected),
  () => selectedObjects().filter((object) => !object.locked).length > 1,
);
export const splitSelected = action(
  'split',
  ['Shift+M'],
  () => splitObject(selectedObjects()[0]!),
  () => {
    const [object, ...others] = selectedObjects();
    return object !== undefined && others.length === 0 && !object.locked && object.clusters.length > 1;
  },
);
export const background = action('background', ['Shift+B'], () => {
  const objects = selectedObjects();
  setBackground(
    objects,
    objects.some((object) => !object.background),
  );
});
export const lock = action('lock', ['Shift+L'], () => toggleLock(selectedObjects()));
export const removeSelected = action(
  'remove',
  ['Delete', 'Backspace'],
  () => remove(selectedObjects()),
  () => selectedObjects().some((object) => !object.locked),
);
