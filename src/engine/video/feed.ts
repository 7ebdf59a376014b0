import { serial } from '../../lib/task.ts';
import { rgbaOf } from './preprocess.ts';
import type { Clip, FrameReader } from './types.ts';

/** Shares of red, green and blue: Rec. 601, as OpenCV weighs the colours. */
export const LUMA = [0.299, 0.587, 0.114] as const;
const [RED, GREEN, BLUE] = LUMA;
/** Lumas that are kept: what the neighbours of frames analysed a few frames apart share. */
const LUMAS = 32;
/** Pictures that are kept: flow looks three frames ahead of the frame that is analysed. */
const PICTURES = 8;

/** Frames ahead up to which all on the way are taken: as far as flow looks. */
const NEAR = 3;

interface Size {
  width: number;
  height: number;
}

/**
 * Frames of a clip as following needs them: for the flow and for the model, of one decoded frame. As long as frames are asked
 * for in order, give or take a few, each is decoded once.
 */
export interface FrameFeed {
  /** [height, width] of the frame at the flow's size, 0…255. */
  luma(frame: number): Promise<Float32Array>;
  /** [height, width, 4] of the frame at the model's size. */
  picture(frame: number): Promise<Uint8ClampedArray>;
  close(): void;
}

/** A feed with a decoder of its own. Calls take turns; they throw `video/…`, and the signal's reason. */
export function createFeed(
  clip: Clip,
  { flow, model }: { flow: Size; model: Size },
  signal: AbortSignal,
): FrameFeed {
  let reader: FrameReader | null = null;
  const lumas = new Map<number, Float32Array>();
  const pictures = new Map<number, Uint8ClampedArray>();
  const turn = serial();
  /** The frame that was decoded last. */
  let last = Number.NEGATIVE_INFINITY;
  const same = flow.width === model.width && flow.height === model.height;

  /** Takes of a frame all that will be asked for: going back to it would mean decoding from a key frame on. */
  async function take(index: number): Promise<{ luma: Float32Array; picture: Uint8ClampedArray }> {
    // What lies between is on the way, and flow asks for it sooner or later.
    if (index - last <= NEAR) for (let between = last + 1; between < index; between++) await take(between);
    reader ??= clip.reader();
    const decoded = await reader.at(index, signal);
    last = index;
    try {
      const seen = rgbaOf(decoded, flow.width, flow.height).data;
      const picture = same ? seen : rgbaOf(decoded, model.width, model.height).data;
      const luma = lumas.get(index) ?? lumaOf(seen);
      keep(lumas, LUMAS, index, luma);
      keep(pictures, PICTURES, index, picture);
      return { luma, picture };
    } finally {
      decoded.close();
    }
  }

  return {
    luma: (index) => turn(async () => lumas.get(index) ?? (await take(index)).luma),
    picture: (index) => turn(async () => pictures.get(index) ?? (await take(index)).picture),
    close() {
      reader?.close();
      reader = null;
      lumas.clear();
      pictures.clear();
    },
  };
}

/** Keeps a value, and of all no more than the newest. */
function keep<Value>(kept: Map<number, Value>, most: number, index: number, value: Value): void {
  kept.set(index, value);
  const oldest = kept.keys().next();
  if (kept.size > most && !oldest.done) kept.delete(oldest.value);
}

function lumaOf(rgba: Uint8ClampedArray): Float32Array {
  const luma = new Float32Array(rgba.length / 4);
  for (let i = 0; i < luma.length; i++)
    luma[i] = RED * rgba[4 * i]! + GREEN * rgba[4 * i + 1]! + BLUE * rgba[4 * i + 2]!;
  return luma;
}
