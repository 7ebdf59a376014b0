import { isPrompted } from '../../engine/mask/corrections.ts';
import { sameData } from '../../lib/same.ts';
import { showClipFailure } from '../stores/clip.ts';
import { replaceStroke, useDocument } from '../stores/document.ts';
import { answers, useRun } from '../stores/run.ts';
import { runMasks } from '../workers/engine.ts';

/** Whether the run that is shown can answer clicks. */
export const answersClicks = (): boolean => {
  const { result, phase } = useRun.getState();
  return result?.followed?.apart != null && !result.followed.quick && answers(phase);
};

/** Answers the document's clicks again, after the run or its followed frames have changed. */
export async function answerAgain(): Promise<void> {
  try {
    for (const prompted of useDocument.getState().strokes.filter(isPrompted)) {
      if (!answersClicks()) return;
      const found = await runMasks().prompt(prompted.clicks);
      if (!useDocument.getState().strokes.includes(prompted)) continue;
      const answered = { ...prompted, ...found };
      if (!sameData(answered, prompted)) replaceStroke(prompted, answered);
    }
  } catch (thrown) {
    showClipFailure(thrown);
  }
}
