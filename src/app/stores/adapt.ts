import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { ModelEntry } from '../../engine/weights/types.ts';
import type { UnpromptedError } from '../../lib/failure.ts';
import type { ValidationPoint } from '../../train/checkpoint.ts';
import type { TrainingStart } from '../../train/events.ts';
import { type AdaptChoice, LENGTHS, type TimedPoint } from '../model/adapt.ts';

/** A clip to train on besides the one that is open. */
export interface AddedClip {
  /** Tells clips of one name apart. */
  id: string;
  name: string;
  files: readonly File[];
}

/** What the training has given so far, or in the end. */
export interface Trained {
  iteration: number;
  iterations: number;
  /** correlator.safetensors. */
  weights: Uint8Array<ArrayBuffer>;
  /** The clips it was trained on, as its name lists them. */
  clips: string;
}

/** One frame with the masks of both runs painted on it. */
export interface Shot {
  frame: number;
  before: ImageBitmap;
  after: ImageBitmap;
}

/** A trained correlator on trial: its run is on the page, and the run before can be restored. */
export interface Trial {
  entry: ModelEntry;
  /** Names of the models that the two runs used. */
  names: { before: string; after: string };
  /** Objects that each run found, backgrounds left out. */
  objects: { before: number; after: number };
  shots: readonly Shot[];
}

/** `trained`: the training has ended, its masks were not looked at yet. */
export type AdaptPhase = 'setup' | 'training' | 'trained' | 'comparing' | 'deciding';

interface AdaptState {
  open: boolean;
  phase: AdaptPhase;
  added: readonly AddedClip[];
  /** What is known of the training since it stands on its device; null before. */
  start: TrainingStart | null;
  /** Iterations asked for. */
  iterations: number;
  points: readonly TimedPoint[];
  validations: readonly ValidationPoint[];
  stopping: boolean;
  trained: Trained | null;
  trial: Trial | null;
  failure: UnpromptedError | null;
}

export const NO_TRAINING = {
  start: null,
  points: [],
  validations: [],
  stopping: false,
  trained: null,
  trial: null,
  failure: null,
} satisfies Partial<AdaptState>;

export const useAdapt = create<AdaptState>()(() => ({
  open: false,
  phase: 'setup',
  added: [],
  iterations: 0,
  ...NO_TRAINING,
}));

interface AdaptHabits extends AdaptChoice {
  /** Seconds an iteration took here, by what decides them. */
  paces: Readonly<Record<string, number>>;
}

/** How a user last trained, and how fast it went; kept in this browser. */
export const useAdaptChoice = create<AdaptHabits>()(
  persist(
    (): AdaptHabits => ({
      recipe: 'paper',
      iterations: LENGTHS.medium,
      size: 'usual',
      stride: 4,
      paces: {},
    }),
    { name: 'unprompted.adapt', version: 1 },
  ),
);
