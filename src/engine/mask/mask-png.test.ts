import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodePng } from '../../lib/png.ts';
import { davisPalette, decodeMask, encodeMask } from './mask-png.ts';

const DAVIS = new URL('../../../../shared/data/', import.meta.url);

describe('davisPalette', () => {
  test('begins and ends as PASCAL VOC has it', () => {
    const palette = davisPalette();
    const colour = (label: number) => Array.from(palette.subarray(3 * label, 3 * label + 3));
    expect([0, 1, 2, 3, 4, 8, 20, 255].map(colour)).toEqual([
      [0, 0, 0],
      [128, 0, 0],
      [0, 128, 0],
      [128, 128, 0],
      [0, 0, 128],
      [64, 0, 0],
      [0, 64, 128],
      [224, 224, 192],
    ]);
  });
});

describe('masks', () => {
  test('labels survive, with the palette, and as 16-bit greyscale where they are many', async () => {
    const few = { width: 3, height: 2, labels: Uint16Array.of(0, 1, 2, 254, 7, 1) };
    const plain = { values: null, grey: false, soft: false };
    const written = await encodeMask(few);
    expect(written[25]).toBe(3);
    expect(await decodeMask(written, 'few')).toEqual({ ...few, ...plain });
    const many = { width: 2, height: 1, labels: Uint16Array.of(299, 65535) };
    expect(await decodeMask(await encodeMask(many), 'many')).toEqual({ ...many, ...plain });
  });

  test('index 255 is never written: there it means no object', async () => {
    const map = { width: 2, height: 1, labels: Uint16Array.of(1, 255) };
    const written = await encodeMask(map);
    expect([written[24], written[25]]).toEqual([16, 0]);
    expect([...(await decodeMask(written, 'many')).labels]).toEqual([1, 255]);
  });

  test('colours become labels in ascending order, black first', async () => {
    const rgb = Uint8Array.from([255, 0, 0, 0, 0, 0, 0, 255, 0, 255, 0, 0]);
    const png = await encodePng({ width: 4, height: 1, colour: 'rgb', samples: rgb });
    const mask = await decodeMask(png, 'colours');
    expect(Array.from(mask.labels)).toEqual([2, 0, 1, 2]);
    expect(Array.from(mask.values!)).toEqual([0, 0x00ff00, 0xff0000]);
  });

  test('a photograph is refused', async () => {
    const noise = Uint8Array.from({ length: 128 * 128 * 3 }, (_, i) => (i * i * 2654435761) >>> 13);
    const png = await encodePng({ width: 128, height: 128, colour: 'rgb', samples: noise });
    await expect(decodeMask(png, 'photo')).rejects.toMatchObject({ code: 'png/not-mask' });
  });

  test.skipIf(!existsSync(DAVIS))(
    'reads real DAVIS masks (skipped where ../shared/data is absent)',
    async () => {
      const read = async (path: string) => decodeMask(readFileSync(new URL(path, DAVIS)), path);
      const many = await read('davis-2017/Annotations/240p/dogs-jump/00000.png');
      expect(many).toMatchObject({ width: 432, height: 240, values: null });
      expect([...new Set(many.labels)].sort()).toEqual([0, 1, 2, 3]);
      const one = await read('davis-2016/Annotations/480p/camel/00000.png');
      expect(one).toMatchObject({ width: 854, height: 480, values: Uint32Array.of(0, 255) });
      expect([...new Set(one.labels)].sort()).toEqual([0, 1]);
    },
  );
});
