import type { ClipNote } from './notes.ts';

/** What an opened clip is. Sizes are as displayed: after rotation and with square pixels. */
export interface ClipInfo {
  name: string;
  /** 'MP4', 'QuickTime', 'WebM', 'Matroska', 'GIF', 'WebP', 'images', … */
  container: string;
  /** Codec in its short name ('avc', 'vp9', …); for images, their type. */
  codec: string;
  width: number;
  height: number;
  frameCount: number;
  /** Presentation time of each frame in seconds, ascending (some files give two the same); length = frameCount. */
  timestamps: Float64Array;
  /** Seconds from the first frame's start to the last frame's end. */
  duration: number;
  /** Clockwise rotation that was applied for display, degrees. */
  rotation: 0 | 90 | 180 | 270;
  hasAudio: boolean;
  bytes: number;
  /** What a user should know of the file: what was left out or is not followed. */
  notes: readonly ClipNote[];
}

/** One decoded frame. Close it as soon as it is used: decoders stall when many are alive. */
export interface DecodedFrame {
  /** Place in the clip, 0-based, counted in presentation order. */
  index: number;
  /** Seconds. */
  timestamp: number;
  /** Its own size in pixels: upright, with square pixels. */
  width: number;
  height: number;
  /** Draws the whole frame, upright, scaled to width × height at (0, 0). What is transparent in it becomes black. */
  draw(
    context: OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D,
    width: number,
    height: number,
  ): void;
  close(): void;
}

/** Decodes frame after frame; cheap where the places asked for ascend. One call at a time. */
export interface FrameReader {
  /**
   * The frame `index`; the caller closes it. When the signal fires it rejects with the signal's reason, and the
   * reader can go on to be used.
   */
  at(index: number, signal?: AbortSignal): Promise<DecodedFrame>;
  close(): void;
}

/** An opened clip. Frames are decoded only when asked for. */
export interface Clip {
  readonly info: ClipInfo;
  /** Frames that decode by themselves, ascending: the cheap ones to jump to. At least one. */
  readonly keyFrames: Int32Array;
  /** A reader of its own, with a decoder of its own. */
  reader(): FrameReader;
  /**
   * Decodes the frames with these indices (ascending), in order, at most a handful alive at once.
   * Closing the generator early, or the signal, stops the decoder.
   */
  frames(indices: readonly number[], signal?: AbortSignal): AsyncGenerator<DecodedFrame, void, undefined>;
  close(): void;
}

/** What is taken from RGB in 0..1, and what it is then divided by. */
export interface Normalisation {
  mean: readonly [number, number, number];
  std: readonly [number, number, number];
}
