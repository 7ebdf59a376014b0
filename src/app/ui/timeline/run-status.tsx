import { ProgressBar } from 'react-aria-components';
import { stop } from '../../actions/runner.ts';
import { pendingIn, useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';

const words = strings.run;

/** How far a run is that shows masks already, beside the playhead's time, and a way to pause it. */
export function RunStatus() {
  const phase = useRun((run) => run.phase);
  const progress = useRun((run) => run.progress);
  // Grows with the frames that are done.
  useRun((run) => run.followed);
  const result = useRun((run) => run.result);
  if (!result || (phase !== 'refining' && phase !== 'following')) return null;
  const all = result.frames.length;
  const done = all - pendingIn(result);
  const following = phase === 'following';
  const part = following
    ? done / Math.max(1, all)
    : progress && progress.total > 0
      ? progress.done / progress.total
      : 0;
  return (
    <div className="run-status">
      <ProgressBar className="progress" aria-label={words.progress} value={part * 100}>
        <span className="stage-groove">
          <span style={{ width: `${part * 100}%` }} />
        </span>
      </ProgressBar>
      <p>
        <span>
          {following ? words.following(done, all) : progress ? words.stages[progress.stage] : words.quick}
        </span>
        {progress?.left != null && <span className="run-left">{words.left(progress.left)}</span>}
      </p>
      <Button variant="plain" onPress={() => void stop()}>
        {following ? words.pause : words.cancel}
      </Button>
    </div>
  );
}
