import { expect, test } from 'vitest';
import { sameData } from './same.ts';

test('what holds the same is the same, whatever the order of keys', () => {
  expect(sameData({ a: 1, b: [{ c: null, d: 'x' }] }, { b: [{ d: 'x', c: null }], a: 1 })).toBe(true);
  expect(sameData({ a: Float32Array.of(0.5, Number.NaN) }, { a: Float32Array.of(0.5, Number.NaN) })).toBe(
    true,
  );
  expect(sameData({ a: 1, b: undefined }, { a: 1 })).toBe(true);
});

test.each([
  [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { b: 1 }],
  [{ a: 1 }, { a: 1, b: 2 }],
  [
    [1, 2],
    [2, 1],
  ],
  [[1], [1, 2]],
  [[], {}],
  [Int32Array.of(1), Int32Array.of(2)],
  [null, {}],
  [1, '1'],
])('%o is not %o', (a, b) => {
  expect(sameData(a, b)).toBe(false);
  expect(sameData(b, a)).toBe(false);
});
