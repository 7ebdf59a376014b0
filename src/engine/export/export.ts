import { failure } from '../../lib/errors.ts';
import { cocoOf, youtubeVisOf } from './coco.ts';
import { csvOf } from './csv.ts';
import { frameTimes, maskFrames, picturedFrames, type Size, type Tick } from './frames.ts';
import { gifOf, tooFastForGif } from './gif.ts';
import { fileOf, frameName, stemOf } from './names.ts';
import { overlayPainter } from './picture.ts';
import { type Sink, writeAll } from './sink.ts';
import {
  type ExportOrder,
  type ExportProgress,
  type ExportResult,
  type ExportSource,
  frameRange,
} from './types.ts';
import { writeVideo } from './video.ts';
import { davisEntries, objectEntries, zipOf } from './zip.ts';

/** Most objects that the indices of a palette picture tell apart beside 0, the background. */
const MOST_INDICES = 255;

type Bytes = AsyncIterable<Uint8Array<ArrayBuffer>>;

/**
 * Writes one export to a sink, which it closes; on an error, or when the signal fires, it is left without a trace.
 * @throws export/no-objects, export/too-many-objects, export/no-encoder, export/cannot-write; the signal's reason
 */
export async function runExport(
  source: ExportSource,
  order: ExportOrder,
  sink: Sink,
  onProgress: (progress: ExportProgress) => void,
  signal: AbortSignal,
): Promise<ExportResult> {
  try {
    check(order);
    const { count } = frameRange(order, source.clip.info.frameCount);
    const { bytes, notes } = await write(source, order, sink, ticker(count, onProgress), signal);
    signal.throwIfAborted();
    const blob = await sink.close();
    const { name, type } = fileOf(order.content, source.clip.info.name);
    return { bytes, frames: count, file: blob && new File([blob], name, { type }), notes };
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

async function write(
  source: ExportSource,
  order: ExportOrder,
  sink: Sink,
  tick: Tick,
  signal: AbortSignal,
): Promise<{ bytes: number; notes: string[] }> {
  const { content, objects } = order;
  const { info } = source.clip;
  const range = frameRange(order, info.frameCount);
  const stem = stemOf(info.name);
  const size: Size = { width: info.width, height: info.height };
  const masks = () => maskFrames(source, order, size, tick, signal);
  const pictures = (at = size) => picturedFrames(source, order, at, tick, signal);
  const picture = (frame: number) => `${stem}/${frameName(frame, 'jpg')}`;
  const whole = async (parts: Bytes, notes: string[] = []) => ({
    bytes: await writeAll(sink, parts, signal),
    notes,
  });

  switch (content.kind) {
    case 'davis':
      return whole(zipOf(davisEntries(masks(), objects, size, stem)));
    case 'objects':
      return whole(zipOf(objectEntries(pictures(), objects, size, stem)));
    case 'csv':
      return whole(encoded(csvOf(masks(), objects, info.width, info.timestamps)));
    case 'coco':
      return whole(encoded(cocoOf(masks(), objects, info, range, picture)));
    case 'youtube-vis':
      return whole(encoded(youtubeVisOf(masks(), objects, info, range, picture)));
    case 'gif': {
      const small = scaled(size, content.width);
      const { duration } = frameTimes(info, range.start, range.count);
      const slow =
        'GIF cannot show more than 50 frames a second, so this one plays more slowly than the clip.';
      const parts = gifOf(pictures(small), small, overlayPainter(content.overlay, small));
      return whole(parts, tooFastForGif(duration) ? [slow] : []);
    }
    default:
      return writeVideo(source, order, content, sink, tick, signal);
  }
}

function check({ content, objects }: ExportOrder): void {
  if (objects.length === 0) throw failure('export/no-objects');
  if (content.kind === 'davis' && objects.some(({ index }) => index > MOST_INDICES))
    throw failure('export/too-many-objects', { objects: objects.length, most: MOST_INDICES });
}

/** Counts frames, and tells how long the rest will take at the pace so far. */
function ticker(total: number, onProgress: (progress: ExportProgress) => void): Tick {
  const started = performance.now();
  let done = 0;
  onProgress({ done, total, left: null });
  return () => {
    done++;
    const seconds = (performance.now() - started) / 1000;
    onProgress({ done, total, left: seconds > 1 ? (seconds / done) * (total - done) : null });
  };
}

/** At most `width` wide, its shape kept. */
function scaled(size: Size, width: number): Size {
  const scale = Math.min(1, width / size.width);
  return {
    width: Math.max(1, Math.round(size.width * scale)),
    height: Math.max(1, Math.round(size.height * scale)),
  };
}

async function* encoded(
  parts: AsyncIterable<string>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const encoder = new TextEncoder();
  for await (const part of parts) yield encoder.encode(part);
}
