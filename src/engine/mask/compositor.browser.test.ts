import { describe, expect, test } from 'vitest';
import { createRandom } from '../../lib/random.ts';
import { composite, type Looks, sceneOf } from './compositor.ts';
import { BACKGROUNDS, type Effects, USUAL_EFFECTS } from './effects.ts';
import { createWebglCompositor } from './webgl-compositor.ts';

const [width, height] = [83, 57];
const random = createRandom(5);
/** Slopes with some noise, so that blurs and blocks have something to average. */
const picture = new ImageData(
  Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => {
    const [x, y] = [Math.floor(i / 4) % width, Math.floor(i / 4 / width)];
    const slope = [3 * x, 4 * y, 255 - 2 * x, 255][i % 4]!;
    return i % 4 === 3 ? 255 : slope + 40 * (random.next() - 0.5);
  }),
  width,
);
/** Three discs, of objects 0 to 2, before what belongs to none. */
const labels = Uint16Array.from({ length: width * height }, (_, i) => {
  const [x, y] = [i % width, Math.floor(i / width)];
  const discs = [
    [20, 20, 13],
    [50, 30, 15],
    [70, 48, 11],
  ] as const;
  const found = discs.findIndex(([cx, cy, radius]) => Math.hypot(x - cx, y - cy) < radius);
  return found < 0 ? 3 : found;
});
const scene = (effects: Partial<Effects>, looks: Looks) =>
  sceneOf({ width, height, labels }, null, looks, { ...USUAL_EFFECTS, ...effects }, 1);

function composed(effects: Partial<Effects>, looks: Looks): Uint8ClampedArray {
  const pixels = picture.data.slice();
  composite(pixels, scene(effects, looks));
  return pixels;
}
const at = (pixels: Uint8ClampedArray, x: number, y: number) => [
  ...pixels.subarray(4 * (y * width + x), 4 * (y * width + x) + 3),
];

describe('what becomes of a pixel', () => {
  const plain = at(picture.data, 20, 20);

  test('with a grey background objects keep their colours, all else loses its', () => {
    const pixels = composed({ background: 'grey' }, ['none', null, 'fill']);
    expect(at(pixels, 20, 20)).toEqual(plain);
    for (const [x, y] of [
      [50, 30],
      [3, 50],
    ] as const) {
      const [red, green, blue] = at(picture.data, x, y);
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
    const [before, now] = [at(picture.data, 32, 20)[0]!, at(pixels, 32, 20)[0]!];
    expect(now / before).toBeGreaterThan(0.4);
    expect(now / before).toBeLessThan(0.7);
  });

  test('a mask that grew takes in what lies around it', () => {
    const grown = composed({ background: 'colour', feather: 0, shift: 6 }, ['none', null, null]);
    expect(at(grown, 37, 20)).toEqual(at(picture.data, 37, 20));
    const shrunk = composed({ background: 'colour', feather: 0, shift: -6 }, ['none', null, null]);
    expect(at(shrunk, 30, 20)).toEqual([0x00, 0xb1, 0x40]);
  });

  test('a pixelated object is blocks of one colour, and nothing else changes', () => {
    const pixels = composed({ strength: 0.08, feather: 0 }, [null, 'pixelate', null]);
    expect(at(pixels, 50, 29)).toEqual(at(pixels, 51, 30));
    expect(at(pixels, 50, 29)).not.toEqual(at(picture.data, 50, 29));
    expect(at(pixels, 20, 20)).toEqual(plain);
    expect(at(pixels, 3, 50)).toEqual(at(picture.data, 3, 50));
  });

  test('objects do not glow in a blurred background', () => {
    const bright = new Uint8ClampedArray(picture.data.length).map((_, i) =>
      i % 4 === 3 || labels[Math.floor(i / 4)]! === 1 ? 255 : 0,
    );
    composite(bright, scene({ background: 'blur', strength: 0.08, feather: 0 }, [null, 'none', null]));
    expect(at(bright, 50, 30)).toEqual([255, 255, 255]);
    expect(Math.max(...at(bright, 34, 30))).toBeLessThan(20);
  });
});

describe('WebGL gives what the definition gives', () => {
  const gpu = createWebglCompositor({ software: true })!;
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')!.putImageData(picture, 0, 0);
  const shown = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;

  test.each(BACKGROUNDS)('background %s', (background) => {
    for (const looks of [
      ['none', 'pixelate', 'blur'],
      ['fill', null, 'outline'],
      ['blur', 'blur', null],
    ] satisfies Looks[]) {
      for (const effects of [
        { background, colour: 0x3366cc, strength: 0.05, feather: 5, shift: 1.5 },
        { background, colour: 0x3366cc, strength: 0.01, feather: 0, shift: 0 },
      ]) {
        const wanted = composed(effects, looks);
        shown.drawImage(gpu.composite(canvas, scene(effects, looks))!, 0, 0);
        const { data } = shown.getImageData(0, 0, width, height);
        const off = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - data[i]!)), 0);
        expect(off).toBeLessThanOrEqual(2);
      }
    }
  });
});
