import { SETTINGS_ERRORS } from '../engine/settings/errors.ts';
import { type ErrorTable, errorsOf } from '../lib/failure.ts';

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
  'train/diverged': (p: { iteration: number; why: string }) => ({
    what: `Training was stopped at iteration ${p.iteration}: ${p.why}`,
    todo: 'Keep the last good checkpoint, or train again with a lower learning rate.',
  }),
  'train/checkpoint': (p: { why: string }) => ({
    what: `Training cannot go on from this checkpoint: ${p.why}`,
    todo: 'Give the checkpoint that this very model and recipe wrote, or start afresh.',
  }),
} satisfies ErrorTable;

export const { failure } = errorsOf({ ...SETTINGS_ERRORS, ...TRAIN_ERRORS });
