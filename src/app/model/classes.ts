import type { VideoObject } from './objects.ts';
import { BACKGROUND_COLOUR, PALETTE, siblings } from './palette.ts';

/** What kind of thing objects are: a user's own list, whose order gives classes their numbers. Plain data, never changed. */
export interface ObjectClass {
  readonly id: number;
  /** Unlike that of any other class. */
  readonly name: string;
  /** 0xRRGGBB. */
  readonly colour: number;
}

/** As many as an indexed PNG tells apart. */
export const MOST_CLASSES = 254;
/** Characters. */
export const LONGEST_CLASS_NAME = 100;

/** A name as it is kept: one line, no blanks at its ends, not too long; empty where nothing is left. */
export const classNameOf = (text: string): string =>
  [
    ...text
      .normalize('NFC')
      .replace(/[\p{Cc}\s]+/gu, ' ')
      .trim(),
  ]
    .slice(0, LONGEST_CLASS_NAME)
    .join('')
    .trimEnd();

/** The names of a list, by commas, semicolons or lines, each once. */
export const namesIn = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,;\r\n]/)
      .map(classNameOf)
      .filter((name) => name !== ''),
  ),
];

/** The classes with those of `names` that there are none of yet, as far as there is room. */
export function withClasses(
  classes: readonly ObjectClass[],
  names: readonly string[],
): readonly ObjectClass[] {
  const all = [...classes];
  for (const name of names) {
    if (all.length >= MOST_CLASSES || all.some((one) => one.name === name)) continue;
    const ids = new Set(all.map(({ id }) => id));
    let id = 0;
    while (ids.has(id)) id++;
    all.push({ id, name, colour: freeColour(all) });
  }
  return all.length === classes.length ? classes : all;
}

/** The first colour that no class has: the palette's, then their siblings. */
function freeColour(classes: readonly ObjectClass[]): number {
  const used = new Set(classes.map(({ colour }) => colour));
  for (let place = 0; ; place++) {
    const colour = siblings(PALETTE[place % PALETTE.length]!, Math.floor(place / PALETTE.length));
    if (!used.has(colour) || place > 2 * MOST_CLASSES) return colour;
  }
}

/** A class with another name or colour. A name that is empty or another's: no change. */
export function changedClass(
  classes: readonly ObjectClass[],
  id: number,
  change: Partial<Pick<ObjectClass, 'name' | 'colour'>>,
): readonly ObjectClass[] {
  const { name } = change;
  if (name === '' || classes.some((other) => other.id !== id && other.name === name)) return classes;
  return classes.map((one) => (one.id === id ? { ...one, ...change } : one));
}

/** Moves a class by `by` places, which changes its number. */
export function movedClass(classes: readonly ObjectClass[], id: number, by: number): readonly ObjectClass[] {
  const from = classes.findIndex((one) => one.id === id);
  const to = Math.min(classes.length - 1, Math.max(0, from + by));
  if (from < 0 || to === from) return classes;
  const rest = classes.filter((one) => one.id !== id);
  return [...rest.slice(0, to), classes[from]!, ...rest.slice(to)];
}

/** An object's class; undefined where it has none. */
export const classOf = (
  { classId }: Pick<VideoObject, 'classId'>,
  classes: readonly ObjectClass[],
): ObjectClass | undefined => (classId === undefined ? undefined : classes.find(({ id }) => id === classId));

/** Gives objects a class, or takes theirs away; the same list where nothing changes. */
export function withClass(
  objects: readonly VideoObject[],
  ids: ReadonlySet<number>,
  classId: number | null,
): readonly VideoObject[] {
  const meant = (object: VideoObject) => ids.has(object.id) && (object.classId ?? null) !== classId;
  if (!objects.some(meant)) return objects;
  return objects.map((object) => {
    if (!meant(object)) return object;
    const { classId: _, ...bare } = object;
    return classId === null ? bare : { ...bare, classId };
  });
}

/** Objects in the colours of their classes, grey where they have none; as they are where there are no classes. */
export function inClassColours(
  objects: readonly VideoObject[],
  classes: readonly ObjectClass[],
): readonly VideoObject[] {
  if (classes.length === 0) return objects;
  const colours = new Map(classes.map(({ id, colour }) => [id, colour]));
  return objects.map((object) => ({
    ...object,
    colour: (object.classId === undefined ? undefined : colours.get(object.classId)) ?? BACKGROUND_COLOUR,
  }));
}
