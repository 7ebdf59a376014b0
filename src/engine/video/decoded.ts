import { VideoSample } from 'mediabunny';
import { isHdr } from './hdr.ts';
import type { Picture } from './reader.ts';
import type { ClipInfo, DecodedFrame } from './types.ts';

/** What makes a frame upright: so many degrees clockwise, and then its sides exchanged where `flip`. */
export interface Turn {
  rotation: ClipInfo['rotation'];
  flip: boolean;
}

/**
 * A decoded frame as the engine takes it; closes `colour` and `alpha` once they are no longer needed.
 *
 * Its pixels are copied where they lie in memory. Chromium without a GPU keeps a full copy of every VideoFrame that is
 * drawn on a canvas, in shared memory that it never frees: 3.6 MB a frame at 1280 × 720 (seen in Chromium 156).
 */
export async function decodedFrame(
  { colour, alpha }: Picture,
  index: number,
  timestamp: number,
  turn: Turn,
): Promise<DecodedFrame> {
  const sample = new VideoSample(colour, turn);
  const mask = alpha && new VideoSample(alpha, turn);
  const close = () => {
    sample.close();
    mask?.close();
  };
  const frame = { index, timestamp, width: sample.displayWidth, height: sample.displayHeight };
  try {
    const pixels = await pixelsInMemory(colour, alpha);
    if (!pixels)
      return { ...frame, draw: (context, ...size) => drawSamples(sample, mask, context, ...size), close };
    close();
    return {
      ...frame,
      draw: (context, ...size) => drawPixels(pixels, turn, context, ...size),
      close: () => spare(pixels),
    };
  } catch (error) {
    close();
    throw error;
  }
}

type Context = Parameters<DecodedFrame['draw']>[0];

function drawSamples(
  sample: VideoSample,
  mask: VideoSample | null,
  context: Context,
  width: number,
  height: number,
): void {
  sample.draw(context, 0, 0, width, height);
  if (!mask) return;
  // Colour times alpha is the picture on black.
  context.globalCompositeOperation = 'multiply';
  mask.draw(context, 0, 0, width, height);
  context.globalCompositeOperation = 'source-over';
}

/** Pixels of frames that were closed, for the next ones. */
const spares: ImageData[] = [];
const MOST_SPARES = 4;

function spare(pixels: ImageData): void {
  if (spares.length < MOST_SPARES && !spares.includes(pixels)) spares.push(pixels);
}

/** Room for a frame's pixels. */
function room(width: number, height: number): ImageData {
  const at = spares.findIndex((pixels) => pixels.width === width && pixels.height === height);
  if (at >= 0) return spares.splice(at, 1)[0]!;
  // They are of another clip.
  spares.length = 0;
  return new ImageData(width, height);
}

/**
 * The frame's pixels on black, not yet turned. Null where only the browser can draw it: a frame of the GPU (its own, or NV12
 * of a hardware decoder), or of high dynamic range, which it maps.
 */
async function pixelsInMemory(colour: VideoFrame, alpha: VideoFrame | null): Promise<ImageData | null> {
  const own = await copied(colour);
  if (!own || !alpha) return own && (colour.format!.endsWith('A') ? onBlack(own, own, 3) : own);
  const mask = await copied(alpha);
  if (mask?.width !== own.width || mask.height !== own.height) return null;
  onBlack(own, mask, 0);
  spare(mask);
  return own;
}

async function copied(frame: VideoFrame): Promise<ImageData | null> {
  const { format, colorSpace, visibleRect } = frame;
  if (format === null || format === 'NV12' || isHdr(colorSpace) || !visibleRect) return null;
  const pixels = room(visibleRect.width, visibleRect.height);
  try {
    await frame.copyTo(pixels.data, { format: 'RGBA', colorSpace: 'srgb' });
    return pixels;
  } catch (error) {
    spare(pixels);
    // Not every browser converts every format.
    if (error instanceof DOMException && error.name === 'NotSupportedError') return null;
    throw error;
  }
}

/** Colours times what lies in a channel of `mask`, in place. */
function onBlack(pixels: ImageData, mask: ImageData, channel: number): ImageData {
  const { data } = pixels;
  for (let at = 0; at < data.length; at += 4) {
    const share = mask.data[at + channel]! / 255;
    for (let colour = at; colour < at + 3; colour++) data[colour] = data[colour]! * share;
    data[at + 3] = 255;
  }
  return pixels;
}

/** Pixels are put on this canvas to be scaled and turned; every call of the thread takes it over as it is. */
let scratch: OffscreenCanvasRenderingContext2D | null = null;

function drawPixels(
  pixels: ImageData,
  { rotation, flip }: Turn,
  context: Context,
  width: number,
  height: number,
): void {
  const { width: own, height: tall } = pixels;
  const asItIs = rotation === 0 && !flip && own === width && tall === height;
  if (asItIs && context.getTransform().isIdentity) {
    // The same pixels as below, without a second copy of them.
    context.putImageData(pixels, 0, 0);
    return;
  }
  scratch ??= new OffscreenCanvas(1, 1).getContext('2d', { alpha: false, willReadFrequently: true })!;
  const { canvas } = scratch;
  if (canvas.width !== pixels.width || canvas.height !== pixels.height)
    [canvas.width, canvas.height] = [pixels.width, pixels.height];
  scratch.putImageData(pixels, 0, 0);
  const [w, h] = rotation % 180 === 0 ? [width, height] : [height, width];
  context.save();
  context.translate(width / 2, height / 2);
  // The last of these is done first.
  if (flip) context.scale(-1, 1);
  context.rotate((rotation * Math.PI) / 180);
  context.drawImage(canvas, -w / 2, -h / 2, w, h);
  context.restore();
}
