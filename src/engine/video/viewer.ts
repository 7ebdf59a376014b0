import { latest, type OnPart, serial } from '../../lib/task.ts';
import { failure } from './errors.ts';
import { saysLost } from './lost.ts';
import { openClip } from './open.ts';
import { drawScaled } from './preprocess.ts';
import { nearest } from './timeline.ts';
import type { Clip, ClipInfo, DecodedFrame, FrameReader } from './types.ts';

/** Decodes for looking, apart from the engine so that scrubbing never waits for a run. */
export interface ViewerApi {
  /** `onPart` hears how much of what has to be read has been. */
  open(files: readonly File[], onPart?: OnPart): Promise<ClipInfo>;
  /** The frame, scaled to fit; rejects with AbortError when a later call supersedes it. */
  frame(index: number, width: number, height: number): Promise<ImageBitmap>;
  /**
   * `count` thumbnails spread over the clip (or every frame where it has fewer), each handed over as it is ready; the next
   * is made once that was taken. A frame that cannot be decoded is a black one. Rejects with AbortError when a later call supersedes it.
   */
  filmstrip(
    count: number,
    height: number,
    onThumbnail: (place: number, index: number, bitmap: ImageBitmap) => void | Promise<void>,
  ): Promise<void>;
  close(): Promise<void>;
}

/** Decodes for looking. */
export function createViewer(): ViewerApi {
  let opened: { clip: Clip; reader: FrameReader } | null = null;
  /** The reader takes one call at a time. */
  const turn = serial();

  const need = () => {
    if (!opened) throw failure('video/not-open');
    return opened;
  };

  const open = latest(async (signal, files: readonly File[], onPart?: OnPart) => {
    const clip = await openClip(files, signal, onPart);
    if (signal.aborted) clip.close();
    signal.throwIfAborted();
    opened = { clip, reader: clip.reader() };
    return clip.info;
  });

  const frame = latest((signal, index: number, width: number, height: number) =>
    turn(async () => pictureOf(await need().reader.at(index, signal), width, height), signal),
  );

  const filmstrip = latest(
    async (signal, count: number, height: number, onThumbnail: Parameters<ViewerApi['filmstrip']>[2]) => {
      const { clip } = need();
      const { info } = clip;
      const width = Math.max(1, Math.round((height * info.width) / info.height));
      const places = thumbnailFrames(info.frameCount, count, clip.keyFrames);
      const reader = clip.reader();
      try {
        for (const [place, index] of places.entries()) {
          const frame = await reader.at(index, signal).catch((thrown: unknown) => {
            if (!saysLost(thrown)) throw thrown;
            return null;
          });
          await onThumbnail(place, index, await pictureOf(frame, width, height));
        }
      } finally {
        reader.close();
      }
    },
  );

  const end = () => {
    for (const call of [open, frame, filmstrip]) call.cancel();
    opened?.clip.close();
    opened = null;
  };

  return {
    open: (files, onPart) => {
      end();
      return open(files, onPart);
    },
    frame,
    filmstrip,
    close: async () => end(),
  };
}

/**
 * `count` frames spread evenly, or all where the clip has no more, ascending. Each is the key frame near its ideal
 * place (within a quarter of the spacing) where there is one, for that is far cheaper to decode.
 */
export function thumbnailFrames(frameCount: number, count: number, keys: Int32Array): number[] {
  const shown = Math.min(count, frameCount);
  const spacing = frameCount / shown;
  return Array.from({ length: shown }, (_, place) => {
    const ideal = Math.floor((place + 0.5) * spacing);
    const key = nearest(keys, ideal);
    return Math.abs(key - ideal) <= spacing / 4 ? key : ideal;
  });
}

/** The frame as a bitmap, scaled to width × height, black where there is none; closes the frame. */
async function pictureOf(frame: DecodedFrame | null, width: number, height: number): Promise<ImageBitmap> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false })!;
  try {
    if (frame) drawScaled(frame, context, width, height);
  } finally {
    frame?.close();
  }
  // Scaling down may have needed a larger canvas.
  return canvas.width === width && canvas.height === height
    ? canvas.transferToImageBitmap()
    : createImageBitmap(canvas, 0, 0, width, height);
}
