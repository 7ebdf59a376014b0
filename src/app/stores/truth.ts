import { create } from 'zustand';
import type { TruthInfo } from '../../evaluate/evaluator.ts';
import type { Scores } from '../model/scores.ts';

/** Masks that a user gave for the open clip, and how the objects compare with them. */
interface TruthState {
  info: TruthInfo | null;
  /** Whether their outlines are drawn on the stage. */
  outlines: boolean;
  scores: Scores | null;
  /** Frames compared so far, while that goes on. */
  progress: { done: number; total: number } | null;
  /** The user has stopped comparing: it goes on when they say so. */
  stopped: boolean;
}

export const NO_TRUTH: TruthState = {
  info: null,
  outlines: true,
  scores: null,
  progress: null,
  stopped: false,
};

export const useTruth = create<TruthState>()(() => NO_TRUTH);
