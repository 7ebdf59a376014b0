import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRle, encodeRles } from './rle.ts';

/** The run lengths of a mask's pixels that are 1. */
const encoded = (mask: ArrayLike<number>, height: number, width: number) =>
  encodeRles(
    Array.from(mask, (inside) => 1 - inside),
    height,
    width,
    1,
  )[0];

/** A 9 × 10 mask whose runs and text COCO's documentation gives. */
const RUNS = [6, 1, 40, 4, 5, 4, 5, 4, 21];
const TEXT = '61X13mN000`0';

test('reads COCO’s text as the runs that it stands for', () => {
  expect(decodeRle({ size: [9, 10], counts: TEXT })).toEqual(decodeRle({ size: [9, 10], counts: RUNS }));
});

test('runs go down the columns', () => {
  const mask = decodeRle({ size: [9, 10], counts: RUNS });
  const inside = Array.from(mask.keys()).filter((i) => mask[i]);
  const at = inside.map((i) => [i % 10, Math.floor(i / 10)]);
  expect(at.sort(([ax, ay], [bx, by]) => ax! - bx! || ay! - by!)).toEqual([
    [0, 6],
    ...[5, 6, 7].flatMap((x) => [2, 3, 4, 5].map((y) => [x, y])),
  ]);
  expect(encoded(mask, 9, 10)).toEqual({ size: [9, 10], counts: TEXT });
});

test('any mask survives', () => {
  const masks = fc
    .record({ height: fc.integer({ min: 1, max: 12 }), width: fc.integer({ min: 1, max: 12 }) })
    .chain((size) =>
      fc
        .array(fc.integer({ min: 0, max: 1 }), {
          minLength: size.height * size.width,
          maxLength: size.height * size.width,
        })
        .map((pixels) => ({ ...size, pixels })),
    );
  fc.assert(
    fc.property(masks, ({ height, width, pixels }) => {
      const rle = encoded(pixels, height, width);
      expect(rle ? Array.from(decodeRle(rle)) : pixels.map(() => 0)).toEqual(pixels);
    }),
  );
  const long = new Uint8Array(720 * 1280).fill(1, 300_000, 700_000);
  expect(Buffer.compare(decodeRle(encoded(long, 720, 1280)!), long)).toBe(0);
});

test('objects of a map are encoded at once: each decodes to its own pixels, and one without any is null', () => {
  const maps = fc
    .record({ height: fc.integer({ min: 1, max: 9 }), width: fc.integer({ min: 1, max: 9 }) })
    .chain(({ height, width }) =>
      fc
        .array(fc.integer({ min: 0, max: 3 }), { minLength: height * width, maxLength: height * width })
        .map((places) => ({ height, width, places })),
    );
  fc.assert(
    fc.property(maps, ({ height, width, places }) => {
      const decoded = encodeRles(places, height, width, 3).map((rle) => rle && Array.from(decodeRle(rle)));
      const own = (object: number) => places.map((place) => Number(place === object));
      expect(decoded).toEqual([0, 1, 2].map((object) => (places.includes(object) ? own(object) : null)));
    }),
  );
});

test.each([
  ['too long', { size: [2, 2], counts: [1, 9] }],
  ['too short', { size: [2, 2], counts: [1, 2] }],
  ['negative', { size: [2, 2], counts: [5, -1] }],
  ['no such character', { size: [2, 2], counts: '4\u00ff' }],
  ['cut text', { size: [9, 10], counts: '61X' }],
  ['endless number', { size: [2, 2], counts: 'oooooooooooooooooo' }],
] as const)('refuses runs that are %s', (_, rle) => {
  expect(() => decodeRle(rle)).toThrow(expect.objectContaining({ code: 'dataset/bad-rle' }));
});
