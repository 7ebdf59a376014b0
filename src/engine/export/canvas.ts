import type { Size } from '../../lib/size.ts';
import type { DecodedFrame } from '../video/types.ts';

/** A canvas whose pixels are read back after every frame, and so kept in memory. */
export function canvasOf({ width, height }: Size): OffscreenCanvasRenderingContext2D {
  return new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
}

/** Draws a frame in place of what is there. */
export function drawFrame(
  context: OffscreenCanvasRenderingContext2D,
  frame: DecodedFrame,
  { width, height }: Size,
): void {
  frame.draw(context, width, height);
}
