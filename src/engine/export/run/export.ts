import type { Size } from '../../../lib/size.ts';
import { type ZipEntry, zipOf } from '../../../lib/zip.ts';
import { canvasOf, drawFrame } from '../canvas.ts';
import { failure } from '../errors.ts';
import type { AnnotatedFrame, Format, Job, Written } from '../format.ts';
import { type ExportContent, type ExportOrder, fileOf, formatOf } from '../formats/index.ts';
import { type Ground, groundAt, maskFrames, picturedFrames, type Tick } from '../frames.ts';
import { stemOf } from '../names.ts';
import type { ExportNote } from '../notes.ts';
import type { Painter } from '../picture.ts';
import { type Sink, writeAll } from '../sink.ts';
import {
  type ExportProgress,
  type ExportResult,
  type ExportSource,
  frameRange,
  framesOf,
  type Selection,
} from '../types.ts';

/**
 * Writes one export to a sink, which it closes; on an error, or when the signal fires, it is left without a trace.
 * @throws export/no-objects, export/no-encoder, export/cannot-write; the signal's reason
 */
export async function runExport(
  source: ExportSource,
  { content, ...selection }: ExportOrder,
  sink: Sink,
  onProgress: (progress: ExportProgress) => void,
  signal: AbortSignal,
): Promise<ExportResult> {
  try {
    if (selection.objects.length === 0) throw failure('export/no-objects');
    const { info } = source.clip;
    const format = formatOf(content.kind);
    const all = framesOf(selection, info.frameCount);
    const masked = all.filter((frame) => source.isMasked(frame));
    // Where each frame stands for itself, one without masks would say that no object is in it.
    const frames = format.frames === 'each' ? masked : all;
    const lost = new Set<number>();
    const job = jobOf(source, selection, { frames, lost }, sink, ticker(frames.length, onProgress), signal);
    const { bytes, notes } = await (selection.still === undefined
      ? format.write(job, content)
      : writeStill(job, content, selection.still));
    signal.throwIfAborted();
    const blob = await sink.close();
    const { name, type } =
      selection.still === undefined
        ? fileOf(content, info.name)
        : { name: `${stemOf(info.name)}.png`, type: 'image/png' };
    const said = [...notes, ...lostNotes(lost.size), ...maskNotes(all.length - masked.length, format)];
    const file = blob && new File([blob], name, { type });
    return { bytes, frames: frames.length - lost.size, file, notes: said };
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

const lostNotes = (count: number): ExportNote[] =>
  count === 0 ? [] : [{ code: 'export/lost', params: { count } }];

/** @param count frames of the selection that have no masks */
const maskNotes = (count: number, { frames }: Pick<Format, 'frames'>): ExportNote[] =>
  count === 0
    ? []
    : [{ code: frames === 'each' ? 'export/unmasked-left-out' : 'export/unmasked', params: { count } }];

/** One picture of what a format shows. */
async function writeStill(job: Job, content: ExportContent, longest: number): Promise<Written> {
  const ground = groundAt(job.size, job.ground.objects, longest / Math.max(job.size.width, job.size.height));
  const paintFrame = await formatOf(content.kind).painter?.(content, ground);
  if (!paintFrame) throw new Error(`The export format ${content.kind} shows no pictures.`);
  return job.writeBytes(still(job, ground, paintFrame));
}

async function* still(job: Job, { size }: Ground, paintFrame: Painter) {
  for await (const frame of job.pictures(size)) {
    const context = canvasOf(size);
    paintFrame(context, frame);
    // What was scaled down step by step has made the canvas larger.
    const own = canvasOf(size);
    own.drawImage(context.canvas, 0, 0);
    const png = await own.canvas.convertToBlob({ type: 'image/png' });
    yield new Uint8Array(await png.arrayBuffer());
  }
}

/** @param lost takes frames that turn out not to be decodable */
function jobOf(
  source: ExportSource,
  selection: Selection,
  { frames, lost }: Pick<Job, 'frames'> & { lost: Set<number> },
  sink: Sink,
  tick: Tick,
  signal: AbortSignal,
): Job {
  const { info } = source.clip;
  const size: Size = { width: info.width, height: info.height };
  const masks = () => maskFrames(source, selection, frames, size, tick, signal);
  const pictures = (at = size) => picturedFrames(source, selection, frames, lost, at, tick, signal);
  const writeBytes = async (
    parts: AsyncIterable<Uint8Array<ArrayBuffer>>,
    notes: readonly ExportNote[] = [],
  ): Promise<Written> => ({ bytes: await writeAll(sink, parts, signal), notes });
  return {
    source,
    selection,
    info,
    range: frameRange(selection, info.frameCount),
    frames,
    size,
    ground: groundAt(size, selection.objects.length, 1),
    stem: stemOf(info.name),
    masks,
    pictures,
    annotated: (withPictures) => annotated(withPictures ? pictures() : masks(), size),
    writeBytes,
    writeText: (parts) => writeBytes(encoded(parts)),
    writeZip: (entries: AsyncIterable<ZipEntry>, notes) => writeBytes(zipOf(entries), notes),
    sink,
    tick,
    signal,
  };
}

/** Frames with their pictures as JPEG, where they come with pictures. */
async function* annotated(
  frames: ReturnType<typeof maskFrames> | ReturnType<typeof picturedFrames>,
  size: Size,
): AsyncGenerator<AnnotatedFrame, void, undefined> {
  for await (const frame of frames) {
    if (!('frame' in frame)) {
      yield { ...frame, picture: null };
      continue;
    }
    const context = canvasOf(size);
    drawFrame(context, frame.frame, size);
    const picture = await context.canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 });
    yield { index: frame.index, places: frame.places, picture };
  }
}

/** Counts frames, and estimates how long the rest will take at the pace so far. */
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

async function* encoded(
  parts: AsyncIterable<string>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const encoder = new TextEncoder();
  for await (const part of parts) yield encoder.encode(part);
}
