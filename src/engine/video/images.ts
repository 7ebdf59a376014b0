import type { UnpromptedError } from '../../lib/failure.ts';
import type { Size } from '../../lib/size.ts';
import type { OnPart } from '../../lib/task.ts';
import { clipOf } from './clip.ts';
import { decodedFrame, type Turn } from './decoded.ts';
import { failure } from './errors.ts';
import { shownSize } from './imagesize.ts';
import type { ClipNote } from './notes.ts';
import { SNIFF_BYTES } from './sniff.ts';
import type { Clip, DecodedFrame } from './types.ts';

/** Frames a second of images that say nothing about time. */
const SEQUENCE_RATE = 24;
const UPRIGHT: Turn = { rotation: 0, flip: false };
/** Files that are read at the same time. */
const AT_ONCE = 8;

/** A still image, recognised. */
export interface Still {
  file: File;
  type: string;
}

/**
 * Opens stills, in the order given, as the frames of a clip. Sizes, as shown, are compared by their
 * headers where these have them, without decoding.
 * @throws video/odd-size, video/damaged
 */
export async function openStills(
  stills: readonly Still[],
  signal?: AbortSignal,
  onPart?: OnPart,
): Promise<Clip> {
  const first = stills[0]!;
  const sizes: Size[] = [];
  for (let at = 0; at < stills.length; at += AT_ONCE) {
    signal?.throwIfAborted();
    sizes.push(...(await Promise.all(stills.slice(at, at + AT_ONCE).map(sizeOf))));
    onPart?.(sizes.length / stills.length);
  }
  const { width, height } = sizes[0]!;
  sizes.forEach((size, at) => {
    sameSize(stills[at]!.file, size, first.file, { width, height });
  });
  (await decode(first)).close();
  const timestamps = Float64Array.from(stills, (_, at) => at / SEQUENCE_RATE);
  return clipOf({
    info: {
      name: stills.length === 1 ? first.file.name : nameOf(stills),
      container: stills.length === 1 ? first.type.replace('image/', '').toUpperCase() : 'images',
      codec: first.type,
      width,
      height,
      frameCount: stills.length,
      timestamps,
      duration: stills.length / SEQUENCE_RATE,
      rotation: 0,
      hasAudio: false,
      bytes: stills.reduce((sum, { file }) => sum + file.size, 0),
      notes: [],
    },
    keyFrames: Int32Array.from(stills, (_, at) => at),
    reader: () => ({
      at: async (index, reading) => {
        const still = stills[index]!;
        const bitmap = await decode(still);
        try {
          reading?.throwIfAborted();
          sameSize(still.file, bitmap, first.file, { width, height });
        } catch (error) {
          bitmap.close();
          throw error;
        }
        return drawn(bitmap, index, timestamps[index]!);
      },
      close: () => {},
    }),
    close: () => {},
  });
}

/**
 * Opens an animated GIF, WebP, APNG or AVIF. Its frames' times are known only once each was decoded, so all are, once.
 * @throws video/browser, video/damaged
 */
export async function openAnimation(
  { file, type }: Still,
  signal?: AbortSignal,
  onPart?: OnPart,
): Promise<Clip> {
  const { name } = file;
  if (typeof ImageDecoder === 'undefined' || !(await ImageDecoder.isTypeSupported(type)))
    throw failure('video/browser', { name, lacks: 'ImageDecoder', type });
  const data = await file.arrayBuffer();
  const decoder = new ImageDecoder({ data, type, preferAnimation: true });
  const timestamps: number[] = [];
  const notes: ClipNote[] = [];
  let size: Size = { width: 0, height: 0 };
  let end = 0;
  try {
    for (let frameIndex = 0; ; frameIndex++) {
      signal?.throwIfAborted();
      const shown = await nextOf(decoder, frameIndex);
      if (shown === 'end') break;
      if (shown === 'broken') {
        if (frameIndex === 0) throw new Error('its first frame is not whole');
        notes.push({ code: 'clip/first-frames', params: { frames: frameIndex } });
        break;
      }
      size = { width: shown.displayWidth, height: shown.displayHeight };
      timestamps.push(end);
      onPart?.(
        timestamps.length / Math.max(timestamps.length, decoder.tracks.selectedTrack?.frameCount ?? 0),
      );
      end += shownFor(shown.duration ?? 0);
      shown.close();
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    throw imageDamaged(name, type, error);
  } finally {
    decoder.close();
  }
  return clipOf({
    info: {
      name,
      container: type === 'image/png' ? 'APNG' : type === 'image/webp' ? 'WebP' : type.slice(6).toUpperCase(),
      codec: type,
      ...size,
      frameCount: timestamps.length,
      timestamps: Float64Array.from(timestamps),
      duration: end,
      rotation: 0,
      hasAudio: false,
      bytes: file.size,
      notes,
    },
    keyFrames: Int32Array.of(0),
    reader: () => {
      const reading = new ImageDecoder({ data, type, preferAnimation: true });
      return {
        at: async (index, stop) => {
          stop?.throwIfAborted();
          const { image } = await reading.decode({ frameIndex: index }).catch((error: unknown) => {
            const closed = error instanceof DOMException && error.name === 'AbortError';
            throw closed ? error : imageDamaged(name, type, error);
          });
          if (stop?.aborted) image.close();
          stop?.throwIfAborted();
          return decodedFrame({ colour: image, alpha: null }, index, timestamps[index]!, UPRIGHT);
        },
        close: () => reading.close(),
      };
    },
    close: () => {},
  });
}

/** The next frame of an animation; or that there is none, or that it is not all there. */
async function nextOf(decoder: ImageDecoder, frameIndex: number): Promise<VideoFrame | 'end' | 'broken'> {
  try {
    await decoder.tracks.ready;
    const count = () => decoder.tracks.selectedTrack?.frameCount ?? 0;
    if (frameIndex >= count()) await decoder.completed;
    if (frameIndex >= count()) return 'end';
    const { image, complete } = await decoder.decode({ frameIndex });
    if (complete) return image;
    image.close();
    return 'broken';
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    return 'broken';
  }
}

/** Seconds that browsers show a frame for: what should last a hundredth or less gets a tenth, as everywhere. */
function shownFor(microseconds: number): number {
  return microseconds <= 10_000 ? 0.1 : microseconds / 1e6;
}

async function sizeOf(still: Still): Promise<Size> {
  const { file, type } = still;
  const head = new Uint8Array(await file.slice(0, SNIFF_BYTES).arrayBuffer());
  const size = shownSize(head, type) ?? shownSize(new Uint8Array(await file.arrayBuffer()), type);
  if (size) return size;
  const bitmap = await decode(still);
  const { width, height } = bitmap;
  bitmap.close();
  return { width, height };
}

function sameSize(file: File, size: Size, firstFile: File, wanted: Size): void {
  if (size.width === wanted.width && size.height === wanted.height) return;
  const words = ({ width, height }: Size) => `${width}×${height}`;
  throw failure('video/odd-size', {
    name: file.name,
    size: words(size),
    first: firstFile.name,
    wanted: words(wanted),
  });
}

/** Decoded upright: browsers apply a JPEG's EXIF orientation. */
async function decode({ file, type }: Still): Promise<ImageBitmap> {
  return createImageBitmap(file).catch((error: unknown) => {
    throw imageDamaged(file.name, type, error);
  });
}

function imageDamaged(name: string, type: string, cause: unknown): UnpromptedError {
  const detail = { code: 'image', params: { type: type.replace('image/', '').toUpperCase() } } as const;
  return failure('video/damaged', { name, detail }, { cause });
}

function drawn(image: ImageBitmap, index: number, timestamp: number): DecodedFrame {
  return {
    index,
    timestamp,
    width: image.width,
    height: image.height,
    draw: (context, width, height) => {
      context.fillStyle = 'black';
      context.fillRect(0, 0, width, height);
      context.drawImage(image, 0, 0, width, height);
    },
    close: () => image.close(),
  };
}

/** The folder's name where there is one, else the first file's. */
function nameOf(stills: readonly Still[]): string {
  const { webkitRelativePath, name } = stills[0]!.file;
  return webkitRelativePath.split('/').at(-2) ?? `${name} … (${stills.length} images)`;
}
