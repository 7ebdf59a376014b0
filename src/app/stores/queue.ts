import { create } from 'zustand';
import type { QueuedClip } from '../model/queue.ts';

/** Clips that were opened together: only one of them is open at a time. */
interface QueueState {
  clips: readonly QueuedClip[];
  /** The one that is being opened. */
  opening: number | null;
}

export const NO_QUEUE: QueueState = { clips: [], opening: null };

export const useQueue = create<QueueState>()(() => NO_QUEUE);
