import { expect, test } from 'vitest';
import { changedBox, PATTERNS, type Paint, paint, patternCell } from './paint.ts';

const solid: Paint = { colour: 0x102030, fill: 1, outline: 0, pattern: 'solid' };
const bare: Paint = { ...solid, fill: 0 };

function map(rows: string[]) {
  return {
    height: rows.length,
    width: rows[0]!.length,
    labels: Uint16Array.from(rows.join('').split(''), Number),
  };
}

/** Alpha of every pixel, a row a line, as one digit of 0..9. */
function alphas(bytes: Uint8ClampedArray, width: number): string[] {
  const digits = Array.from({ length: bytes.length / 4 }, (_, i) =>
    Math.round((bytes[4 * i + 3]! / 255) * 9),
  );
  return Array.from({ length: digits.length / width }, (_, y) =>
    digits.slice(y * width, (y + 1) * width).join(''),
  );
}

test('an area takes its colour in RGBA order, and a bare one stays clear', () => {
  const bytes = paint(map(['01']), {
    objectOf: Uint16Array.of(0, 1),
    paints: [solid, bare],
    outlineWidth: 1,
    patternScale: 1,
  });
  expect([...bytes]).toEqual([0x10, 0x20, 0x30, 255, 0, 0, 0, 0]);
});

test('a contour runs along other objects inside the object, not along the border of the picture', () => {
  const bytes = paint(map(['11110', '11110', '11110', '00000']), {
    objectOf: Uint16Array.of(0, 1),
    paints: [bare, { ...bare, outline: 1 }],
    outlineWidth: 1,
    patternScale: 1,
  });
  expect(alphas(bytes, 5)).toEqual(['00090', '00090', '99990', '00000']);
});

test('clusters of one object have no contour between them', () => {
  const bytes = paint(map(['1122', '1122']), {
    objectOf: Uint16Array.of(0, 1, 1),
    paints: [bare, { ...bare, outline: 1 }],
    outlineWidth: 1,
    patternScale: 1,
  });
  expect(alphas(bytes, 4)).toEqual(['0000', '0000']);
});

test('a wide contour reaches as far as it is wide', () => {
  const bytes = paint(map(['0111111']), {
    objectOf: Uint16Array.of(0, 1),
    paints: [bare, { ...bare, outline: 1 }],
    outlineWidth: 2,
    patternScale: 1,
  });
  expect(alphas(bytes, 7)).toEqual(['0990000']);
});

test('a rim goes around the contour, which is twice as wide, and the fill begins within', () => {
  const bytes = paint(map(['011111']), {
    objectOf: Uint16Array.of(0, 1),
    paints: [bare, { ...solid, fill: 0.5, outline: 1, rim: 0xffffff }],
    outlineWidth: 1,
    patternScale: 1,
  });
  const reds = Array.from({ length: 6 }, (_, x) => bytes[4 * x]);
  expect(reds).toEqual([0, 0xff, 0x10, 0x10, 0x10, 0x10]);
  expect(alphas(bytes, 6)).toEqual(['099955']);
});

test('only what lies within an area is painted anew', () => {
  const painting = { objectOf: Uint16Array.of(0), paints: [solid], outlineWidth: 1, patternScale: 1 };
  const area = { left: 1, top: 0, right: 3, bottom: 1 };
  const bytes = paint(map(['0000', '0000']), painting, new Uint8ClampedArray(32), area);
  expect(alphas(bytes, 4)).toEqual(['0990', '0000']);
});

test('what other paints change lies in a box, and within it all is painted as it would be at once', () => {
  const labels = map(['00000', '01100', '01120', '00000']);
  const objectOf = Uint16Array.of(0, 1, 2);
  const before = [solid, solid, solid];
  const now = [solid, { ...solid, outline: 1, rim: 0xffffff }, { ...solid }];
  expect(changedBox(labels, objectOf, before, before)).toBeNull();
  const area = changedBox(labels, objectOf, before, now)!;
  expect(area).toEqual({ left: 1, top: 1, right: 3, bottom: 3 });
  const painting = (paints: readonly Paint[]) => ({ objectOf, paints, outlineWidth: 1, patternScale: 1 });
  const bytes = paint(labels, painting(now), paint(labels, painting(before)), area);
  expect(bytes).toEqual(paint(labels, painting(now)));
  const third = [solid, solid, bare];
  expect(changedBox(labels, objectOf, before, third)).toEqual({ left: 3, top: 2, right: 4, bottom: 3 });
});

test('patterns ink a part of the area and leave a lighter ground', () => {
  const labels = { width: 8, height: 8, labels: new Uint16Array(64) };
  const bytes = paint(labels, {
    objectOf: Uint16Array.of(0),
    paints: [{ ...solid, pattern: 'rising' }],
    outlineWidth: 1,
    patternScale: 1,
  });
  expect(new Set(alphas(bytes, 8).join(''))).toEqual(new Set(['9', '3']));
});

test('every pattern differs from every other', () => {
  expect(new Set(PATTERNS.map((pattern) => patternCell(pattern).join(''))).size).toBe(PATTERNS.length);
});

test('the buffer is used again only when it fits', () => {
  const painting = { objectOf: Uint16Array.of(0), paints: [solid], outlineWidth: 1, patternScale: 1 };
  const first = paint(map(['00']), painting);
  expect(paint(map(['00']), painting, first)).toBe(first);
  expect(paint(map(['000']), painting, first)).not.toBe(first);
});
