import { expect, test } from 'vitest';
import { PALETTE, paletteFor } from './palette.ts';

/** Pixels of some colours, RGBA; each as often as given. */
const picture = (...colours: [colour: number, pixels: number][]): number[] =>
  colours.flatMap(([colour, pixels]) =>
    Array.from({ length: pixels }, () => [colour >> 16, (colour >> 8) & 255, colour & 255, 255]).flat(),
  );

const SKY = [0x56b4e9, 0x3d7fd6];
const safe = new Set<number>(PALETTE.slice(0, 7));

test('colours of the picture come last among those that all people tell apart', () => {
  const order = paletteFor(picture([0x7fb2e5, 70], [0x5a8fd0, 20], [0x2f2a22, 10]));
  expect(new Set(order)).toEqual(new Set(PALETTE));
  expect(new Set(order.slice(0, 7))).toEqual(safe);
  expect(order.slice(0, 4).filter((colour) => SKY.includes(colour))).toEqual([]);
});

test('a meadow does not begin with green', () => {
  const order = paletteFor(picture([0x2fa870, 50], [0x1f8f60, 50]));
  expect(order.indexOf(0x1fb58f)).toBeGreaterThan(3);
});

test('what a picture holds next to nothing of leaves its colour free', () => {
  const common = paletteFor(picture([0x202020, 100]));
  expect(paletteFor(picture([0x202020, 99], [common[0]!, 1]))).toEqual(common);
  expect(paletteFor(picture([0x202020, 80], [common[0]!, 20]))[0]).not.toBe(common[0]);
});

test('without a picture the palette is as it is; the same picture gives the same order', () => {
  expect(paletteFor([])).toEqual(PALETTE);
  const grey = picture([0x808080, 10]);
  expect(paletteFor(grey)).toEqual(paletteFor(grey));
});
