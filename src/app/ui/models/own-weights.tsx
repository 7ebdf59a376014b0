import { useState } from 'react';
import { Form, Input, Label, TextField } from 'react-aria-components';
import { mayAsk } from '../../../engine/model/weights/hosts.ts';
import { addFile, addUrl, ask, OWN } from '../../actions/models.ts';
import { chooseFiles } from '../../actions/open.ts';
import { type Headless, useModels } from '../../stores/models.ts';
import { strings } from '../../strings.ts';
import { Button } from '../parts/button.tsx';
import { NumberField } from '../parts/fields.tsx';
import { Arriving, Consent, Failed } from './arrival.tsx';

const words = strings.models;

/** Weights that the list does not know: a file, or an address on the hub. */
export function OwnWeights() {
  const headless = useModels((state) => state.headless);
  return (
    <section className="models-section">
      <h3>{words.own}</h3>
      <p className="hint">{words.ownHint}</p>
      <div className="model-buttons">
        <Button
          icon="folder"
          onPress={() =>
            chooseFiles({ accept: '.safetensors,.pth,.pt', multiple: false }, ([file]) => {
              if (file) void addFile(file);
            })
          }
        >
          {words.choose}
        </Button>
      </div>
      <Address />
      {headless && <Heads of={headless} />}
      <Failed of={OWN} />
    </section>
  );
}

function Address() {
  const [typed, setTyped] = useState('');
  const url = typed.trim();
  const asking = useModels((state) => state.asking === url);
  const arriving = useModels((state) => state.arrivals.has(url));
  const barred = URL.canParse(url) && !mayAsk(url);
  return (
    <>
      <Form
        className="model-address"
        onSubmit={(event) => {
          event.preventDefault();
          if (mayAsk(url)) ask(url);
        }}
      >
        <TextField className="field" value={typed} onChange={setTyped}>
          <Label>{words.address}</Label>
          <Input
            className="input"
            inputMode="url"
            placeholder="https://huggingface.co/…/resolve/main/model.safetensors"
          />
        </TextField>
        <Button type="submit" isDisabled={!mayAsk(url)}>
          {words.add}
        </Button>
      </Form>
      {barred && <p className="hint">{words.otherHost}</p>}
      {asking && url && (
        <Consent
          name={url.split('/').at(-1)!}
          host={new URL(url).host}
          bytes={0}
          licence={words.sourceLicence}
          onAgree={() => void addUrl(url)}
        />
      )}
      {arriving && <Arriving of={url} name={url} />}
      <Failed of={url} />
    </>
  );
}

/** Asks for the one thing that tensors cannot tell. */
function Heads({ of }: { of: Headless }) {
  const [heads, setHeads] = useState(6);
  const name = typeof of === 'string' ? of : of.name;
  return (
    <Form
      className="model-address"
      onSubmit={(event) => {
        event.preventDefault();
        void (typeof of === 'string' ? addUrl(of, heads) : addFile(of, heads));
      }}
    >
      <p>{words.headsFor(name)}</p>
      <NumberField label={words.heads} value={heads} range={[1, 64]} onChange={setHeads} />
      <Button type="submit" variant="primary">
        {words.add}
      </Button>
    </Form>
  );
}
