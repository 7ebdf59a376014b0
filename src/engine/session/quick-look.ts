import { abortable, within } from '../../lib/task.ts';
import type { RunMasks } from './api.ts';

/**
 * A quick look is at the frame of the playhead alone, with the frames around it that motion is seen in: over the eight
 * DAVIS-2016 sequences that shows as much as two or four frames do (bench/following.md). Of clips that are shorter, the
 * result itself is there as soon.
 */
export const LEAST_FOR_QUICK = 12;
/** Frames behind it that its masks are propagated into by motion, so that Play has something to show. */
export const QUICK_PROPAGATED = 24;
/** Milliseconds to wait for its first masks to be requested. */
const QUICK_TIMEOUT = 300;

/** Waits for the first labels of some masks: other work would only delay them. */
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
    /** Resolves once they are made, or if nobody has asked for them in time. Throws the signal's reason. */
    async made(): Promise<void> {
      const first = await abortable(within(QUICK_TIMEOUT, asked), signal);
      if (!first) return;
      // Whoever asked for them gets the error.
      await abortable(
        first.answer.catch(() => undefined),
        signal,
      );
    },
  };
}
