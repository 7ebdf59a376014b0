import { abortable, within } from '../../lib/task.ts';
import type { RunMasks } from './api.ts';

/**
 * A quick look is at the frame of the playhead alone, with the frames around it that motion is seen in: over the eight
 * DAVIS-2016 sequences that shows as much as two or four frames do (bench/following.md). Of clips that are shorter, the
 * result itself is there as soon.
 */
export const LEAST_FOR_QUICK = 12;
/** Frames behind it that its masks are carried into by motion, so that Play has something to show. */
export const QUICK_CARRIED = 24;
/** Milliseconds in which its first masks are asked for, if they are. */
const QUICK_PATIENCE = 300;

/** Follows masks to their first labels: what else there is to do would only hold them up. */
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
    /** Once they are there, unless nobody asks for them. Throws the signal's reason. */
    async made(): Promise<void> {
      const first = await abortable(within(QUICK_PATIENCE, asked), signal);
      if (!first) return;
      // What goes wrong with them is told to who asked.
      await abortable(
        first.answer.catch(() => undefined),
        signal,
      );
    },
  };
}
