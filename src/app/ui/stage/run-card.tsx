import { ProgressBar } from 'react-aria-components';
import type { Stage } from '../../../engine/session/result.ts';
import { stop } from '../../actions/runner.ts';
import { useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';

/** Those that take long enough to be read; what comes before them is the beginning of the first. */
const STAGES: readonly Stage[] = ['tokens', 'cluster', 'follow'];

/** How far a run is that has no masks to show yet: every stage, the time left, and a way to stop. */
export function RunCard() {
  const phase = useRun((run) => run.phase);
  const progress = useRun((run) => run.progress);
  if (phase !== 'segmenting') return null;
  const at = progress ? Math.max(0, STAGES.indexOf(progress.stage)) : 0;
  const under = progress && progress.stage === STAGES[at] && progress.total > 0;
  const part = under ? progress.done / progress.total : 0;
  return (
    <div className="run-card">
      <ProgressBar className="progress" aria-label={strings.run.progress} value={part * 100}>
        <ol className="stages">
          {STAGES.map((stage, place) => (
            <li key={stage} data-state={place < at ? 'done' : place === at ? 'now' : 'ahead'}>
              <span>{strings.run.stages[stage]}</span>
              <span className="stage-groove">
                <span style={{ width: `${place < at ? 100 : place === at ? part * 100 : 0}%` }} />
              </span>
            </li>
          ))}
        </ol>
      </ProgressBar>
      <div className="run-card-foot">
        <p>{progress?.left != null && <strong>{strings.run.left(progress.left)}</strong>}</p>
        <Button variant="plain" onPress={() => void stop()}>
          {strings.run.cancel}
        </Button>
      </div>
    </div>
  );
}
