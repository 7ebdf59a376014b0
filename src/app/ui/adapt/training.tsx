import { compare, discard, stopLearning } from '../../actions/adapt.ts';
import { pace } from '../../model/adapt.ts';
import { useAdapt } from '../../stores/adapt.ts';
import { whatOf } from '../../words/messages.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';
import { Fact } from '../parts/fields.tsx';
import { Progress } from '../parts/progress.tsx';
import { Curve, short } from './curve.tsx';

const words = strings.adapt;

/** How the training goes, how long it will take, and a way to stop. */
export function Training() {
  const { start, points, iterations, stopping } = useAdapt();
  const seconds = pace(points);
  const part = points.length / Math.max(1, iterations);
  return (
    <div className="adapt-training">
      <Curve losses={points.map(({ loss }) => loss)} iterations={iterations} />
      <Numbers />
      <Progress label={words.progress} part={part} />
      <div className="export-row">
        <p className="estimate">
          {points.length > 0 ? (
            <span>{strings.run.amount(points.length, iterations, words.unit)}</span>
          ) : (
            <span>{words.preparing}</span>
          )}
          {seconds !== null && <strong>{strings.run.left(seconds * (iterations - points.length))}</strong>}
        </p>
        <Button isDisabled={stopping} onPress={() => void stopLearning()}>
          {stopping ? words.stopping : words.stop}
        </Button>
      </div>
      <p className="hint">
        {start && `${words.device(start.device.device, start.device.threads)}. `}
        {words.background}
      </p>
      {start?.skipped.map(({ name, why, ...failed }) => (
        <p key={name} className="hint">
          {words.leftOut(name, whatOf(failed, why))}
        </p>
      ))}
    </div>
  );
}

/** What the last iteration and the last look at the validation clips found. */
function Numbers() {
  const last = useAdapt((state) => state.points.at(-1));
  const [first] = useAdapt((state) => state.validations);
  const seen = useAdapt((state) => state.validations.at(-1));
  return (
    <dl className="adapt-numbers">
      <Fact name={words.loss}>{last ? short(last.loss) : '–'}</Fact>
      <Fact name={words.semantic}>{last ? short(last.semantic) : '–'}</Fact>
      <Fact name={words.motion}>{last ? short(last.motion) : '–'}</Fact>
      <Fact name={words.separation}>
        {first && seen ? words.separationValue(short(first.separation), short(seen.separation)) : '–'}
      </Fact>
      <Fact name={words.tau}>{seen?.tau ? short(seen.tau) : '–'}</Fact>
    </dl>
  );
}

/** A training that has ended, before its masks are looked at. */
export function TrainedSoFar() {
  const { points, iterations, trained } = useAdapt();
  return (
    <div className="adapt-training">
      <Curve losses={points.map(({ loss }) => loss)} iterations={iterations} />
      <Numbers />
      <div className="export-row">
        <p className="estimate">
          {trained && <strong>{words.trainedUntil(trained.iteration, trained.iterations)}</strong>}
        </p>
        <Button onPress={() => void discard()}>{words.discard}</Button>
        <Button variant="primary" onPress={() => void compare()}>
          {words.compare}
        </Button>
      </div>
    </div>
  );
}
