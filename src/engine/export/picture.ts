/** The pictures of exported videos: a frame with its objects painted, cut out, or before another background. */
import { type Painting, paint } from '../mask/paint.ts';
import { drawScaled } from '../video/preprocess.ts';
import { canvasOf, drawFrame } from './canvas.ts';
import type { PicturedFrame, Size } from './frames.ts';
import type { Backdrop, Overlay } from './types.ts';

/** Draws one frame of the export onto the context, which holds the last one. */
export type Painter = (context: OffscreenCanvasRenderingContext2D, frame: PicturedFrame) => void;

/** Objects painted over the frame; lines and patterns as thick, beside the picture, as on the page. */
export function overlayPainter({ paints }: Overlay, size: Size): Painter {
  const { width, height } = size;
  const unit = Math.max(width, height) / 960;
  const painting: Painting = {
    objectOf: Uint16Array.from(paints, (_, place) => place),
    paints,
    outlineWidth: 1.6 * unit,
    patternScale: Math.max(1, Math.round(1.5 * unit)),
  };
  const layer = canvasOf(size);
  const image = new ImageData(width, height);
  return (context, { frame, places }) => {
    drawScaled(frame, context, width, height);
    paint({ width, height, labels: places }, painting, image.data);
    layer.putImageData(image, 0, 0);
    context.drawImage(layer.canvas, 0, 0);
  };
}

/** The chosen objects before something else: their own background blurred, or one colour. */
export function backgroundPainter(backdrop: Backdrop, objects: number, size: Size): Painter {
  const { width, height } = size;
  const cut = canvasOf(size);
  const blur = backdrop.fill === 'blur' ? blurrer(backdrop.radius * Math.max(width, height), size) : null;
  return (context, { frame, places }) => {
    context.globalCompositeOperation = 'source-over';
    if (blur) {
      drawFrame(cut, frame, size);
      context.drawImage(blur(cut.canvas), 0, 0, width, height);
      // Blur without the objects, so that their colours do not bleed. The holes come out faint, so it is drawn several times.
      erase(cut, size, (at) => places[at]! < objects);
      const around = blur(cut.canvas);
      for (let layer = 0; layer < 4; layer++) context.drawImage(around, 0, 0, width, height);
    } else if (backdrop.fill === 'colour') {
      context.fillStyle = `#${backdrop.colour.toString(16).padStart(6, '0')}`;
      context.fillRect(0, 0, width, height);
    }
    drawFrame(cut, frame, size);
    erase(cut, size, (at) => places[at]! >= objects);
    context.drawImage(cut.canvas, 0, 0);
  };
}

/** Makes chosen pixels transparent. */
function erase(
  context: OffscreenCanvasRenderingContext2D,
  { width, height }: Size,
  gone: (at: number) => boolean,
): void {
  const image = context.getImageData(0, 0, width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let at = 0; at < pixels.length; at++) if (gone(at)) pixels[at] = 0;
  context.putImageData(image, 0, 0);
}

/** Blurs by halving the picture again and again and doubling it back, smoothly both ways: about `radius` pixels wide. */
function blurrer(radius: number, { width, height }: Size): (picture: OffscreenCanvas) => OffscreenCanvas {
  const steps = Math.max(1, Math.round(Math.log2(Math.max(2, radius))));
  const sizeAt = (step: number): Size => ({
    width: Math.max(1, Math.ceil(width / 2 ** step)),
    height: Math.max(1, Math.ceil(height / 2 ** step)),
  });
  const levels = Array.from({ length: steps + 1 }, (_, step) => canvasOf(sizeAt(step)));
  const copy = (from: OffscreenCanvas, to: OffscreenCanvasRenderingContext2D) => {
    to.clearRect(0, 0, to.canvas.width, to.canvas.height);
    to.imageSmoothingQuality = 'high';
    to.drawImage(from, 0, 0, to.canvas.width, to.canvas.height);
  };
  return (picture) => {
    for (let step = 1; step <= steps; step++)
      copy(step === 1 ? picture : levels[step - 1]!.canvas, levels[step]!);
    for (let step = steps; step > 0; step--) copy(levels[step]!.canvas, levels[step - 1]!);
    return levels[0]!.canvas;
  };
}

/** Pixels around an object whose colour stays below the transparency: codecs share colours among two by two. */
const MARGIN = 2;

/**
 * RGBA of the chosen objects, [height, width, 4], straight: alpha 255 where they are and 0 elsewhere. Colours go on a
 * hair beyond the edge, unseen, because a codec that saw black there would mix it into the edge; beyond that all is black
 * for players that ignore alpha.
 */
export function cutOut(pixels: Uint8ClampedArray, places: Uint16Array, objects: number, width: number): void {
  const inside = Uint8Array.from(places, (place) => Number(place < objects));
  const near = widened(widened(inside, width, 1), width, width);
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, places.length);
  for (let at = 0; at < words.length; at++) {
    if (near[at] === 0) words[at] = 0;
    else if (inside[at] === 0) words[at]! &= 0x00ffffff;
  }
}

/** Marks what lies within MARGIN of a mark along one axis, `step` apart in the array. */
function widened(marks: Uint8Array, width: number, step: number): Uint8Array {
  const out = new Uint8Array(marks.length);
  const lines = step === 1 ? marks.length / width : width;
  const length = marks.length / lines;
  for (let line = 0; line < lines; line++) {
    const start = step === 1 ? line * width : line;
    for (let i = 0, last = -Infinity; i < length; i++) {
      if (marks[start + i * step] === 1) last = i;
      if (i - last <= MARGIN) out[start + i * step] = 1;
    }
    for (let i = length - 1, last = Infinity; i >= 0; i--) {
      if (marks[start + i * step] === 1) last = i;
      if (last - i <= MARGIN) out[start + i * step] = 1;
    }
  }
  return out;
}
