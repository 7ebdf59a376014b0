import { expect, test } from 'vitest';
import { megabytes } from './bytes.ts';

test('a megabyte is a million bytes', () => {
  expect(megabytes(400_000)).toBe('0.4 MB');
  expect(megabytes(2 ** 20)).toBe('1.0 MB');
  expect(megabytes(86_700_000)).toBe('86.7 MB');
});
