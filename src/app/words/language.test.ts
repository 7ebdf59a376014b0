import { expect, test } from 'vitest';
import { languageOf } from './language.ts';

test.each([
  ['', ['en-US', 'en'], 'en'],
  ['', ['de-AT', 'en'], 'de'],
  ['', ['fr', 'de', 'en'], 'de'],
  ['', ['fr', 'ja'], 'en'],
  ['', [], 'en'],
  ['?lang=de', ['en'], 'de'],
  ['?lang=en', ['de'], 'en'],
  ['?lang=DE-ch', ['en'], 'de'],
  ['?lang=xx', ['de'], 'de'],
] as const)('%s and %j give %s', (search, preferred, language) => {
  expect(languageOf(search, preferred)).toBe(language);
});
