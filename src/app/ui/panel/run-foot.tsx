import { useEffect, useRef } from 'react';
import { segment, stale } from '../../actions/segment.ts';
import { useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';

/** What the next run will cost, told before it starts, and the button that starts it. */
export function RunFoot() {
  const settings = useRun((run) => run.settings);
  const estimate = useRun((run) => run.estimate);
  const phase = useRun((run) => run.phase);
  const result = useRun((run) => run.result);
  const trial = useRun((run) => run.trial);
  const button = useRef<HTMLDivElement>(null);
  const waiting = estimate !== null && result === null && phase === 'idle';
  useEffect(() => {
    // Nothing starts by itself when it would take long: the next step lies ready, unless something else is being done.
    if (waiting && document.activeElement === document.body)
      button.current?.querySelector('button')?.focus({ preventScroll: true });
  }, [waiting]);
  // While τ is tried, or clustered with, nothing is to be pressed.
  if (phase !== 'idle' || trial || (result && settings && !stale())) return null;
  return (
    <footer className="run-foot">
      <p className="estimate" aria-live="polite">
        {estimate ? (
          <>
            <strong>{strings.run.about(estimate.seconds)}</strong>
            <span>{strings.run.cost(estimate.frames, estimate.bytes)}</span>
          </>
        ) : (
          <span>{strings.run.estimating}</span>
        )}
      </p>
      <div ref={button}>
        <Button variant="primary" isDisabled={!settings} onPress={() => void segment.run()}>
          {strings.run.segment}
        </Button>
      </div>
    </footer>
  );
}
