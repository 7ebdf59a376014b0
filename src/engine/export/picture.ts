/** The pictures of exported videos: a frame with its effects and objects, cut out, or before another background. */
import { composerHere } from '../mask/compose.ts';
import { changesPicture, type Looks, sceneOf } from '../mask/compositor.ts';
import { coverage } from '../mask/coverage.ts';
import { type Edge, type Effects, USUAL_EFFECTS } from '../mask/effects.ts';
import { type Painting, paint } from '../mask/paint.ts';
import { drawTrails, TRAIL } from '../mask/trail.ts';
import { drawScaled } from '../video/preprocess.ts';
import { canvasOf } from './canvas.ts';
import type { Ground, PicturedFrame } from './frames.ts';
import type { Backdrop, Overlay } from './types.ts';

/** Draws one frame of the export at the top left of the context, which holds the last one. */
export type Painter = (context: OffscreenCanvasRenderingContext2D, frame: PicturedFrame) => void;

/** The frame as the stage shows it: its effects, and the objects painted over it, lines and patterns as thick as there. */
export function overlayPainter({ paints, looks, effects, trails }: Overlay, ground: Ground): Painter {
  const { width, height } = ground.size;
  const line = Math.max(width, height) / 960;
  const painting: Painting = {
    objectOf: Uint16Array.from(paints, (_, place) => place),
    paints,
    outlineWidth: 1.6 * line,
    patternScale: Math.max(1, Math.round(1.5 * line)),
  };
  const composed = composer(looks, effects, ground);
  const layer = canvasOf(ground.size);
  const image = new ImageData(width, height);
  return (context, frame) => {
    drawScaled(frame.frame, context, width, height);
    composed(context, frame);
    paint({ width, height, labels: frame.places }, painting, image.data);
    layer.putImageData(image, 0, 0);
    if (trails) drawTrails(layer, trails, frame.index, ground.size, TRAIL * line);
    context.drawImage(layer.canvas, 0, 0);
  };
}

/** The chosen objects before something else: their own background blurred, or one colour. */
export function backgroundPainter(backdrop: Backdrop, edge: Edge, ground: Ground): Painter {
  const { width, height } = ground.size;
  const behind =
    backdrop.fill === 'blur'
      ? ({ background: 'blur', strength: backdrop.radius } as const)
      : ({ background: 'colour', colour: backdrop.colour } as const);
  const looks: Looks = Array.from({ length: ground.objects }, () => 'none');
  const composed = composer(looks, { ...USUAL_EFFECTS, ...behind, ...edge }, ground);
  return (context, frame) => {
    drawScaled(frame.frame, context, width, height);
    composed(context, frame);
  };
}

/** Changes a frame's picture into what the effects make of it. */
function composer(looks: Looks, effects: Effects, { size, unit }: Ground): Painter {
  if (!changesPicture(effects, looks)) return () => undefined;
  const { compose } = composerHere();
  return (context, { places }) =>
    compose(context, sceneOf({ ...size, labels: places }, null, looks, effects, unit));
}

/** Pixels around an object whose colour stays below the transparency: codecs share colours among two by two. */
const MARGIN = 2;

/** Makes frames into RGBA of their chosen objects, straight: transparent elsewhere, with soft edges between. */
export type Cutter = (frame: PicturedFrame) => ImageData;

export function cutter({ feather, shift }: Edge, { size, unit, objects }: Ground): Cutter {
  const { width, height } = size;
  const context = canvasOf(size);
  const inside = new Uint8Array(objects + 1).fill(1, 0, objects);
  const edge = { feather: feather * unit, shift: shift * unit };
  return ({ frame, places }) => {
    drawScaled(frame, context, width, height);
    const picture = context.getImageData(0, 0, width, height);
    cutOut(picture.data, coverage({ width, height, labels: places }, inside, edge), width);
    return picture;
  };
}

/**
 * Gives RGBA pixels [height, width, 4], straight, their alpha. Colours go on a hair beyond the edge, unseen, because a
 * codec that saw black there would mix it into the edge; beyond that all is black for players that ignore alpha.
 */
export function cutOut(pixels: Uint8ClampedArray, alpha: Uint8Array, width: number): void {
  const inside = alpha.map((value) => Number(value > 0));
  const near = widened(widened(inside, width, 1), width, width);
  for (let at = 0; at < alpha.length; at++) {
    if (near[at] === 0) pixels.fill(0, 4 * at, 4 * at + 3);
    pixels[4 * at + 3] = alpha[at]!;
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
