import { useEffect, useState } from 'react';
import { ProgressBar } from 'react-aria-components';
import type { Progress, RunResult } from '../../../engine/session/result.ts';
import { stop } from '../../actions/runner.ts';
import { pendingIn, type RunPhase, useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';

const words = strings.run;

/** How far a run is while there are masks to see, beside the playhead's time, and a way to pause it. */
export function RunStatus() {
  const phase = useRun((run) => run.phase);
  // Grows with the frames that are done.
  useRun((run) => run.followed);
  const result = useRun((run) => run.result);
  if (!result || phase === 'idle' || phase === 'segmenting') return null;
  return <Status key={phase} result={result} phase={phase} />;
}

function Status({ result, phase }: { result: RunResult; phase: RunPhase }) {
  const following = phase === 'following';
  const progress = useRun((run) => run.progress);
  // A step under way is brought to its end first.
  const [stopping, setStopping] = useState(false);
  const all = result.frames.length;
  const done = all - pendingIn(result);
  const searched = useTimeShare(progress);
  const part = following ? done / Math.max(1, all) : searched;
  return (
    <div className="run-status" data-phase={phase}>
      <ProgressBar className="progress" aria-label={words.progress} value={part * 100}>
        <span className="stage-groove">
          <span style={{ width: `${part * 100}%` }} />
        </span>
      </ProgressBar>
      <p>
        <span>{wordsOf(phase, progress, done, all)}</span>
        {progress?.left != null && <span className="run-left">{words.left(progress.left)}</span>}
      </p>
      <Button
        variant="plain"
        isDisabled={stopping}
        onPress={() => {
          setStopping(true);
          void stop();
        }}
      >
        {stopping ? words.pausing : following ? words.pause : words.cancel}
      </Button>
    </div>
  );
}

/** A search has steps, the same ones over again after a quick look: what they are for is one thing. */
function wordsOf(phase: RunPhase, progress: Progress | null, done: number, all: number): string {
  if (phase === 'following') return words.following(done, all);
  return phase === 'refining' ? words.refining : words.stages[progress?.stage ?? 'cluster'];
}

/** How much is done of what has several steps, by the time that it took and that is left; it never goes back. */
function useTimeShare(progress: Progress | null): number {
  const [begun] = useState(() => performance.now());
  const [share, setShare] = useState(0);
  useEffect(() => {
    if (progress?.left == null) return;
    const { left } = progress;
    const taken = (performance.now() - begun) / 1000;
    setShare((before) => Math.max(before, taken / Math.max(1e-3, taken + left)));
  }, [progress, begun]);
  return share;
}
