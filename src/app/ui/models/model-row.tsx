import type { ModelCost } from '../../../engine/session/api.ts';
import type { ModelEntry } from '../../../engine/weights/types.ts';
import { ask, chooseModel, download } from '../../actions/models.ts';
import { useModels } from '../../stores/models.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { useRun } from '../../stores/run.ts';
import { bytes, wait } from '../../words/format.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icons.tsx';
import { Consent, Downloading, Failed, Partly } from './download.tsx';

const words = strings.models;

/** A model, what it costs on this device, and the next step towards it. */
export function ModelRow({ entry }: { entry: ModelEntry }) {
  const { id, name, summary } = entry;
  const cost = useModels((state) => state.costs.get(id));
  const downloading = useModels((state) => state.downloads.has(id));
  const asking = useModels((state) => state.asking === id);
  const partial = cost && !cost.here && cost.arrived > 0 && !downloading;
  return (
    <li className="model" data-here={cost?.here || undefined}>
      <div className="model-name">
        <strong>{name}</strong>
        <span className="hint">{summary}</span>
      </div>
      <Facts entry={entry} cost={cost} />
      <div className="model-step">
        {cost && !downloading && !asking && !partial && <Step {...{ entry, cost }} />}
      </div>
      {asking && cost && (
        <Consent
          name={name}
          host={hostOf(entry)}
          bytes={cost.download - cost.arrived}
          licence={entry.licence}
          onAgree={() => void download(id)}
        />
      )}
      {partial && <Partly of={id} cost={cost} host={hostOf(entry)} onResume={() => void download(id)} />}
      {downloading && <Downloading of={id} name={name} />}
      <Failed of={id} />
    </li>
  );
}

const hostOf = ({ file }: ModelEntry): string => (URL.canParse(file.url) ? new URL(file.url).host : '');

function Step({ entry: { id, name }, cost: { here } }: { entry: ModelEntry; cost: ModelCost }) {
  const own = useRun((run) => run.models[0]?.id);
  const preferred = usePreferences((preferences) => preferences.model);
  const running = useRun((run) => run.settings?.model);
  if (id === (running ?? preferred ?? own))
    return (
      <span className="model-used">
        <Icon name="check" size={16} />
        {words.inUse}
      </span>
    );
  return here ? (
    <Button aria-label={words.use(name)} onPress={() => void chooseModel(id)}>
      {words.useShort}
    </Button>
  ) : (
    <Button aria-label={words.get(name)} onPress={() => ask(id)}>
      {words.getShort}
    </Button>
  );
}

function Facts({ entry, cost }: { entry: ModelEntry; cost: ModelCost | undefined }) {
  const { facts } = words;
  const { embedded, licence } = entry;
  const estimate = cost?.estimate;
  const size = cost?.download ? bytes(cost.download) : words.none;
  return (
    <dl className="model-facts">
      <Quality entry={entry} />
      <Cell name={facts.time} note={null}>
        {estimate ? wait(estimate.seconds) : '–'}
      </Cell>
      <Cell name={facts.memory} note={null}>
        {estimate ? bytes(estimate.bytes) : '–'}
      </Cell>
      <Cell name={facts.download} note={embedded ? words.embedded : cost?.here ? words.stored : null}>
        {size}
      </Cell>
      <Cell name={facts.licence} note={null}>
        {licence}
      </Cell>
    </dl>
  );
}

/** The paper's Table 8 where it is the paper's backbone, ours where it was measured. */
function Quality({ entry: { paper, measured } }: { entry: ModelEntry }) {
  const name = words.facts.quality;
  if (paper)
    return (
      <Cell name={name} note={words.paperNote}>
        {words.paper(paper.davisJf)}
      </Cell>
    );
  return (
    <Cell name={name} note={measured ? words.measuredNote : null}>
      {measured ? words.measured(measured.percent) : words.unmeasured}
    </Cell>
  );
}

function Cell({ name, note, children }: { name: string; note: string | null; children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children}
        {note && <span className="hint">{note}</span>}
      </dd>
    </div>
  );
}
