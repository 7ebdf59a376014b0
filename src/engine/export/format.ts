import type { Size } from '../../lib/size.ts';
import type { ZipEntry } from '../../lib/zip.ts';
import type { Edge } from '../mask/effects.ts';
import type { ClipInfo } from '../video/types.ts';
import type { ExportFrame, Ground, PicturedFrame, Tick } from './frames.ts';
import type { ExportNote } from './notes.ts';
import type { Painter } from './picture.ts';
import type { Sink } from './sink.ts';
import type { Backdrop, Container, ExportSource, Overlay, Selection, VideoQuality } from './types.ts';

/** Media types by a file's ending. */
export const MIME = {
  zip: 'application/zip',
  json: 'application/json',
  csv: 'text/csv',
  gif: 'image/gif',
  webm: 'video/webm',
  mp4: 'video/mp4',
} as const;
export type Extension = keyof typeof MIME;

/** What a user can choose of a format, or what the page knows; each format takes those that it names. */
export interface OptionValues {
  overlay: Overlay;
  container: Container;
  quality: VideoQuality;
  sound: boolean;
  backdrop: Backdrop;
  /** Of what is cut out. */
  edge: Edge;
  /** Pixels, at most the clip's own. */
  width: number;
  /** The clip's frames go along, as JPEG; absent: they do not. */
  pictures?: boolean;
}
export type OptionName = keyof OptionValues;

/** A frame, and the picture of it where pictures go along. */
export interface AnnotatedFrame extends ExportFrame {
  /** JPEG */
  picture: Blob | null;
}

/** What was written. */
export interface Written {
  bytes: number;
  /** What differs from the source. */
  notes: readonly ExportNote[];
}

/** One export as a format sees it: what to write, and where to. Each iterable is read once, and reports progress. */
export interface Job {
  source: ExportSource;
  selection: Selection;
  info: ClipInfo;
  /** Frames of the clip, half open. */
  range: { start: number; end: number; count: number };
  /** Those that are written, ascending: all of the range, or where the format has each for itself, those that have masks. */
  frames: readonly number[];
  /** The clip's. */
  size: Size;
  /** The same to paint on. */
  ground: Ground;
  /** The clip's name without its ending, safe as that of a file. */
  stem: string;
  masks(): AsyncIterable<ExportFrame>;
  pictures(size?: Size): AsyncIterable<PicturedFrame>;
  /** Masks, with pictures where these go along. */
  annotated(pictures: boolean | undefined): AsyncIterable<AnnotatedFrame>;
  writeText(parts: AsyncIterable<string>): Promise<Written>;
  writeBytes(parts: AsyncIterable<Uint8Array<ArrayBuffer>>, notes?: readonly ExportNote[]): Promise<Written>;
  writeZip(entries: AsyncIterable<ZipEntry>, notes?: readonly ExportNote[]): Promise<Written>;
  /** For what seeks in the file that it writes. */
  sink: Sink;
  tick: Tick;
  signal: AbortSignal;
}

/** What a user asks of a format. */
export type Content<Id extends string, Name extends OptionName> = { kind: Id } & Pick<OptionValues, Name>;

/**
 * A kind of export: one file in `formats`, listed in `formats/index.ts`, with its words in `strings.export.kinds`. The
 * page loads it to show what there is, so what is large is imported by `write`.
 */
export interface Format<Id extends string = string, Name extends OptionName = OptionName> {
  id: Id;
  /** To watch and edit, or to annotate and measure. */
  group: 'watch' | 'data';
  /** What the clip's name is followed by: `horse-SUFFIX.zip`. */
  suffix: string;
  extension(content: Content<Id, Name>): Extension;
  options: readonly Name[];
  /** All frames of the part, any of them as each stands for itself, or one that the user chooses. */
  frames: 'part' | 'each' | 'one';
  write(job: Job, content: Content<Id, Name>): Promise<Written>;
  /** What draws the frames, where it shows any. */
  painter?(content: Content<Id, Name>, ground: Ground): Promise<Painter>;
}

/** Keeps the types of a format's id and options. */
export const defineFormat = <const Id extends string, const Name extends OptionName>(
  format: Format<Id, Name>,
): Format<Id, Name> => format;
