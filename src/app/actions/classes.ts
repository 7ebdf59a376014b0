import { inGroup } from '../model/action.ts';
import {
  changedClass,
  classNameOf,
  classOf,
  MOST_CLASSES,
  movedClass,
  namesIn,
  type ObjectClass,
  withClass,
  withClasses,
} from '../model/classes.ts';
import { nameOf, type VideoObject } from '../model/objects.ts';
import { commit, selectedObjects, useDocument } from '../stores/document.ts';
import { announce, showInfo } from '../stores/notices.ts';
import { strings } from '../words/strings.ts';
import { edit } from './edits.ts';
import { chooseFiles } from './files.ts';

const words = strings.classes;

const all = () => useDocument.getState().classes;

/** Changes the list of classes under a name that undo shows; the same list back: nothing was changed. */
function change(label: string, classes: readonly ObjectClass[], group?: object): void {
  if (classes === all()) return;
  commit(label, { classes }, { group });
  if (!group) announce(label);
}

/** Adds the classes of a list of names, separated by commas or lines. Existing ones stay as they are. */
export function addClasses(text: string): void {
  const before = all();
  const names = namesIn(text);
  const after = withClasses(before, names);
  const missing = names.some((name) => after.every((one) => one.name !== name));
  if (missing) showInfo(words.full(MOST_CLASSES));
  const added = after.length - before.length;
  if (added === 0 && !missing && names[0]) showInfo(words.taken(names[0]));
  change(words.edits.add(added), after);
}

/** Largest file, in bytes, that is read as a list of names. */
const LONGEST_LIST = 1e6;

export function importClasses(): void {
  chooseFiles({ accept: '.txt,.names,.csv', multiple: false }, async ([file]) => {
    if (file) addClasses(await file.slice(0, LONGEST_LIST).text());
  });
}

/** Whether the class has that name now. */
export function renameClass({ id, name: before }: ObjectClass, text: string): boolean {
  const name = classNameOf(text);
  if (name === before) return true;
  const after = changedClass(all(), id, { name });
  if (after === all()) {
    if (name !== '') showInfo(words.taken(name));
    return false;
  }
  change(words.edits.rename(name), after);
  return true;
}

/** `group`: the values a colour picker reports while it is dragged are one edit. */
export function recolourClass(
  { id, name, colour: before }: ObjectClass,
  colour: number,
  group: object,
): void {
  if (colour !== before) change(words.edits.colour(name), changedClass(all(), id, { colour }), group);
}

export function moveClass({ id, name }: ObjectClass, by: number): void {
  change(words.edits.move(name), movedClass(all(), id, by));
}

/** Removes a class from the list and from its objects. */
export function removeClass({ id, name }: ObjectClass): void {
  const { objects, classes } = useDocument.getState();
  const having = objects.filter(({ classId }) => classId === id).map((object) => object.id);
  commit(words.edits.remove(name), {
    classes: classes.filter((one) => one.id !== id),
    objects: withClass(objects, new Set(having), null),
  });
  announce(words.edits.remove(name));
}

/** Gives objects a class; null: none. */
export function giveClass(objects: readonly VideoObject[], one: ObjectClass | null): void {
  const [first, ...others] = objects;
  if (!first) return;
  const named =
    others.length > 0 ? strings.objects.found(objects.length) : nameOf(first, useDocument.getState().objects);
  const ids = new Set(objects.map(({ id }) => id));
  edit(one ? words.edits.give(named, one.name) : words.edits.take(named), (list) =>
    withClass(list, ids, one?.id ?? null),
  );
}

/** Whether digits give classes: objects are selected, and there are classes. */
export const givesClasses = (): boolean => all().length > 0 && selectedObjects().length > 0;

/** Gives the selected objects the class of a number from 1. */
export function giveNumber(number: number): void {
  const one = all()[number - 1];
  if (one) giveClass(selectedObjects(), one);
  else showInfo(words.missing(number));
}

export const clearClass = inGroup('objects')(
  'clearClass',
  ['0'],
  () => giveClass(selectedObjects(), null),
  () => selectedObjects().some((object) => classOf(object, all()) !== undefined),
);
