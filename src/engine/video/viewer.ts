import { failure } from '../../lib/errors.ts';
import type { ViewerApi } from '../session/api.ts';
import { openClip } from './open.ts';
import { drawScaled } from './preprocess.ts';
import { nearest } from './timeline.ts';
import type { Clip, ClipInfo, DecodedFrame, FrameReader } from './types.ts';

/** Decodes for looking. `frame` and `play` share one decoder, so that stepping on costs one decoded frame. */
export function createViewer(): ViewerApi {
  let opened: { clip: Clip; reader: FrameReader } | null = null;
  let opening = new AbortController();
  /** Ends the wish under way (a frame or playing), and the filmstrip under way. */
  let wish = new AbortController();
  let strip = new AbortController();
  /** The reader takes one call at a time: the next wish waits until the last one has let go. */
  let idle: Promise<unknown> = Promise.resolve();

  const need = () => {
    if (!opened) throw failure('video/not-open');
    return opened;
  };

  /** Runs `work` as the newest wish: the one before is aborted first. */
  const supersede = <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    wish.abort(superseded());
    wish = new AbortController();
    const { signal } = wish;
    const result = idle.then(() => {
      signal.throwIfAborted();
      return work(signal);
    });
    idle = result.catch(() => {});
    return result;
  };

  const close = () => {
    for (const controller of [opening, wish, strip]) controller.abort(superseded());
    opened?.clip.close();
    opened = null;
  };

  return {
    async open(files) {
      close();
      opening = new AbortController();
      const { signal } = opening;
      const clip = await openClip(files, signal);
      if (signal.aborted) clip.close();
      signal.throwIfAborted();
      opened = { clip, reader: clip.reader() };
      return clip.info;
    },

    frame: (index, width, height) =>
      supersede(async (signal) => pictureOf(await need().reader.at(index, signal), width, height)),

    play: (from, width, height, onFrame) =>
      supersede(async (signal) => {
        const { clip, reader } = need();
        await playFrom(clip.info, reader, from, signal, async (frame) =>
          onFrame(frame.index, await pictureOf(frame, width, height)),
        );
      }),

    async pause() {
      wish.abort(superseded());
    },

    async filmstrip(count, height, onThumbnail) {
      const { clip } = need();
      strip.abort(superseded());
      strip = new AbortController();
      const { info } = clip;
      const width = Math.max(1, Math.round((height * info.width) / info.height));
      const places = thumbnailFrames(info.frameCount, count, clip.keyFrames);
      let place = 0;
      for await (const frame of clip.frames(places, strip.signal))
        onThumbnail(place++, frame.index, await pictureOf(frame, width, height));
    },

    async close() {
      close();
    },
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

/**
 * Hands over frames from `from` on at the clip's own pace, to its end; where decoding or the receiver is late,
 * frames are left out rather than time stretched.
 */
async function playFrom(
  { timestamps, frameCount }: ClipInfo,
  reader: FrameReader,
  from: number,
  signal: AbortSignal,
  onFrame: (frame: DecodedFrame) => Promise<void>,
): Promise<void> {
  const start = performance.now() - timestamps[from]! * 1000;
  for (let index = from; index < frameCount; index++) {
    const late = (at: number) => performance.now() - start - timestamps[at]! * 1000;
    while (index + 1 < frameCount && late(index + 1) > 0) index++;
    const frame = await reader.at(index, signal);
    await delay(-late(index), signal).catch((error: unknown) => {
      frame.close();
      throw error;
    });
    await onFrame(frame);
  }
}

function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** The frame as a bitmap, scaled to width × height; closes the frame. */
async function pictureOf(frame: DecodedFrame, width: number, height: number): Promise<ImageBitmap> {
  const canvas = new OffscreenCanvas(width, height);
  try {
    drawScaled(frame, canvas.getContext('2d', { alpha: false })!, width, height);
  } finally {
    frame.close();
  }
  // Scaling down may have needed a larger canvas.
  return canvas.width === width && canvas.height === height
    ? canvas.transferToImageBitmap()
    : createImageBitmap(canvas, 0, 0, width, height);
}

const superseded = () => new DOMException('A newer wish overtook this one.', 'AbortError');
