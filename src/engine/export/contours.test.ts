import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { joined, outlines, type Ring } from './contours.ts';

/** Pixels whose centres lie within rings by the even-odd rule: rays to the left, edges counted one by one. */
function filled(rings: readonly Ring[], width: number, height: number): number[] {
  return Array.from({ length: width * height }, (_, pixel) => {
    const [x, y] = [(pixel % width) + 0.5, Math.floor(pixel / width) + 0.5];
    let crossings = 0;
    for (const ring of rings) {
      for (let i = 0; i < ring.length; i += 2) {
        const [x0, y0] = [ring[i]!, ring[i + 1]!];
        const [x1, y1] = [ring[(i + 2) % ring.length]!, ring[(i + 3) % ring.length]!];
        if (y0 > y !== y1 > y && x > x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) crossings++;
      }
    }
    return crossings % 2;
  });
}

test('a square, a ring with a hole, and parts that touch at a corner', () => {
  expect(outlines(Uint16Array.of(1, 1, 1, 1, 0, 1, 1, 1, 1), 3, 1)).toEqual([[[1, 1, 2, 1, 2, 2, 1, 2]]]);
  expect(outlines(Uint16Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0), 3, 1)).toEqual([
    [
      [0, 0, 3, 0, 3, 3, 0, 3],
      [2, 1, 1, 1, 1, 2, 2, 2],
    ],
  ]);
  expect(outlines(Uint16Array.of(0, 1, 1, 0), 2, 1)[0]).toHaveLength(2);
  expect(outlines(new Uint16Array(4).fill(1), 2, 1)).toEqual([[]]);
});

test('rings, and rings joined to one, hold exactly the object’s pixels, whatever it looks like', () => {
  const map = fc
    .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) })
    .chain(({ width, height }) =>
      fc.record({
        width: fc.constant(width),
        height: fc.constant(height),
        places: fc.array(fc.integer({ min: 0, max: 2 }), {
          minLength: width * height,
          maxLength: width * height,
        }),
      }),
    );
  fc.assert(
    fc.property(map, ({ width, height, places }) => {
      for (const [object, rings] of outlines(Uint16Array.from(places), width, 2).entries()) {
        const wanted = places.map((place) => Number(place === object));
        expect(filled(rings, width, height)).toEqual(wanted);
        expect(filled([joined(rings)], width, height)).toEqual(wanted);
      }
    }),
    { numRuns: 300 },
  );
});
