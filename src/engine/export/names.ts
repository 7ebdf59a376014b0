import type { ExportContent, ExportObject } from './types.ts';

/** A name without what file systems refuse, and without what makes a file hidden. */
const safe = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[\p{Cc}<>:"/\\|?*]+/gu, '-')
    .replace(/^[\s.-]+|[\s.]+$/g, '')
    .slice(0, 100);

/** A clip's name as a file's stem: without its ending. */
export const stemOf = (clip: string): string => safe(clip.replace(/\.[^.\s]{1,5}$/, '')) || 'clip';

/** `00042.png`: frames are numbered from 0 as in the whole clip, so that they line up with its own pictures. */
export const frameName = (frame: number, ending: string): string =>
  `${String(frame).padStart(5, '0')}.${ending}`;

/** `1-Horse` */
export const folderOf = ({ index, name }: ExportObject): string => `${index}-${safe(name) || 'object'}`;

const SUFFIX: Record<ExportContent['kind'], string> = {
  davis: 'masks',
  coco: 'coco',
  'youtube-vis': 'youtube-vis',
  objects: 'objects',
  csv: 'objects',
  gif: 'overlay',
  overlay: 'overlay',
  cutout: 'cutout',
  background: 'background',
};

function endingOf(content: ExportContent): keyof typeof TYPES {
  switch (content.kind) {
    case 'davis':
    case 'objects':
      return 'zip';
    case 'coco':
    case 'youtube-vis':
      return 'json';
    case 'csv':
    case 'gif':
      return content.kind;
    case 'cutout':
      return 'webm';
    default:
      return content.container;
  }
}

const TYPES = {
  zip: 'application/zip',
  json: 'application/json',
  csv: 'text/csv',
  gif: 'image/gif',
  webm: 'video/webm',
  mp4: 'video/mp4',
} as const;

/** The name to suggest for an export of a clip (`horse-overlay.mp4`), its ending and media type. */
export function fileOf(content: ExportContent, clip: string) {
  const ending = endingOf(content);
  return { name: `${stemOf(clip)}-${SUFFIX[content.kind]}.${ending}`, ending, type: TYPES[ending] };
}
