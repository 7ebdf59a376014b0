import { compare, dropTruth, stopComparing } from '../../actions/truth.ts';
import { useRun } from '../../stores/run.ts';
import { useTruth } from '../../stores/truth.ts';
import { strings } from '../../words/strings.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Progress } from '../parts/progress.tsx';

const words = strings.scores;

/** How the objects compare with the truth that was dropped. */
export function Scores() {
  const { info, scores, progress, stopped } = useTruth();
  if (!info) return null;
  return (
    <section className="scores" aria-label={words.region} title={words.help}>
      <div className="scores-head">
        <h3>{words.region}</h3>
        <IconButton icon="close" label={words.forget} onPress={dropTruth} />
      </div>
      {scores && (
        <dl className="scores-figures" data-busy={progress !== null || undefined}>
          <Figure name={words.both} share={(scores.J + scores.F) / 2} />
          <Figure name={words.J} share={scores.J} />
          <Figure name={words.F} share={scores.F} />
        </dl>
      )}
      <p className="scores-note" role="status">
        <Note />
      </p>
      {progress && (
        <div className="scores-progress">
          <Progress label={words.region} part={progress.done / Math.max(1, progress.total)} />
          <Button onPress={stopComparing}>{strings.notices.stop}</Button>
        </div>
      )}
      {stopped && !progress && <Button onPress={compare}>{words.compare}</Button>}
      {scores && (
        <ul className="scores-missed">
          {scores.truths
            .filter(({ object }) => object === null)
            .map(({ truth }) => (
              <li key={truth}>{words.missed(truth)}</li>
            ))}
        </ul>
      )}
    </section>
  );
}

function Figure({ name, share }: { name: string; share: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{words.figure(share)}</dd>
    </div>
  );
}

function Note() {
  const { scores, progress, stopped } = useTruth();
  const segmented = useRun((run) => run.result !== null);
  if (progress) return words.comparing(progress.done, progress.total);
  if (scores) return words.over(scores.truths.length, scores.frames.length);
  if (stopped) return words.stopped;
  return segmented ? words.noFrames : words.waiting;
}

/** The figures of one object, where a truth object was matched to it. */
export function ObjectScore({ id }: { id: number }) {
  const scores = useTruth((state) => state.scores);
  const own = scores?.truths.find(({ object }) => object === id);
  if (!own) return null;
  return (
    <span className="object-score">{words.object(own.truth, words.figure(own.J), words.figure(own.F))}</span>
  );
}
