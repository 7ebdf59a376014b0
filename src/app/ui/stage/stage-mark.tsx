import { isPreview, isReady, useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';

/** What is to be known of the masks on the stage: that they are a quick look, or why there are none. */
export function StageMark() {
  const phase = useRun((run) => run.phase);
  const result = useRun((run) => run.result);
  const tried = useRun((run) => run.trial !== null);
  // Grows with the frames that are done.
  useRun((run) => run.followed);
  const frame = useView((view) => view.frame);
  if (!result?.followed || tried) return null;
  const running = phase !== 'idle';
  const word = !isReady(result, frame)
    ? running
      ? strings.run.onTheirWay
      : strings.run.noMasks
    : isPreview(result, frame)
      ? running
        ? strings.run.quickRefining
        : strings.run.quick
      : null;
  return (
    word && (
      <p className="trial-mark stage-mark" role="status">
        {word}
      </p>
    )
  );
}
