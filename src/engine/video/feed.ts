import { rgbaOf } from './preprocess.ts';
import type { Clip, DecodedFrame, FrameReader } from './types.ts';

/** Rec. 601, as OpenCV weighs the colours. */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114];
/** Lumas that are kept: what the neighbours of frames analysed a few frames apart share. */
const KEPT = 32;

/** Frames of a clip as following needs them, decoded once each as long as they are asked for in order. */
export interface FrameFeed {
  /** [height, width] of the frame at the size given at creation, 0…255. */
  luma(frame: number): Promise<Float32Array>;
  /** The frame itself, to `use` before it is closed; its luma is kept on the way. */
  frame<T>(frame: number, use: (decoded: DecodedFrame) => T): Promise<T>;
  close(): void;
}

/** A feed with a decoder of its own. One call at a time; calls throw `video/…`, and the signal's reason. */
export function createFeed(
  clip: Clip,
  { width, height }: { width: number; height: number },
  signal: AbortSignal,
): FrameFeed {
  let reader: FrameReader | null = null;
  const lumas = new Map<number, Float32Array>();

  async function frame<T>(index: number, use: (decoded: DecodedFrame) => T): Promise<T> {
    reader ??= clip.reader();
    const decoded = await reader.at(index, signal);
    try {
      if (!lumas.has(index)) keep(index, lumaOf(rgbaOf(decoded, width, height).data));
      return use(decoded);
    } finally {
      decoded.close();
    }
  }

  function keep(index: number, luma: Float32Array): void {
    lumas.set(index, luma);
    const oldest = lumas.keys().next();
    if (lumas.size > KEPT && !oldest.done) lumas.delete(oldest.value);
  }

  return {
    frame,
    async luma(index) {
      if (!lumas.has(index)) await frame(index, () => undefined);
      return lumas.get(index)!;
    },
    close() {
      reader?.close();
      reader = null;
      lumas.clear();
    },
  };
}

function lumaOf(rgba: Uint8ClampedArray): Float32Array {
  const luma = new Float32Array(rgba.length / 4);
  for (let i = 0; i < luma.length; i++)
    luma[i] = RED * rgba[4 * i]! + GREEN * rgba[4 * i + 1]! + BLUE * rgba[4 * i + 2]!;
  return luma;
}
