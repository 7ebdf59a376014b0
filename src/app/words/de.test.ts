import { expect, test } from 'vitest';
import { germanOf } from './de.ts';
import { formatsOf } from './format.ts';
import { strings } from './strings.ts';

const german = germanOf(formatsOf('de'));

/** Names of all texts, by their path. */
const namesIn = (words: object): string[] =>
  Object.entries(words).flatMap(([name, text]: [string, unknown]) =>
    typeof text === 'object' && text !== null ? namesIn(text).map((inner) => `${name}.${inner}`) : [name],
  );

// That none is missing is checked by the type of `strings`.
test('there are no texts but those of the English page', () => {
  expect(namesIn(german).sort()).toEqual(namesIn(strings).sort());
});

test('one is one, and more are many', () => {
  expect(german.export.count(1)).toBe('1 Einzelbild');
  expect(german.timeline.lane('Objekt 1', 1, 40)).toBe('Objekt 1: in 1 von 40 Einzelbildern');
  expect(german.run.done(1, 0.4)).toBe('1 Objekt gefunden, in unter 1 s.');
  expect(german.run.amount(3, 2000, 'frames')).toBe('3 / 2\u2009000 Einzelbilder');
});
