import { analyseEveryFrame } from '../../actions/segment.ts';
import { isPreview, isReady, useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';

const words = strings.run;

/** What is to be known of the masks on the stage: that they are a quick look, or why there are none. */
export function StageMark() {
  const phase = useRun((run) => run.phase);
  const result = useRun((run) => run.result);
  const tried = useRun((run) => run.trial !== null);
  // Grows with the frames that are done.
  useRun((run) => run.followed);
  const frame = useView((view) => view.frame);
  if (!result || tried) return null;
  const running = phase !== 'idle';
  const ready = isReady(result, frame);
  const { stride, start, end } = result.settings;
  const skipped = !result.followed && !ready && stride > 1 && frame >= start && (end === null || frame < end);
  const word = skipped
    ? words.notAnalysed(stride)
    : !ready
      ? running
        ? words.onTheirWay
        : words.noMasks
      : isPreview(result, frame)
        ? running
          ? words.quickRefining
          : words.quick
        : null;
  return (
    word && (
      <div className="trial-mark stage-mark" role="status">
        {word}
        {skipped && !running && (
          <Button variant="plain" onPress={analyseEveryFrame}>
            {words.analyseAll}
          </Button>
        )}
      </div>
    )
  );
}
