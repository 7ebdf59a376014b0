import { expect, test } from 'vitest';
import { staysOf } from './part.ts';

/** One row of eight tokens: an object of leaves 1 and 2, between others. */
const grid = { frames: 1, rows: 1, columns: 8 };
const result = { frames: Int32Array.of(0), grid };
const nodes = Int32Array.of(0, 1, 1, 1, 2, 2, 2, 0);
const owned = new Set([1, 2]);
const column = (token: number) => (token + 0.5) / 8;
const stays = (token: number) =>
  staysOf(result, nodes, owned, { frame: 0, x: column(token), y: 0.5 })?.map(({ x }) => x * 8 - 0.5);

test('where a part is taken away, the middle of every other leaf stays, and the far end of its own', () => {
  expect(stays(1)).toEqual([3, 5]);
  expect(stays(6)).toEqual([2, 4]);
});

test('a leaf that ends beside the click goes whole', () => {
  expect(stays(2)).toEqual([5]);
});

test('beside the object there may be some of it still, farther away there is not', () => {
  expect(stays(7)).toEqual([2, 4]);
  expect(staysOf(result, nodes, new Set([2]), { frame: 0, x: column(1), y: 0.5 })).toBeNull();
  expect(staysOf(result, nodes, new Set([9]), { frame: 0, x: column(1), y: 0.5 })).toBeNull();
});
