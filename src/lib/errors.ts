import { type ErrorTable, errorsOf } from './failure.ts';
import { inWords, type Phrase, type Phrases, type Said } from './phrases.ts';

/** What is wrong with a PNG. */
export const PNG_FAULTS = {
  'no-header': 'it does not begin with a header',
  palette: 'its palette is missing or odd',
  cut: 'it ends too early',
  checksum: (p: { part: string }) => `the checksum of its ${JSON.stringify(p.part)} part is wrong`,
  empty: 'it has no pixels',
  kind: 'its header names a colour type or depth that PNG does not have',
  'too-many': 'it holds more pixels than its header says',
  'too-few': 'it holds fewer pixels than its header says',
  packed: 'its pixels cannot be unpacked',
  filter: 'a row has a filter that PNG does not have',
} satisfies Phrases;

/** Workers, and what they are for. */
export const WORKERS = {
  engine: 'The engine',
  runtime: 'The neural network',
  viewer: 'The player',
  evaluator: 'The comparison with the truth',
  trainer: 'The training',
} satisfies Phrases;

/** Why a worker is lost, where it does not say so itself. */
export const LOSSES = {
  'not-loaded': 'it could not be loaded',
  'bad-message': 'a message could not be read',
} satisfies Phrases;

/** Errors of reading files, whoever reads them. */
export const LIB_ERRORS = {
  'png/not-png': (p: { name: string }) => ({
    what: `${p.name} is not a PNG file.`,
    todo: 'Give masks as PNG files.',
  }),
  'png/damaged': (p: { name: string; detail: Phrase<typeof PNG_FAULTS> }) => ({
    what: `${p.name} is damaged: ${inWords(PNG_FAULTS, p.detail)}.`,
    todo: 'Save or download the file again.',
  }),
  'png/unsupported': (p: { name: string; feature: 'interlaced' }) => ({
    what: `${p.name} is an ${p.feature} PNG, which is not read.`,
    todo: 'Save it again without that option.',
  }),
  'png/too-large': (p: { name: string; width: number; height: number }) => ({
    what: `${p.name} says that it is ${p.width} × ${p.height} pixels, which is more than 67 million.`,
    todo: 'Scale the picture down, or save it again if it is not that large.',
  }),
  'dataset/bad-rle': (p: { detail: string }) => ({
    what: `A run-length encoded mask cannot be read: ${p.detail}.`,
    todo: 'Download the annotations again.',
  }),
  'worker/lost': (p: { worker: keyof typeof WORKERS; detail: Phrase<typeof LOSSES> | Said }) => ({
    what: `${WORKERS[p.worker]} stopped working: ${inWords(LOSSES, p.detail)}.`,
    todo: 'Start again; if it stops again, use fewer frames or a smaller size.',
  }),
} satisfies ErrorTable;

export const { failure } = errorsOf(LIB_ERRORS);
