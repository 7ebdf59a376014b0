import { BlobSource, Input, MATROSKA, MP4, MPEG_TS, QTFF, WEBM } from 'mediabunny';
import type { OnPart } from '../../lib/task.ts';
import { type EditList, readMovie } from './isobmff.ts';
import { repairMatroska } from './matroska.ts';
import { repairTransport } from './mpegts.ts';
import type { ClipNote } from './notes.ts';

/** A file as the demuxer reads it. */
export interface Demuxed {
  input: Input;
  /** The edit list of a track, which the demuxer does not follow; null: it has none. */
  edits(trackId: number): EditList | null;
  /** What was left out of the file. */
  notes: readonly ClipNote[];
}

/**
 * Hands a file to the demuxer, made ready for it; the caller disposes of the input. `edits`: who follows edit lists, the
 * caller or (as far as it does) the demuxer. `onPart`: how much of a file that has to be walked through has been.
 */
export async function demux(
  file: Blob,
  container: string,
  edits: 'caller' | 'demuxer',
  signal?: AbortSignal,
  onPart?: OnPart,
): Promise<Demuxed> {
  const ready = await readyFor(file, container, edits, signal, onPart);
  signal?.throwIfAborted();
  const input = new Input({
    source: new BlobSource(ready.blob),
    formats: [MP4, QTFF, MATROSKA, WEBM, MPEG_TS],
  });
  return { input, edits: ready.edits ?? (() => null), notes: ready.notes };
}

interface Ready {
  blob: Blob;
  notes: readonly ClipNote[];
  edits?: Demuxed['edits'];
}

async function readyFor(
  file: Blob,
  container: string,
  edits: 'caller' | 'demuxer',
  signal?: AbortSignal,
  onPart?: OnPart,
): Promise<Ready> {
  const junk = (bytes: number): ClipNote[] =>
    bytes === 0 ? [] : [{ code: 'clip/junk', params: { bytes, container } }];
  switch (container) {
    case 'MP4':
    case 'QuickTime':
      return { blob: file, ...(await readMovie(file, edits === 'demuxer', signal)), notes: [] };
    case 'MPEG-TS': {
      const { blob, skipped } = await repairTransport(file, signal, onPart);
      return { blob, notes: junk(skipped) };
    }
    default: {
      const { blob, skipped, brokenOff } = await repairMatroska(file, signal, onPart);
      const cut: ClipNote[] = brokenOff ? [{ code: 'clip/broken-off' }] : [];
      return { blob, notes: [...cut, ...junk(skipped)] };
    }
  }
}
