import { proxy, wrap } from 'comlink';
import { afterAll, describe, expect, test } from 'vitest';
import { fixture } from '../../../test/videofiles.ts';
import { keepErrorsWhole } from '../../lib/wire.ts';
import { openClip } from './open.ts';
import { drawScaled, pixelsOf, rgbaAt, rgbaOf } from './preprocess.ts';
import type { DecodedFrame } from './types.ts';
import type { ViewerApi } from './viewer.ts';
import { createViewer } from './viewer.ts';

/** Place of a fixture's frame, by the grey level in its middle. */
function placeOf(bitmap: ImageBitmap): number {
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  const [, green] = context.getImageData(bitmap.width >> 1, bitmap.height >> 1, 1, 1).data;
  bitmap.close();
  return Math.max(0, Math.round((green! - 20) / 10));
}

describe('viewer', () => {
  test('frames, forwards and back, at the size asked for', async () => {
    const viewer = createViewer();
    const info = await viewer.open([await fixture('bframes.mp4')]);
    expect(info.frameCount).toBe(20);
    for (const index of [0, 1, 2, 3, 12, 7]) {
      const bitmap = await viewer.frame(index, 48, 32);
      expect([bitmap.width, bitmap.height]).toEqual([48, 32]);
      expect(placeOf(bitmap)).toBe(index);
    }
    await viewer.close();
    await expect(viewer.frame(0, 48, 32)).rejects.toMatchObject({ code: 'video/not-open' });
  });

  test('the newest request wins', async () => {
    const viewer = createViewer();
    await viewer.open([await fixture('bframes.mp4')]);
    const requests = [15, 3, 9].map((index) => viewer.frame(index, 96, 64).then(placeOf));
    const outcomes = await Promise.allSettled(requests);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(outcomes[0]).toMatchObject({ reason: { name: 'AbortError' } });
    expect(outcomes[2]).toMatchObject({ value: 9 });
    await viewer.close();
  });

  test('a filmstrip comes picture by picture', async () => {
    const viewer = createViewer();
    await viewer.open([await fixture('odd.webm')]);
    const places: number[] = [];
    await viewer.filmstrip(4, 32, (place, index, bitmap) => {
      places.push(place);
      expect(bitmap.height).toBe(32);
      expect(placeOf(bitmap)).toBe(index);
    });
    expect(places).toEqual([0, 1, 2, 3]);
    await viewer.close();
  });

  test('a frame that cannot be decoded is black in a filmstrip, and the others come', async () => {
    const canvas = new OffscreenCanvas(48, 32);
    const context = canvas.getContext('2d')!;
    context.fillStyle = '#fff';
    context.fillRect(0, 0, 48, 32);
    const picture = await canvas.convertToBlob();
    const files = [0, 1, 2].map(
      (place) =>
        new File([place === 1 ? picture.slice(0, 60) : picture], `${place}.png`, { type: 'image/png' }),
    );
    const viewer = createViewer();
    await viewer.open(files);
    const seen: [place: number, index: number, grey: number][] = [];
    await viewer.filmstrip(3, 32, (place, index, bitmap) => {
      const shown = new OffscreenCanvas(48, 32).getContext('2d')!;
      shown.drawImage(bitmap, 0, 0);
      seen.push([place, index, shown.getImageData(24, 16, 1, 1).data[0]!]);
      bitmap.close();
    });
    expect(seen).toEqual([
      [0, 0, 255],
      [1, 1, 0],
      [2, 2, 255],
    ]);
    await viewer.close();
  });
});

describe('the worker', () => {
  keepErrorsWhole();
  const worker = new Worker(new URL('../../../workers/viewer.ts', import.meta.url), { type: 'module' });
  const viewer = wrap<ViewerApi>(worker);
  afterAll(() => worker.terminate());

  test('hands over bitmaps and whole errors', async () => {
    await viewer.open([await fixture('hidden.webm')]);
    expect(placeOf(await viewer.frame(11, 96, 64))).toBe(11);
    const seen: number[] = [];
    await viewer.filmstrip(
      3,
      16,
      proxy((_place: number, index: number, bitmap: ImageBitmap) => {
        bitmap.close();
        seen.push(index);
      }),
    );
    expect(seen).toHaveLength(3);
    await expect(viewer.open([await fixture('old.flv')])).rejects.toMatchObject({
      code: 'video/container',
      todo: expect.stringContaining('ffmpeg -i "old.flv"'),
    });
  });
});

describe('preprocessing', () => {
  /** A picture of stripes one pixel high, which alias unless every source pixel is counted. */
  const stripes = (size: number): DecodedFrame => {
    const canvas = new OffscreenCanvas(size, size);
    const context = canvas.getContext('2d')!;
    for (let y = 0; y < size; y += 2) context.fillRect(0, y, size, 1);
    context.globalCompositeOperation = 'destination-over';
    context.fillStyle = 'white';
    context.fillRect(0, 0, size, size);
    return {
      index: 0,
      timestamp: 0,
      width: size,
      height: size,
      draw: (target, width, height) => target.drawImage(canvas, 0, 0, width, height),
      close: () => {},
    };
  };

  test.each([16, 25, 31, 64])('scaling stripes of 128 down to %i gives an even grey', (size) => {
    const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
    drawScaled(stripes(128), context, size, size);
    const greys = context.getImageData(1, 1, size - 2, size - 2).data.filter((_, at) => at % 4 === 0);
    expect(Math.max(...greys) - Math.min(...greys)).toBeLessThan(24);
  });

  test.each([
    [
      [40, 30],
      [24, 20],
    ],
    [
      [100, 90],
      [15, 25],
      [30, 30],
      [32, 32],
      [200, 100],
    ],
  ])('pictures at %j … are those that each is by itself', (...sizes) => {
    const frame = stripes(128);
    const draw: DecodedFrame['draw'] = (target, width, height) => {
      frame.draw(target, width, height);
      target.fillStyle = 'red';
      target.fillRect(0, height / 4, width / 3, height / 2);
    };
    const pictures = rgbaAt(
      { ...frame, draw },
      sizes.map(([width, height]) => ({ width: width!, height: height! })),
    );
    for (const [i, [width, height]] of sizes.entries())
      expect(pictures[i]!.data).toEqual(rgbaOf({ ...frame, draw }, width!, height!).data);
  });

  test('planes are red, green, blue, normalised, at their offset', async () => {
    const clip = await openClip([await fixture('moving.png')]);
    const out = new Float32Array(2 + 3 * 4 * 6).fill(9);
    for await (const frame of clip.frames([0])) {
      pixelsOf(frame, 4, 6, { mean: [0.5, 0.25, 0], std: [0.5, 1, 2] }, out, 2);
      frame.close();
    }
    expect([...out.slice(0, 2)]).toEqual([9, 9]);
    // The top left pixel is red: 220, 20, 20.
    expect(out[2]).toBeCloseTo((220 / 255 - 0.5) / 0.5, 1);
    expect(out[2 + 24]).toBeCloseTo(20 / 255 - 0.25, 1);
    expect(out[2 + 48]).toBeCloseTo(20 / 255 / 2, 1);
    // The last of the first row is green, the first of the last row blue.
    expect(out[2 + 24 + 5]).toBeCloseTo(200 / 255 - 0.25, 1);
    expect(out[2 + 48 + 18]).toBeCloseTo(220 / 255 / 2, 1);
    expect(() => pixelsOf({} as DecodedFrame, 4, 6, { mean: [0, 0, 0], std: [1, 1, 1] }, out, 3)).toThrow(
      RangeError,
    );
  });
});
