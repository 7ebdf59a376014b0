import { describe, expect, test } from 'vitest';
import { encodePng } from '../lib/png.ts';
import { mergeObjects, readMask, sequenceLabels } from './pictures.ts';

const text = (value: string) => Array.from(value, (c) => c.charCodeAt(0));
const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? text(part) : part)));

describe('Netpbm', () => {
  test('PGM: black is the background', async () => {
    const mask = await readMask(bytes('P5\n# made by hand\n3 2\n255\n', [0, 255, 64, 64, 0, 0]), 'a.pgm');
    expect(mask).toEqual({
      width: 3,
      height: 2,
      labels: Uint16Array.of(0, 2, 1, 1, 0, 0),
      values: Uint32Array.of(0, 64, 255),
    });
  });

  test('PPM: white is the background', async () => {
    const mask = await readMask(bytes('P6 2 2 255\n', [255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 0, 0]), 'a.ppm');
    expect(Array.from(mask.labels)).toEqual([0, 1, 2, 1]);
    expect(Array.from(mask.values!)).toEqual([0xffffff, 0, 0xff0000]);
  });

  test.each([
    ['cut', bytes('P5 3 2 255\n', [0, 0])],
    ['of 16 bits', bytes('P5 1 1 65535\n', [0, 0])],
    ['without a header', bytes('P5 what')],
    ['without pixels', bytes('P5 0 2 255\n')],
  ])('refuses one that is %s', async (_, data) => {
    await expect(readMask(data, 'bad.pgm')).rejects.toMatchObject({ code: 'mask/damaged' });
  });
});

describe('BMP', () => {
  const u32 = (value: number) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
  const bitmap = (width: number, height: number, bits: number, palette: number[], rows: number[]) =>
    bytes(
      'BM',
      u32(0),
      u32(0),
      u32(54 + palette.length),
      u32(40),
      u32(width),
      u32(height),
      [1, 0, bits, 0],
      u32(0),
      u32(0),
      u32(0),
      u32(0),
      u32(palette.length / 4),
      u32(0),
      palette,
      rows,
    );

  test('24 bits, bottom row first, rows padded to four bytes', async () => {
    const rows = [0, 0, 0, 255, 255, 255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0];
    const mask = await readMask(bitmap(2, 2, 24, [], rows), 'a.bmp');
    expect(Array.from(mask.labels)).toEqual([1, 0, 0, 2]);
    expect(Array.from(mask.values!)).toEqual([0, 0xff0000, 0xffffff]);
    expect(Array.from((await readMask(bitmap(2, -2, 24, [], rows), 'b.bmp')).labels)).toEqual([0, 2, 1, 0]);
  });

  test('8 bits with a palette', async () => {
    const mask = await readMask(bitmap(3, 1, 8, [0, 0, 0, 0, 9, 9, 9, 0], [1, 0, 1, 0]), 'a.bmp');
    expect(Array.from(mask.labels)).toEqual([1, 0, 1]);
  });

  test.each([
    ['cut', bitmap(2, 2, 24, [], [0, 0, 0])],
    ['of a kind that is not read', bitmap(2, 2, 4, [], [0, 0, 0, 0])],
    ['shorter than its header', bytes('BM', [1, 2, 3])],
  ])('refuses one that is %s', async (_, data) => {
    await expect(readMask(data, 'bad.bmp')).rejects.toMatchObject({ code: 'mask/damaged' });
  });
});

test('grey levels and colours keep their number over a sequence, in order of appearance', async () => {
  const label = sequenceLabels();
  const grey = async (...samples: number[]) => {
    const png = await encodePng({
      width: samples.length,
      height: 1,
      colour: 'grey',
      samples: Uint8Array.from(samples),
    });
    return Array.from(label(await readMask(png, 'grey')).labels);
  };
  expect(await grey(0, 200, 200)).toEqual([0, 1, 1]);
  expect(await grey(100, 200, 0)).toEqual([2, 1, 0]);
  expect(await grey(255, 100, 7)).toEqual([4, 2, 3]);
});

test('objects that have a file each are numbered in order', () => {
  const mask = (...labels: number[]) => ({
    width: 3,
    height: 1,
    labels: Uint16Array.from(labels),
    values: null,
  });
  expect(Array.from(mergeObjects([mask(1, 1, 0), mask(0, 1, 0), mask(0, 0, 0)]).labels)).toEqual([1, 2, 0]);
});
