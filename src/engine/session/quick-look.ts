import { abortable, within } from '../../lib/task.ts';
import type { RunMasks } from './api.ts';

/**
 * Least frames of a clip for a quick look: a shorter clip has its result as soon. A quick look is at the playhead's frame
 * alone, with the frames around it for motion: over the eight DAVIS-2016 sequences that shows as much as two or four frames
 * do (bench/following.md).
 */
export const LEAST_FOR_QUICK = 12;
/** Frames after it that its masks are propagated into by motion, so that Play has something to show. */
export const QUICK_PROPAGATED = 24;
/** Milliseconds to wait for a request of its first masks. */
const QUICK_TIMEOUT = 300;

/** Waits until the first labels of some masks are made: other work would only delay them. */
export function firstLabels(signal: AbortSignal) {
  let onAsked: (answer: Promise<unknown>) => void;
  const asked = new Promise<{ answer: Promise<unknown> }>((resolve) => {
    onAsked = (answer) => resolve({ answer });
  });
  return {
    of: (masks: RunMasks): RunMasks => ({
      ...masks,
      labels(...of) {
        const answer = masks.labels(...of);
        onAsked(answer);
        return answer;
      },
    }),
    /** Resolves once they are made, or if nobody asked for them in time. Throws the signal's reason. */
    async made(): Promise<void> {
      const first = await abortable(within(QUICK_TIMEOUT, asked), signal);
      if (!first) return;
      // The caller of `labels` gets the error.
      await abortable(
        first.answer.catch(() => undefined),
        signal,
      );
    },
  };
}
