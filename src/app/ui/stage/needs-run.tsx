import { segment } from '../../actions/segment.ts';
import { useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';

/** In the place of a view's hint, where its numbers came neither with a project nor by undo: what brings them. */
export function NeedsRun() {
  const idle = useRun((run) => run.phase === 'idle');
  if (!idle) return null;
  return (
    <div className="stage-hint needs-run">
      <p>{strings.stage.needsRun}</p>
      <Button variant="primary" onPress={() => void segment.run()}>
        {strings.run.segment}
      </Button>
    </div>
  );
}
