import { useState } from 'react';
import { Form, Input, Label, TextField } from 'react-aria-components';
import { HUB_HOSTS, mayAsk } from '../../../engine/weights/hosts.ts';
import { chooseFiles } from '../../actions/files.ts';
import { addFile, addUrl, ask } from '../../actions/models.ts';
import { useModels } from '../../stores/models.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';
import { Consent, Downloading, Failed } from './download.tsx';

const words = strings.models;

const hosts = import.meta.env.WEIGHT_HOSTS;
/** As users see them: the hub is one, whatever its storage is called. */
const shownHosts = hosts
  .filter((host) => host === HUB_HOSTS[0] || !HUB_HOSTS.some((hub) => hub === host))
  .join(', ');

/** Weights that the list does not know: a file, or an address of a host that the page may ask. */
export function OwnWeights() {
  return (
    <section className="models-section">
      <h3>{words.own}</h3>
      <p className="hint">{words.ownHint}</p>
      <div className="model-buttons">
        <Button
          icon="folder"
          onPress={() =>
            chooseFiles({ accept: '.safetensors,.pth,.pt,.tar,.ckpt,.bin', multiple: false }, ([file]) => {
              if (file) void addFile(file);
            })
          }
        >
          {words.choose}
        </Button>
      </div>
      <Address />
    </section>
  );
}

function Address() {
  const [typed, setTyped] = useState('');
  const url = typed.trim();
  const asking = useModels((state) => state.asking === url);
  const downloading = useModels((state) => state.downloads.has(url));
  const allowed = mayAsk(url, hosts);
  const barred = URL.canParse(url) && !allowed;
  return (
    <>
      <Form
        className="model-address"
        onSubmit={(event) => {
          event.preventDefault();
          if (allowed) ask(url);
        }}
      >
        <TextField className="field" value={typed} onChange={setTyped}>
          <Label>{words.address(shownHosts)}</Label>
          <Input
            className="input"
            inputMode="url"
            placeholder="https://huggingface.co/…/resolve/main/model.safetensors"
          />
        </TextField>
        <Button type="submit" isDisabled={!allowed}>
          {words.add}
        </Button>
      </Form>
      {barred && <p className="hint">{words.otherHost(shownHosts)}</p>}
      {asking && url && (
        <Consent
          name={url.split('/').at(-1)!}
          host={new URL(url).host}
          bytes={0}
          licence={words.sourceLicence}
          onAgree={() => void addUrl(url)}
        />
      )}
      {downloading && <Downloading of={url} name={url} />}
      <Failed of={url} />
    </>
  );
}
