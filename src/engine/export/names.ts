import type { ExportObject } from './types.ts';

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
