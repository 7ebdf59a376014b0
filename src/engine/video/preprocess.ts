import type { Size } from '../../lib/size.ts';
import type { DecodedFrame, Normalisation } from './types.ts';

/** Frames are scaled on this canvas, which every call of the thread takes over as it is. */
let scratch: OffscreenCanvasRenderingContext2D | null = null;

/**
 * Writes the frame, scaled to height × width, as normalised RGB planes: `out[offset ..]` becomes [3, height, width],
 * (value / 255 − mean) / std. What is transparent counts as black.
 */
export function pixelsOf(
  frame: DecodedFrame,
  height: number,
  width: number,
  normalisation: Normalisation,
  out: Float32Array,
  offset: number,
): void {
  demandRoom(height * width, out, offset);
  normalise(rgbaOf(frame, width, height).data, normalisation, out, offset);
}

/** @throws RangeError where three planes do not fit behind `offset` */
function demandRoom(plane: number, out: Float32Array, offset: number): void {
  if (offset + 3 * plane > out.length) throw new RangeError('The frame does not fit into the tensor.');
}

/** Writes pixels, [height, width, 4], as `pixelsOf` does: normalised RGB planes. */
export function normalise(
  rgba: Uint8ClampedArray,
  normalisation: Normalisation,
  out: Float32Array,
  offset: number,
): void {
  const plane = rgba.length / 4;
  demandRoom(plane, out, offset);
  for (let channel = 0; channel < 3; channel++) {
    const scale = 1 / (255 * normalisation.std[channel]!);
    const shift = normalisation.mean[channel]! / normalisation.std[channel]!;
    const start = offset + channel * plane;
    for (let at = 0; at < plane; at++) out[start + at] = rgba[4 * at + channel]! * scale - shift;
  }
}

/** The frame's pixels, scaled to width × height. What is transparent counts as black. */
export function rgbaOf(frame: DecodedFrame, width: number, height: number): ImageData {
  scratch ??= canvasOf();
  drawScaled(frame, scratch, width, height);
  return scratch.getImageData(0, 0, width, height);
}

/** Where what was scaled in steps is drawn at its last size, so that the steps stay for another. */
let last: OffscreenCanvasRenderingContext2D | null = null;

/** As `rgbaOf` at each of the sizes; what these have in common is drawn once. */
export function rgbaAt(frame: DecodedFrame, sizes: readonly Size[]): ImageData[] {
  const halvings = sizes.map(({ width, height }) => halvingsFor(frame, width, height));
  const pictures: ImageData[] = [];
  let [level, w, h] = [0, frame.width, frame.height];
  // Those that are halved less often come first: they are steps on the way.
  for (const i of [...sizes.keys()].sort((a, b) => halvings[a]! - halvings[b]!)) {
    const { width, height } = sizes[i]!;
    if (halvings[i] === 0) {
      pictures[i] = rgbaOf(frame, width, height);
      continue;
    }
    scratch ??= canvasOf();
    if (level === 0) drawWhole(frame, scratch, w, h);
    [w, h] = halve(scratch, w, h, halvings[i]! - level);
    level = halvings[i]!;
    last ??= canvasOf();
    grow(last.canvas, width, height);
    last.imageSmoothingQuality = 'high';
    last.drawImage(scratch.canvas, 0, 0, w, h, 0, 0, width, height);
    pictures[i] = last.getImageData(0, 0, width, height);
  }
  return pictures;
}

const canvasOf = () =>
  new OffscreenCanvas(1, 1).getContext('2d', { alpha: false, willReadFrequently: true })!;

/**
 * Draws the frame scaled to width × height at the canvas's top left; the canvas grows as needed. Browsers scale down
 * by more than 2 with too few samples, each in its own way; halving step by step gives every source pixel its share.
 */
export function drawScaled(
  frame: DecodedFrame,
  context: OffscreenCanvasRenderingContext2D,
  width: number,
  height: number,
): void {
  const halvings = halvingsFor(frame, width, height);
  const whole = halvings > 0 ? frame : { width, height };
  drawWhole(frame, context, whole.width, whole.height);
  const [w, h] = halve(context, whole.width, whole.height, halvings);
  if (w !== width || h !== height) context.drawImage(context.canvas, 0, 0, w, h, 0, 0, width, height);
}

function drawWhole(
  frame: DecodedFrame,
  context: OffscreenCanvasRenderingContext2D,
  width: number,
  height: number,
): void {
  grow(context.canvas, width, height);
  context.imageSmoothingQuality = 'high';
  context.fillStyle = 'black';
  context.fillRect(0, 0, width, height);
  frame.draw(context, width, height);
}

/** Halves what is drawn at the canvas's top left so often; returns its size then. */
function halve(
  context: OffscreenCanvasRenderingContext2D,
  width: number,
  height: number,
  times: number,
): [width: number, height: number] {
  let [w, h] = [width, height];
  for (let step = 0; step < times; step++) {
    const [halfWidth, halfHeight] = [Math.ceil(w / 2), Math.ceil(h / 2)];
    context.drawImage(context.canvas, 0, 0, w, h, 0, 0, halfWidth, halfHeight);
    [w, h] = [halfWidth, halfHeight];
  }
  return [w, h];
}

function grow(canvas: OffscreenCanvas, width: number, height: number): void {
  if (canvas.width >= width && canvas.height >= height) return;
  canvas.width = Math.max(canvas.width, width);
  canvas.height = Math.max(canvas.height, height);
}

/** How often the frame has to be halved to be at most twice the wanted size, in the direction that shrinks less. */
export function halvingsFor(frame: Size, width: number, height: number): number {
  const ratio = Math.min(frame.width / width, frame.height / height);
  return Math.max(0, Math.ceil(Math.log2(ratio)) - 1);
}
