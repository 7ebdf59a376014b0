import { expect, test } from 'vitest';
import {
  changedClass,
  classNameOf,
  classOf,
  inClassColours,
  LONGEST_CLASS_NAME,
  MOST_CLASSES,
  movedClass,
  namesIn,
  withClass,
  withClasses,
} from './classes.ts';
import { inheritIdentities, merged, objectsOf, split } from './objects.ts';
import { BACKGROUND_COLOUR } from './palette.ts';

const cluster = (id: number, tokens: number) => ({
  id,
  tokens,
  share: tokens / 10,
  frames: 1,
  border: 0,
  background: false,
});
const objects = objectsOf([cluster(0, 5), cluster(1, 3), cluster(2, 2)]);
const three = withClasses([], ['person', 'car', 'dog']);
const names = (classes: typeof three) => classes.map(({ name }) => name);

test('a list of names is read by commas, semicolons and lines, each name once and on one line', () => {
  expect(namesIn('person, car;dog\r\ncar\n\n  traffic \t light  ,')).toEqual([
    'person',
    'car',
    'dog',
    'traffic light',
  ]);
  expect(namesIn(' ,\n;')).toEqual([]);
  expect(classNameOf(` a\u0000b${'🦊'.repeat(200)}`)).toBe(`a b${'🦊'.repeat(LONGEST_CLASS_NAME - 3)}`);
  // As one letter and as two: the same name.
  expect(classNameOf('u\u0308')).toBe('\u00fc');
});

test('classes have colours of their own; those there are already are not added again, nor more than there may be', () => {
  expect(names(three)).toEqual(['person', 'car', 'dog']);
  expect(withClasses(three, ['car'])).toBe(three);
  const full = withClasses(
    three,
    Array.from({ length: 400 }, (_, i) => `class ${i}`),
  );
  expect(full).toHaveLength(MOST_CLASSES);
  expect(new Set(full.map(({ id }) => id)).size).toBe(MOST_CLASSES);
  expect(new Set(full.slice(0, 60).map(({ colour }) => colour)).size).toBe(60);
  expect(withClasses(full, ['one more'])).toBe(full);
  const gap = three.filter(({ name }) => name !== 'car');
  expect(withClasses(gap, ['cat']).at(-1)).toMatchObject({ id: 1, name: 'cat' });
});

test('a class is renamed, but to no other’s name, recoloured, and moved within the list', () => {
  expect(names(changedClass(three, 1, { name: 'lorry' }))).toEqual(['person', 'lorry', 'dog']);
  expect(changedClass(three, 1, { name: 'dog' })).toBe(three);
  expect(changedClass(three, 1, { name: '' })).toBe(three);
  expect(changedClass(three, 2, { colour: 5 })[2]!.colour).toBe(5);
  expect(names(movedClass(three, 2, -1))).toEqual(['person', 'dog', 'car']);
  expect(movedClass(three, 0, -1)).toBe(three);
});

test('objects get a class and lose it', () => {
  const classed = withClass(objects, new Set([0, 2]), 1);
  expect(classed.map((object) => classOf(object, three)?.name)).toEqual(['car', undefined, 'car']);
  expect(withClass(classed, new Set([0]), 1)).toBe(classed);
  expect(withClass(classed, new Set([0, 2]), null)).toEqual(objects);
});

test('a class goes with its object: joined, split, and found again by another run', () => {
  const classed = withClass(objects, new Set([1]), 2);
  const [whole] = merged(classed, new Set([0, 1]));
  expect(whole!.classId).toBe(2);
  expect(split([whole!], whole!.id).map(({ classId }) => classId)).toEqual([2, 2]);
  const labels = Int32Array.of(0, 0, 1, 1, 2);
  const again = Int32Array.of(1, 1, 0, 0, 2);
  const carried = inheritIdentities(objects, again, classed, labels);
  expect(carried.find(({ id }) => id === 0)!.classId).toBe(2);
  expect(carried.find(({ id }) => id === 1)!.classId).toBeUndefined();
});

test('by class, objects have their classes’ colours, and without one none', () => {
  const classed = withClass(objects, new Set([1]), 0);
  const black = changedClass(three, 0, { colour: 0 });
  expect(inClassColours(classed, black).map(({ colour }) => colour)).toEqual([
    BACKGROUND_COLOUR,
    0,
    BACKGROUND_COLOUR,
  ]);
  expect(inClassColours(objects, [])).toBe(objects);
});
