import { describe, expect, test } from 'vitest';
import { composed, labels, picture, scene, width } from '../../../test/effects.ts';
import { changesPicture, composite } from './compositor.ts';
import { USUAL_EFFECTS } from './effects.ts';

const at = (pixels: Uint8ClampedArray, x: number, y: number) => [
  ...pixels.subarray(4 * (y * width + x), 4 * (y * width + x) + 3),
];

test('the picture stays as it is until something is to become of it', () => {
  expect(changesPicture(USUAL_EFFECTS, ['fill', 'outline', 'none', null])).toBe(false);
  expect(changesPicture(USUAL_EFFECTS, ['fill', 'blur'])).toBe(true);
  expect(changesPicture({ background: 'grey' }, ['fill'])).toBe(true);
});

describe('what becomes of a pixel', () => {
  const plain = at(picture, 20, 20);

  test('with a grey background objects keep their colours, all else loses its', () => {
    const pixels = composed({ background: 'grey' }, ['none', null, 'fill']);
    expect(at(pixels, 20, 20)).toEqual(plain);
    for (const [x, y] of [
      [50, 30],
      [3, 50],
    ] as const) {
      const [red, green, blue] = at(picture, x, y);
      const luma = Math.round(0.2126 * red! + 0.7152 * green! + 0.0722 * blue!);
      expect(at(pixels, x, y)).toEqual([luma, luma, luma]);
    }
  });

  test('one colour behind; half of it where the edge of a soft mask runs', () => {
    const effects = { background: 'colour', colour: 0x00ff00, feather: 8 } as const;
    const pixels = composed(effects, ['none', null, null]);
    expect(at(pixels, 3, 50)).toEqual([0, 255, 0]);
    expect(at(pixels, 20, 20)).toEqual(plain);
    // The edge lies half a pixel beyond the disc's last one.
    const [before, now] = [at(picture, 32, 20)[0]!, at(pixels, 32, 20)[0]!];
    expect(now / before).toBeGreaterThan(0.4);
    expect(now / before).toBeLessThan(0.7);
  });

  test('a mask that grew takes in what lies around it', () => {
    const grown = composed({ background: 'colour', feather: 0, shift: 6 }, ['none', null, null]);
    expect(at(grown, 37, 20)).toEqual(at(picture, 37, 20));
    const shrunk = composed({ background: 'colour', feather: 0, shift: -6 }, ['none', null, null]);
    expect(at(shrunk, 30, 20)).toEqual([0x00, 0xb1, 0x40]);
  });

  test('a pixelated object is blocks of one colour, and nothing else changes', () => {
    const pixels = composed({ strength: 0.08, feather: 0 }, [null, 'pixelate', null]);
    expect(at(pixels, 50, 29)).toEqual(at(pixels, 51, 30));
    expect(at(pixels, 50, 29)).not.toEqual(at(picture, 50, 29));
    expect(at(pixels, 20, 20)).toEqual(plain);
    expect(at(pixels, 3, 50)).toEqual(at(picture, 3, 50));
  });

  test('objects do not glow in a blurred background', () => {
    const bright = new Uint8ClampedArray(picture.length).map((_, i) =>
      i % 4 === 3 || labels[Math.floor(i / 4)]! === 1 ? 255 : 0,
    );
    composite(bright, scene({ background: 'blur', strength: 0.08, feather: 0 }, [null, 'none', null]));
    expect(at(bright, 50, 30)).toEqual([255, 255, 255]);
    expect(Math.max(...at(bright, 34, 30))).toBeLessThan(20);
  });
});
