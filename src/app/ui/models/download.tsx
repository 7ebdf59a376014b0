import { ProgressBar } from 'react-aria-components';
import type { ModelCost } from '../../../engine/session/api.ts';
import { ask, discard, pause } from '../../actions/models.ts';
import { useModels } from '../../stores/models.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';
import { FailureNote } from '../parts/failure-note.tsx';

const words = strings.models;

/** Who would be asked for what, under which licence: nothing is fetched before the user agrees. */
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
    <div className="model-download">
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
export function Downloading({ of, name }: { of: string; name: string }) {
  const progress = useModels((state) => state.downloads.get(of));
  const part = progress && progress.total > 0 ? progress.done / progress.total : 0;
  return (
    <div className="model-download">
      <ProgressBar className="progress" aria-label={words.arriving(name)} value={part * 100}>
        <span className="stage-groove">
          <span style={{ width: `${part * 100}%` }} />
        </span>
      </ProgressBar>
      <p className="model-pace">
        {progress ? (
          <>
            <span>{words.amount(progress.done, progress.total)}</span>
            <span>{words.speed(progress.bytesPerSecond)}</span>
            {progress.left !== null && <strong>{strings.run.left(progress.left)}</strong>}
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
    <div className="model-download">
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

/** What went wrong with a download. */
export function Failed({ of }: { of: string }) {
  const failure = useModels((state) => state.failures.get(of));
  return failure ? <FailureNote failure={failure} /> : null;
}
