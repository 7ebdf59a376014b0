import { create } from 'zustand';
import type { QueuedClip } from '../model/queue.ts';

/** Clips that were opened together: only one of them is open at a time. */
interface QueueState {
  clips: readonly QueuedClip[];
  /** The one that is being opened. */
  opening: number | null;
  /** How many of those that are exported together are done; null: none are. */
  exporting: { done: number; total: number } | null;
}

export const NO_QUEUE: QueueState = { clips: [], opening: null, exporting: null };

export const useQueue = create<QueueState>()(() => NO_QUEUE);
