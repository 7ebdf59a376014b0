import type { Size } from '../../lib/size.ts';
import { serial } from '../../lib/task.ts';
import { failure } from './errors.ts';
import { lostWith } from './lost.ts';
import { rgbaAt } from './preprocess.ts';
import type { Clip, FrameReader } from './types.ts';

/** Shares of red, green and blue: Rec. 601, as OpenCV weighs the colours. */
export const LUMA = [0.299, 0.587, 0.114] as const;
const [RED, GREEN, BLUE] = LUMA;
/** Frames ahead of an analysed one that flow looks; where a shot begins or ends it looks once more, from the next one. */
const LOOK = 3;
/** Frames kept at most, however few are analysed: 0.6 MB each, as a picture and as luma. */
const MOST_KEPT = 64;
/** Lumas that are kept at the least: what the neighbours of frames analysed a few frames apart share. */
const LUMAS = 32;

/**
 * Frames whose pictures are kept: where the two sides of a frame disagree, it is analysed once the later one has been, and
 * the frames that flow saw around that.
 */
const picturesFor = (stride: number): number => Math.min(MOST_KEPT, stride + 2 * LOOK);

/**
 * Frames of a clip as following needs them: for the flow and for the model, of one decoded frame. As long as frames are asked
 * for in order, give or take a few, each is decoded once.
 */
export interface FrameFeed {
  /** [height, width] of the frame at the flow's size, 0…255; where it cannot be decoded, that of the one before it. */
  luma(frame: number): Promise<Float32Array>;
  /** [height, width, 4] of the frame at the model's size. Throws `video/frame-lost` or `video/damaged` where it cannot be decoded. */
  picture(frame: number): Promise<Uint8ClampedArray>;
  /** Frames that were found not to be decodable. */
  readonly lost: ReadonlySet<number>;
  close(): void;
}

/**
 * A feed with a decoder of its own. Calls take turns; they throw `video/…`, and the signal's reason.
 *
 * @param lost frames that are known not to be decodable; those that are found to be are added
 * @param stride frames from one that is analysed to the next: those between them are asked for after the later one
 */
export function createFeed(
  clip: Clip,
  { flow, model, stride, lost }: { flow: Size; model: Size; stride: number; lost: Set<number> },
  signal: AbortSignal,
): FrameFeed {
  let reader: FrameReader | null = null;
  const lumas = new Map<number, Float32Array>();
  const pictures = new Map<number, Uint8ClampedArray>();
  const turn = serial();
  /** The frame that was decoded last. */
  let last = Number.NEGATIVE_INFINITY;
  const pictureCount = picturesFor(stride);
  const lumaCount = Math.max(LUMAS, pictureCount);
  /** Frames ahead up to which all on the way are taken: they are propagated into, and flow asks for them sooner or later. */
  const near = Math.min(Math.max(LOOK, stride), pictureCount);
  const same = flow.width === model.width && flow.height === model.height;
  const sizes = same ? [flow] : [flow, model];

  /** Takes of a frame all that will be asked for: going back to it would mean decoding from a key frame on. */
  async function take(index: number): Promise<{ luma: Float32Array; picture: Uint8ClampedArray }> {
    if (index - last <= near)
      for (let between = last + 1; between < index; between++) if (!lost.has(between)) await pass(between);
    if (lost.has(index)) throw failure('video/frame-lost', { name: clip.info.name, index });
    reader ??= clip.reader();
    const decoded = await reader.at(index, signal).catch((thrown: unknown) => {
      for (const frame of lostWith(clip, index, thrown)) lost.add(frame);
      throw thrown;
    });
    last = index;
    try {
      const [seen, other = seen] = rgbaAt(decoded, sizes);
      const luma = lumas.get(index) ?? lumaOf(seen!.data);
      const picture = other!.data;
      keep(lumas, lumaCount, index, luma);
      keep(pictures, pictureCount, index, picture);
      return { luma, picture };
    } finally {
      decoded.close();
    }
  }

  /** Takes a frame that nobody has asked for yet. */
  async function pass(index: number): Promise<void> {
    await take(index).catch((thrown: unknown) => {
      if (!lost.has(index)) throw thrown;
    });
  }

  async function lumaAt(index: number): Promise<Float32Array> {
    const kept = lumas.get(index);
    if (kept) return kept;
    try {
      return (await take(index)).luma;
    } catch (thrown) {
      const instead = lost.has(index) ? besides(index) : undefined;
      if (instead === undefined) throw thrown;
      const luma = await lumaAt(instead);
      keep(lumas, lumaCount, index, luma);
      return luma;
    }
  }

  /** The frame that a lost one is taken for: the last before it that is not lost, or the first behind it. */
  function besides(index: number): number | undefined {
    for (let before = index - 1; before >= 0; before--) if (!lost.has(before)) return before;
    for (let after = index + 1; after < clip.info.frameCount; after++) if (!lost.has(after)) return after;
    return undefined;
  }

  return {
    lost,
    luma: (index) => turn(() => lumaAt(index)),
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
