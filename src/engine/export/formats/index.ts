import {
  type Content,
  type Extension,
  type Format,
  type Job,
  MIME,
  type OptionValues,
  type Written,
} from '../format.ts';
import type { Ground } from '../frames.ts';
import { stemOf } from '../names.ts';
import type { Painter } from '../picture.ts';
import type { Selection } from '../types.ts';
import { background } from './background.ts';
import { coco } from './coco.ts';
import { csv } from './csv.ts';
import { cutout } from './cutout.ts';
import { davis } from './davis.ts';
import { gif } from './gif.ts';
import { mot } from './mot.ts';
import { mots } from './mots.ts';
import { objects } from './objects.ts';
import { overlay } from './overlay.ts';
import { sam2 } from './sam2.ts';
import { voc } from './voc.ts';
import { yolo } from './yolo.ts';
import { youtubeVis } from './youtube-vis.ts';

/** Every format, in the order of the dialog. */
export const FORMATS = [
  overlay,
  cutout,
  background,
  gif,
  davis,
  youtubeVis,
  coco,
  yolo,
  voc,
  mot,
  mots,
  sam2,
  objects,
  csv,
] as const;

type ContentOf<F> = F extends Format<infer Id, infer Name> ? Content<Id, Name> : never;

/** What a file holds and how: a format, and the options that it takes. */
export type ExportContent = ContentOf<(typeof FORMATS)[number]>;
export type ExportKind = ExportContent['kind'];

/** An export as plain data. */
export interface ExportOrder extends Selection {
  content: ExportContent;
}

/** Content of any kind. */
type AnyContent = { kind: string } & Partial<OptionValues>;

/** A format, whichever it is: it has to be given the content of its own kind. */
interface AnyFormat extends Omit<Format, 'extension' | 'write' | 'painter'> {
  extension(content: AnyContent): Extension;
  write(job: Job, content: AnyContent): Promise<Written>;
  painter?(content: AnyContent, ground: Ground): Promise<Painter>;
}

const BY_ID: ReadonlyMap<string, AnyFormat> = new Map(FORMATS.map((format) => [format.id, format]));

export function formatOf(kind: ExportKind): AnyFormat {
  const format = BY_ID.get(kind);
  if (!format) throw new Error(`There is no export format ${kind}.`);
  return format;
}

/** The name to suggest for an export of a clip (`horse-overlay.mp4`), its ending and media type. */
export function fileOf(content: ExportContent, clip: string) {
  const { suffix, extension } = formatOf(content.kind);
  const ending = extension(content);
  return { name: `${stemOf(clip)}-${suffix}.${ending}`, ending, type: MIME[ending] };
}
