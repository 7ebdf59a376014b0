import { LIB_ERRORS } from '../lib/errors.ts';
import { type ErrorTable, errorsOf } from '../lib/failure.ts';
import type { Phrases } from '../lib/phrases.ts';

/** What is wrong with a mask that is no PNG. */
export const MASK_FAULTS = {
  header: 'its header cannot be read',
  bits: 'it has other than 8 bits a sample',
  'too-few': 'it holds fewer pixels than its header says',
  cut: 'it ends too early',
  bitmap: 'it is a kind of BMP that is not read',
} satisfies Phrases;

/** Whose size a mask has to have. */
export const OWNERS = { others: 'the others’', clip: 'the clip’s' } satisfies Phrases;

/** Errors of data sets, ground truth and scores. */
export const EVALUATE_ERRORS = {
  'mask/damaged': (p: { name: string; detail: keyof typeof MASK_FAULTS }) => ({
    what: `The mask ${p.name} cannot be read: ${MASK_FAULTS[p.detail]}.`,
    todo: 'Save it again as PNG.',
  }),
  'dataset/empty': (p: { folder: string }) => ({
    what: `No sequences were found in ${p.folder}.`,
    todo: 'Give a folder that holds frames and masks in one of the layouts that the guide lists.',
  }),
  'dataset/no-masks': (p: { folder: string }) => ({
    what: `The sequences in ${p.folder} have no masks to compare with.`,
    todo: 'Give a data set with its annotations.',
  }),
  'dataset/no-sequence': (p: { name: string; known: string }) => ({
    what: `There is no sequence ${p.name}.`,
    todo: `Choose among: ${p.known}.`,
  }),
  'dataset/bad-json': (p: { name: string; detail: string }) => ({
    what: `${p.name} is not a YouTube-VIS list of annotations: ${p.detail}.`,
    todo: 'Download the file again.',
  }),
  'score/no-prediction': (p: { sequence: string }) => ({
    what: `There are no predictions for ${p.sequence}.`,
    todo: 'Give its masks in a folder of that name.',
  }),
  'score/missing-frames': (p: { sequence: string; frames: string }) => ({
    what: `${p.sequence} lacks predictions for frames ${p.frames}.`,
    todo: 'Give a mask for every frame that has truth; an empty one where nothing was found.',
  }),
  'score/size': (p: { name: string; size: string; wants: string }) => ({
    what: `${p.name} is ${p.size} pixels, but its truth is ${p.wants}.`,
    todo: 'Scale the masks to the size of the truth, taking the nearest pixel.',
  }),
  'score/too-many': (p: { sequence: string; found: number; most: number; protocol: string }) => ({
    what: `${p.sequence} has ${p.found} proposals; ${p.protocol} allows ${p.most}.`,
    todo: `Keep the best ones, numbered from 1 (--keep ${p.most} takes the others for background), or choose another protocol.`,
  }),
  'truth/size': (p: { name: string; size: string; of: keyof typeof OWNERS; wants: string }) => ({
    what: `The mask ${p.name} is ${p.size} pixels, which does not fit ${OWNERS[p.of]} ${p.wants}.`,
    todo: 'Drop the masks of this clip, all of one size and of the clip’s shape. To open pictures as a clip instead, put them into a folder named frames.',
  }),
} satisfies ErrorTable;

export const { failure } = errorsOf({ ...LIB_ERRORS, ...EVALUATE_ERRORS });
