import { ProgressBar } from 'react-aria-components';
import type { ModelCost } from '../../../engine/session/api.ts';
import { ask, discard, pause } from '../../actions/models.ts';
import { useModels } from '../../stores/models.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icons.tsx';

const words = strings.models;

/** Who would be asked for what, under which licence: nothing is fetched before the person agrees. */
export function Consent({
  name,
  host,
  bytes,
  licence,
  onAgree,
}: {
  name: string;
  host: string;
  bytes: number;
  licence: string;
  onAgree: () => void;
}) {
  return (
    <div className="model-arrival">
      <p>{words.consent(name, host, bytes, licence)}</p>
      <div className="model-buttons">
        <Button variant="primary" autoFocus onPress={onAgree}>
          {words.agree}
        </Button>
        <Button onPress={() => ask(null)}>{words.disagree}</Button>
      </div>
    </div>
  );
}

/** How far a download is, how fast, and how long it will take. */
export function Arriving({ of, name }: { of: string; name: string }) {
  const arrival = useModels((state) => state.arrivals.get(of));
  const part = arrival && arrival.total > 0 ? arrival.done / arrival.total : 0;
  return (
    <div className="model-arrival">
      <ProgressBar className="progress" aria-label={words.arriving(name)} value={part * 100}>
        <span className="stage-groove">
          <span style={{ width: `${part * 100}%` }} />
        </span>
      </ProgressBar>
      <p className="model-pace">
        {arrival ? (
          <>
            <span>{words.amount(arrival.done, arrival.total)}</span>
            <span>{words.speed(arrival.bytesPerSecond)}</span>
            {arrival.left !== null && <strong>{strings.run.left(arrival.left)}</strong>}
          </>
        ) : (
          <span>{words.connecting}</span>
        )}
      </p>
      <div className="model-buttons">
        <Button onPress={() => void pause(of)}>{words.pause}</Button>
        <Button onPress={() => void discard(of)}>{strings.run.cancel}</Button>
      </div>
    </div>
  );
}

/** A download that was paused or cut: what is here of it, and how to go on. */
export function Partly({
  of,
  cost,
  host,
  onResume,
}: {
  of: string;
  cost: ModelCost;
  host: string;
  onResume: () => void;
}) {
  return (
    <div className="model-arrival">
      <p>{words.partly(cost.arrived, cost.download, host)}</p>
      <div className="model-buttons">
        <Button variant="primary" onPress={onResume}>
          {words.resume}
        </Button>
        <Button onPress={() => void discard(of)}>{words.discard}</Button>
      </div>
    </div>
  );
}

/** What went wrong, where it was asked for. */
export function Failed({ of }: { of: string }) {
  const failure = useModels((state) => state.failures.get(of));
  if (!failure) return null;
  return (
    <div className="model-failed" role="alert">
      <Icon name="warning" />
      <div>
        <p>{failure.what}</p>
        <p className="notice-todo">{failure.todo}</p>
        <code>{strings.notices.code(failure.code)}</code>
      </div>
    </div>
  );
}
