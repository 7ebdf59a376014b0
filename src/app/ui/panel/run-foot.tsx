import { useEffect, useRef } from 'react';
import { sameSettings } from '../../../engine/settings/settings.ts';
import { segment, stale } from '../../actions/segment.ts';
import { pendingIn, unfinished, useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';

const words = strings.run;

/** What the next run will cost, shown before it starts, and the button that starts it. */
export function RunFoot() {
  const settings = useRun((run) => run.settings);
  const estimate = useRun((run) => run.estimate);
  const phase = useRun((run) => run.phase);
  const result = useRun((run) => run.result);
  const trial = useRun((run) => run.trial);
  const button = useRef<HTMLDivElement>(null);
  const waiting = estimate !== null && result === null && phase === 'idle';
  useEffect(() => {
    // A run that was cancelled before it found anything: the next step lies ready, unless something else is being done.
    if (waiting && document.activeElement === document.body)
      button.current?.querySelector('button')?.focus({ preventScroll: true });
  }, [waiting]);
  // While τ is tried, or clustered with, nothing is to be pressed.
  if (phase !== 'idle' || trial || (result && settings && !stale())) return null;
  // Saved or paused, there is already something to see: continuing is offered, but is not the primary action.
  const same = result !== null && settings !== null && sameSettings(result.settings, settings);
  if (same) {
    const paused = unfinished(result);
    const all = result.frames.length;
    return (
      <footer className="run-foot">
        <p className="estimate">
          {!paused
            ? words.saved
            : result.followed?.quick
              ? words.quick
              : words.some(all - pendingIn(result), all)}
        </p>
        <Button variant="plain" onPress={() => void segment.run()}>
          {paused ? words.goOn : words.segment}
        </Button>
      </footer>
    );
  }
  return (
    <footer className="run-foot">
      <p className="estimate" aria-live="polite">
        {estimate ? (
          <>
            <strong>{words.about(estimate.seconds)}</strong>
            <span>{words.cost(estimate.frames)}</span>
          </>
        ) : (
          <span>{words.estimating}</span>
        )}
      </p>
      <div ref={button}>
        <Button variant="primary" isDisabled={!settings} onPress={() => void segment.run()}>
          {words.segment}
        </Button>
      </div>
    </footer>
  );
}
