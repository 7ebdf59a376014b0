import { remove } from '../../actions/models.ts';
import { useModels } from '../../stores/models.ts';
import { bytes } from '../../words/format.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';

const words = strings.models;

/** Files of weights that this browser keeps, their sizes, and how to be rid of them. */
export function Kept() {
  const stored = useModels((state) => state.stored);
  const space = useModels((state) => state.space);
  return (
    <section className="models-section">
      <h3>{words.kept}</h3>
      {stored.length === 0 && <p className="hint">{words.nothingKept}</p>}
      <ul className="models-kept">
        {stored.map(({ key, name, bytes: whole, arrived, complete, verified }) => (
          <li key={key}>
            <span className="models-kept-name">{name}</span>
            <span className="hint">
              {complete ? bytes(whole) : words.incomplete(arrived, whole)}
              {complete && !verified && words.unverified}
            </span>
            <Button variant="quiet" aria-label={words.remove(name)} onPress={() => void remove(key)}>
              {words.removeShort}
            </Button>
          </li>
        ))}
      </ul>
      {space && <p className="hint">{words.space(space.used, space.most)}</p>}
    </section>
  );
}
