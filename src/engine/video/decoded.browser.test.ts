import { VideoSample } from 'mediabunny';
import { describe, expect, test } from 'vitest';
import { decodedFrame, type Turn } from './decoded.ts';
import type { DecodedFrame } from './types.ts';

const WIDTH = 16;
const HEIGHT = 8;

/** Black, but for what `colours` says of a pixel. */
function frameOf(
  colours: (x: number, y: number) => readonly [r: number, g: number, b: number, a: number],
  format: 'RGBA' | 'RGBX' = 'RGBX',
): VideoFrame {
  const data = new Uint8Array(4 * WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) data.set(colours(x, y), 4 * (y * WIDTH + x));
  return new VideoFrame(data, { format, codedWidth: WIDTH, codedHeight: HEIGHT, timestamp: 0 });
}

/** Four corners of four colours, smooth between them in no place. */
const corners = (x: number, y: number) =>
  [x < WIDTH / 2 ? 40 : 220, y < HEIGHT / 2 ? 60 : 200, 90, 255] as const;

const canvas = (width: number, height: number) =>
  new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;

function drawn(frame: Pick<DecodedFrame, 'draw'>, width: number, height: number): number[] {
  const context = canvas(width, height);
  frame.draw(context, width, height);
  return [...context.getImageData(0, 0, width, height).data];
}

const turns: Turn[] = ([0, 90, 180, 270] as const).flatMap((rotation) =>
  [false, true].map((flip) => ({ rotation, flip })),
);

describe('a frame in memory', () => {
  test.each(turns)('turned by $rotation, flipped: $flip, is what the browser draws', async (turn) => {
    const frame = await decodedFrame({ colour: frameOf(corners), alpha: null }, 3, 0.5, turn);
    const sample = new VideoSample(frameOf(corners), turn);
    const size = [sample.displayWidth, sample.displayHeight] as const;
    expect([frame.index, frame.timestamp, frame.width, frame.height]).toEqual([3, 0.5, ...size]);
    const expected = drawn({ draw: (context, w, h) => sample.draw(context, 0, 0, w, h) }, ...size);
    sample.close();
    const found = drawn(frame, ...size);
    expect(Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThanOrEqual(2);
    frame.close();
  });

  test('is closed at once, and can be drawn until it is closed', async () => {
    const colour = frameOf(corners);
    const frame = await decodedFrame({ colour, alpha: null }, 0, 0, turns[0]!);
    expect(colour.format).toBeNull();
    expect(drawn(frame, WIDTH, HEIGHT).slice(0, 3)).toEqual([40, 60, 90]);
    frame.close();
    frame.close();
  });

  test('lies on black where it is transparent, by its own alpha or that of another frame', async () => {
    const half = (x: number) => (x < WIDTH / 2 ? 0 : 255);
    const own = frameOf(
      (x, y) => [...corners(x, y).slice(0, 3), half(x)] as [number, number, number, number],
      'RGBA',
    );
    const masked = { colour: frameOf(corners), alpha: frameOf((x) => [half(x), half(x), half(x), 255]) };
    for (const picture of [{ colour: own, alpha: null }, masked]) {
      const frame = await decodedFrame(picture, 0, 0, turns[0]!);
      const pixels = drawn(frame, WIDTH, HEIGHT);
      expect(pixels.slice(0, 4)).toEqual([0, 0, 0, 255]);
      expect(pixels.slice(-4)).toEqual([220, 200, 90, 255]);
      frame.close();
    }
  });
});

test('of high dynamic range the frame itself is drawn: the browser maps it', async () => {
  const colour = new VideoFrame(new Uint8Array((WIDTH * HEIGHT * 3) / 2).fill(128), {
    format: 'I420',
    codedWidth: WIDTH,
    codedHeight: HEIGHT,
    timestamp: 0,
    colorSpace: {
      primaries: 'bt709',
      matrix: 'bt709',
      fullRange: false,
      transfer: 'pq' as VideoTransferCharacteristics,
    },
  });
  const frame = await decodedFrame({ colour, alpha: null }, 0, 0, turns[0]!);
  expect(colour.format).toBe('I420');
  frame.close();
  expect(colour.format).toBeNull();
});
