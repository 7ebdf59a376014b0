import type { Size } from '../../lib/size.ts';
import { rgbOf } from './compositor.ts';

/** The way that objects go. */
export interface Trails {
  /** Frames that a trail reaches back. */
  length: number;
  paths: readonly Trail[];
}

export interface Trail {
  /** 0xRRGGBB. */
  colour: number;
  /** Where the object's middle is in each frame of the clip, x and y in turn, as shares of width and height; NaN: nowhere. */
  points: Float32Array;
}

/** Width of a trail where the picture is 960 pixels wide. */
export const TRAIL = 3;

/** Draws the objects' ways up to a clip frame, fading into the past. `unit`: the line's width in pixels. */
export function drawTrails(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  { length, paths }: Trails,
  frame: number,
  { width, height }: Size,
  unit: number,
): void {
  context.save();
  context.lineCap = 'round';
  context.lineWidth = unit;
  for (const { colour, points } of paths) {
    const at = (index: number) => [points[2 * index]! * width, points[2 * index + 1]! * height] as const;
    const css = (alpha: number) => `rgb(${rgbOf(colour).join(' ')} / ${alpha})`;
    for (let index = Math.max(1, frame - length + 1); index <= frame; index++) {
      const [from, to] = [at(index - 1), at(index)];
      if (!Number.isFinite(from[0] + to[0])) continue;
      context.strokeStyle = css((length - frame + index) / length);
      context.beginPath();
      context.moveTo(...from);
      context.lineTo(...to);
      context.stroke();
    }
    const head = at(frame);
    if (!Number.isFinite(head[0])) continue;
    context.fillStyle = css(1);
    context.beginPath();
    context.arc(...head, 1.5 * unit, 0, 2 * Math.PI);
    context.fill();
  }
  context.restore();
}
