import { SETTINGS_ERRORS } from '../engine/settings/errors.ts';
import { type ErrorTable, errorsOf } from '../lib/failure.ts';
import { inWords, type Phrase, type Phrases } from '../lib/phrases.ts';

/** How a training went wrong. */
export const DIVERGED = {
  loss: 'the loss is no longer a number.',
  clusters: 'its attention no longer falls into as many clusters as at the start, whatever τ.',
  collapsed: 'attention has collapsed: a token attends to fewer than one token a frame.',
} satisfies Phrases;

/** What keeps a training from going on from a checkpoint. */
export const CHECKPOINT_FAULTS = {
  model: (p: { is: string; wants: string }) => `it is of ${p.is}, not of ${p.wants}.`,
  recipe: (p: { differs: string }) => `its recipe differs in ${p.differs}.`,
  'no-state': 'it holds weights, but no state of a training.',
  lacks: (p: { name: string }) => `it lacks ${p.name}.`,
  unreadable: 'its state of the training cannot be read.',
} satisfies Phrases;

/** Errors of training. */
export const TRAIN_ERRORS = {
  'train/no-device': (p: { device: string }) => ({
    what: `Training cannot run on ${p.device} here.`,
    todo: 'Choose the other backend, or use a browser and machine that offer it.',
  }),
  'train/no-clip': (p: { frames: number; needed: number }) => ({
    what: `No clip is long enough to train on: the longest has ${p.frames} frames, ${p.needed} are needed.`,
    todo: 'Use longer clips, or a smaller stride or fewer frames.',
  }),
  'train/diverged': (p: { iteration: number; why: keyof typeof DIVERGED }) => ({
    what: `Training was stopped at iteration ${p.iteration}: ${DIVERGED[p.why]}`,
    todo: 'Keep the last good checkpoint, or train again with a lower learning rate.',
  }),
  'train/checkpoint': (p: { why: Phrase<typeof CHECKPOINT_FAULTS> }) => ({
    what: `Training cannot go on from this checkpoint: ${inWords(CHECKPOINT_FAULTS, p.why)}`,
    todo: 'Give the checkpoint that this very model and recipe wrote, or start afresh.',
  }),
} satisfies ErrorTable;

export const { failure } = errorsOf({ ...SETTINGS_ERRORS, ...TRAIN_ERRORS });
