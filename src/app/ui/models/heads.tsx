import { useState } from 'react';
import { Form } from 'react-aria-components';
import { addFile, addUrl } from '../../actions/models.ts';
import { useModels } from '../../stores/models.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';
import { NumberField } from '../parts/fields.tsx';

const words = strings.models;

/** Asks for the one thing about weights that their tensors do not show. */
export function Heads() {
  const headless = useModels((state) => state.headless);
  const [heads, setHeads] = useState(6);
  if (!headless) return null;
  const name = typeof headless === 'string' ? headless : headless.name;
  return (
    <Form
      className="model-address model-heads"
      onSubmit={(event) => {
        event.preventDefault();
        void (typeof headless === 'string' ? addUrl(headless, heads) : addFile(headless, heads));
      }}
    >
      <p>{words.headsFor(name)}</p>
      <NumberField label={words.heads} value={heads} range={[1, 64]} onChange={setHeads} />
      <Button type="submit" variant="primary">
        {words.add}
      </Button>
      <Button onPress={() => useModels.setState({ headless: null })}>{strings.run.cancel}</Button>
    </Form>
  );
}
