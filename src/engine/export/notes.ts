import type { Phrase, Phrases } from '../../lib/phrases.ts';

/** What differs in an export from its clip. A sentence each; codecs and containers by their names, null: none is known. */
export const EXPORT_NOTES = {
  'export/even': (p: { from: string; to: string }) =>
    `H.264 takes even sizes only: ${p.from} became ${p.to} by repeating the last row or column.`,
  'export/re-encoded': (p: { as: string; container: string; codec: string | null }) =>
    `The sound was re-encoded as ${p.as}: ${p.container} does not take ${p.codec ?? 'its codec'}.`,
  'export/silent': (p: { container: string; codec: string | null }) =>
    `The sound was left out: it is coded as ${p.codec ?? 'a codec that is not known here'}, which ${p.container} does not take and this browser cannot convert.`,
  'export/left-out': (p: { most: number; count: number }) =>
    `An indexed PNG holds ${p.most} objects at most: the last ${p.count} of the list ${p.count === 1 ? 'is' : 'are'} left out of the masks.`,
  'export/lost': (p: { count: number }) =>
    `${p.count === 1 ? '1 frame' : `${p.count} frames`} cannot be decoded, and the file goes on without.`,
  'export/unmasked': (p: { count: number }) =>
    `${p.count === 1 ? '1 frame' : `${p.count} frames`} without masks: no objects are shown there.`,
  'export/unmasked-left-out': (p: { count: number }) =>
    `${p.count === 1 ? '1 frame' : `${p.count} frames`} without masks: left out.`,
  'export/slow-gif':
    'GIF cannot show more than 50 frames a second, so this one plays more slowly than the clip.',
} satisfies Phrases;

export type ExportNote = Phrase<typeof EXPORT_NOTES>;
