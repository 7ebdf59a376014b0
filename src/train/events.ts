import type { DeviceReport } from '../engine/backend/report.ts';
import type { PlainFailure } from '../lib/failure.ts';
import type { LossPoint, ValidationPoint } from './checkpoint.ts';

/** What is known before the first iteration. */
export interface TrainingStart {
  /** `why`: in English. */
  device: Pick<DeviceReport, 'device' | 'threads'> & { why: string };
  /** Names of the clips that are used. */
  clips: string[];
  skipped: Skipped[];
}

/** A file that is no clip, and why in English. */
export interface Skipped extends Pick<PlainFailure, 'code' | 'params'> {
  name: string;
  why: string;
}

/** What a training reports, as it crosses to the command line. */
export type TrainingEvent =
  | ({ kind: 'start' } & TrainingStart)
  | ({ kind: 'iteration' } & LossPoint)
  | ({ kind: 'milestone' } & ValidationPoint);

/** What crosses: events as JSON; of each milestone, ahead of its event, two files. The place is the number posted to. */
export const TRAINING_POSTS = ['event', 'checkpoint', 'correlator'] as const;
export type TrainingPost = (typeof TRAINING_POSTS)[number];
