import { megabytes } from '../../lib/bytes.ts';
import { inWords, type Phrase, type Phrases, type Said } from '../../lib/phrases.ts';
import { EXPORT_NOTES } from '../export/notes.ts';
import { SIZE_NOTES } from '../model/size.ts';
import { CLIP_NOTES } from '../video/notes.ts';

/** What a user should know of a run: what was changed of its settings, what it met and recovered from. A sentence each. */
export const RUN_NOTES = {
  ...SIZE_NOTES,
  'run/nothing-moves': 'Nothing moves in this clip, so the objects were found by appearance.',
  'run/came-later':
    'Something appears in the clip that is in none of the frames used to find objects; it was added to the objects.',
  'run/frames-lost': (p: { frames: number; first: number }) =>
    p.frames === 1
      ? `Frame ${p.first} cannot be decoded: it has no masks.`
      : `${p.frames} frames, from ${p.first} on, cannot be decoded: they have no masks.`,
  'run/smaller-rows': (p: { budget: number }) =>
    `Memory ran out, so attention was computed in smaller pieces, of ${megabytes(p.budget)}.`,
  'run/gpu-lost': (p: { reason: string }) =>
    `The GPU was lost (${p.reason}) and opened again: frames that were done have stayed.`,
  'run/gpu-lost-after': (p: { reason: string; done: number; frames: number }) =>
    `The GPU was lost (${p.reason}) and opened again: the run went on after frame ${p.done} of ${p.frames}.`,
  'run/in-memory':
    'This browser gives no room on the disk, as in a private window: all of this long clip is held in memory.',
  'run/not-kept':
    'What was followed could not be kept on the disk: after a reload this clip would be followed again.',
} satisfies Phrases;

/** A note of a run; one that an earlier version kept is said in its words. */
export type RunNote = Phrase<typeof RUN_NOTES> | Said;

/** Notes of clips, runs and exports. */
export const NOTES = { ...CLIP_NOTES, ...RUN_NOTES, ...EXPORT_NOTES };
export type Note = Phrase<typeof NOTES> | Said;

/** A note in English. */
export const noteText = (note: Note): string => inWords(NOTES, note);

export const isNothingMoves = (note: Note): boolean => 'code' in note && note.code === 'run/nothing-moves';

/** A note that an earlier version kept as a sentence. */
export const noteOf = (says: string): RunNote =>
  says === RUN_NOTES['run/nothing-moves'] ? { code: 'run/nothing-moves' } : { says };
