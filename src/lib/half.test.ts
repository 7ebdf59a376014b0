import { expect, test } from 'vitest';
import { fromHalf, halfBits, halfValue, toHalf } from './half.ts';

test('every one of the 65,536 halves survives the way to float and back', () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
  const back = toHalf(fromHalf(all));
  const isNan = (bits: number) => (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;
  const wrong = all.filter((bits) => !isNan(bits) && back[bits] !== bits);
  expect([...wrong]).toEqual([]);
  expect(Number.isNaN(halfValue(0x7e00))).toBe(true);
});

test.each([
  ['a tie goes to the even neighbour below', 1 + 2 ** -11, 0x3c00],
  ['a tie goes to the even neighbour above', 1 + 3 * 2 ** -11, 0x3c02],
  ['just above a tie goes up', 1 + 2 ** -11 + 2 ** -20, 0x3c01],
  ['the largest half', 65_504, 0x7bff],
  ['below 65520 stays finite', 65_519, 0x7bff],
  ['65520 becomes infinity', 65_520, 0x7c00],
  ['the smallest subnormal', 2 ** -24, 0x0001],
  ['half of the smallest subnormal goes to zero', 2 ** -25, 0x0000],
  ['the largest subnormal carries over', 2 ** -14 - 2 ** -26, 0x0400],
  ['minus zero keeps its sign', -0, 0x8000],
])('%s', (_, value, bits) => {
  expect(halfBits(value)).toBe(bits);
});
