import type { UnpromptedError } from '../../lib/failure.ts';
import { clipOf } from './clip.ts';
import { failure } from './errors.ts';
import { type Size, storedSize } from './imagesize.ts';
import { SNIFF_BYTES } from './sniff.ts';
import type { Clip, DecodedFrame } from './types.ts';

/** Frames a second of images that say nothing about time. */
const SEQUENCE_RATE = 24;
/** Files that are read at the same time. */
const AT_ONCE = 8;

/** A still image, recognised. */
export interface Still {
  file: File;
  type: string;
}

/**
 * Opens stills, in the order given, as the frames of a clip. Sizes are compared by their headers, without decoding.
 * @throws video/odd-size, video/damaged
 */
export async function openStills(stills: readonly Still[], signal?: AbortSignal): Promise<Clip> {
  const first = stills[0]!;
  const stored: (Size | null)[] = [];
  for (let at = 0; at < stills.length; at += AT_ONCE) {
    signal?.throwIfAborted();
    stored.push(...(await Promise.all(stills.slice(at, at + AT_ONCE).map(sizeOf))));
  }
  stored.forEach((size, at) => {
    if (size && stored[0]) sameSize(stills[at]!.file, size, first.file, stored[0]);
  });
  const shown = await decode(first);
  const { width, height } = shown;
  shown.close();
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
export async function openAnimation({ file, type }: Still, signal?: AbortSignal): Promise<Clip> {
  const { name } = file;
  if (typeof ImageDecoder === 'undefined' || !(await ImageDecoder.isTypeSupported(type)))
    throw failure('video/browser', { name, lacks: `ImageDecoder for ${type}` });
  const data = await file.arrayBuffer();
  const decoder = new ImageDecoder({ data, type, preferAnimation: true });
  const timestamps: number[] = [];
  let size: Size = { width: 0, height: 0 };
  let end = 0;
  try {
    await decoder.completed;
    await decoder.tracks.ready;
    const count = decoder.tracks.selectedTrack?.frameCount ?? 0;
    if (count === 0) throw new Error('it holds no frame');
    for (let frameIndex = 0; frameIndex < count; frameIndex++) {
      signal?.throwIfAborted();
      const { image } = await decoder.decode({ frameIndex });
      size = { width: image.displayWidth, height: image.displayHeight };
      timestamps.push(end);
      end += (image.duration ?? 0) / 1e6 || 1 / SEQUENCE_RATE;
      image.close();
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
          return drawn(image, index, timestamps[index]!);
        },
        close: () => reading.close(),
      };
    },
    close: () => {},
  });
}

async function sizeOf({ file, type }: Still): Promise<Size | null> {
  const head = new Uint8Array(await file.slice(0, SNIFF_BYTES).arrayBuffer());
  return storedSize(head, type) ?? storedSize(new Uint8Array(await file.arrayBuffer()), type);
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
  const detail = `it begins like ${type.replace('image/', '').toUpperCase()}, but it cannot be decoded`;
  return failure('video/damaged', { name, detail }, { cause });
}

function drawn(image: ImageBitmap | VideoFrame, index: number, timestamp: number): DecodedFrame {
  return {
    index,
    timestamp,
    width: 'displayWidth' in image ? image.displayWidth : image.width,
    height: 'displayHeight' in image ? image.displayHeight : image.height,
    draw: (context, width, height) => context.drawImage(image, 0, 0, width, height),
    close: () => image.close(),
  };
}

/** The folder's name where there is one, else the first file's. */
function nameOf(stills: readonly Still[]): string {
  const { webkitRelativePath, name } = stills[0]!.file;
  return webkitRelativePath.split('/').at(-2) ?? `${name} … (${stills.length} images)`;
}
