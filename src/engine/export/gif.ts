import { applyPalette, GIFEncoder, quantize } from 'gifenc';
import type { Size } from '../../lib/size.ts';
import { canvasOf } from './canvas.ts';
import type { PicturedFrame } from './frames.ts';
import type { Painter } from './picture.ts';

/** Players show frames of a shorter delay, in seconds, far too slowly. */
const SHORTEST = 0.02;

/**
 * An endless GIF, frame by frame, each with the 256 colours that suit it. GIF counts time in hundredths of a second:
 * each frame's end is rounded, so that the whole keeps its length.
 */
export async function* gifOf(
  frames: AsyncIterable<PicturedFrame>,
  size: Size,
  paintFrame: Painter,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const { width, height } = size;
  const context = canvasOf(size);
  const gif = GIFEncoder();
  for await (const frame of frames) {
    paintFrame(context, frame);
    const { data } = context.getImageData(0, 0, width, height);
    const palette = quantize(data, 256);
    gif.writeFrame(applyPalette(data, palette), width, height, { palette, delay: delayOf(frame) });
    yield gif.bytes();
    gif.stream.reset();
  }
  gif.finish();
  yield gif.bytes();
}

/** Milliseconds in whole hundredths of a second. */
function delayOf({ timestamp, duration }: { timestamp: number; duration: number }): number {
  const hundredths = Math.round((timestamp + duration) * 100) - Math.round(timestamp * 100);
  return Math.max(SHORTEST * 100, hundredths) * 10;
}

/** Whether frames come faster than GIF can show them. */
export const tooFastForGif = (durations: Float64Array): boolean =>
  durations.some((duration) => duration < SHORTEST - 1e-4);
