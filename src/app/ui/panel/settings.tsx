import { Button as AriaButton, Checkbox, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import type { ClusteringMode, Metric, RunSettings } from '../../../engine/settings/run.ts';
import { chooseModel, openModels } from '../../actions/models.ts';
import { setPart } from '../../actions/part.ts';
import { changeSettings, resetSettings, setSingle } from '../../actions/settings.ts';
import { sameRun, sizesAround } from '../../model/settings.ts';
import { useClip } from '../../stores/clip.ts';
import { isHere, useModels } from '../../stores/models.ts';
import { useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';
import { AdaptButton } from '../adapt/button.tsx';
import { Button } from '../parts/button.tsx';
import { NumberField, Select } from '../parts/fields.tsx';
import { Icon } from '../parts/icons.tsx';

const words = strings.settings;
const options = <K extends string>(names: Readonly<Record<K, string>>) =>
  (Object.entries(names) as [K, string][]).map(([id, name]) => ({ id, name }));
const DEVICES = options<RunSettings['device']>(words.devices);
const CLUSTERINGS = options<ClusteringMode>(words.clusterings);
const POOLS = options(words.pools);
const METRICS = options<Metric>(words.metrics);

/** What the next run will be. */
export function Settings() {
  const settings = useRun((run) => run.settings);
  const suggested = useRun((run) => run.suggested);
  const models = useRun((run) => run.models);
  const costs = useModels((state) => state.costs);
  const frameCount = useClip((clip) => clip.info?.frameCount ?? 1);
  if (!settings || !suggested) return <p className="panel-empty">{strings.run.estimating}</p>;
  const model = models.find((entry) => entry.id === settings.model);
  const sizes = sizesAround(suggested.height, suggested.width);
  const end = settings.end ?? frameCount;
  return (
    <div className="settings">
      <Select
        label={words.model}
        value={settings.model}
        options={models
          .filter(({ id }) => id === settings.model || isHere(costs, id))
          .map(({ id, name, summary }) => ({ id, name, hint: summary }))}
        onChange={(id) => void chooseModel(id)}
      />
      <p className="field-note">
        {model && words.licence(model.licence)}
        <Button variant="quiet" onPress={() => void openModels.run()}>
          {words.models}
        </Button>
      </p>
      <AdaptButton />
      <Select
        label={words.device}
        value={settings.device}
        options={DEVICES}
        onChange={(device) => changeSettings({ device })}
      />
      <Select
        label={words.size}
        value={`${settings.width}x${settings.height}`}
        options={sizes.map(({ width, height }) => ({
          id: `${width}x${height}`,
          name: words.sizeOption(width, height),
        }))}
        onChange={(id) => {
          const size = sizes.find(({ width, height }) => `${width}x${height}` === id);
          if (size) changeSettings(size);
        }}
      />
      <div className="fields">
        <NumberField
          label={words.stride}
          value={settings.stride}
          range={[1, frameCount]}
          onChange={(stride) => changeSettings({ stride })}
        />
        <NumberField
          label={words.from}
          value={settings.start + 1}
          range={[1, end]}
          onChange={(first) => setPart(first - 1, end)}
        />
        <NumberField
          label={words.to}
          value={end}
          range={[settings.start + 1, frameCount]}
          onChange={(last) => setPart(settings.start, last)}
        />
      </div>
      <Disclosure className="disclosure">
        <Heading level={3}>
          <AriaButton slot="trigger" className="disclosure-button">
            <Icon name="chevron" size={16} />
            {words.advanced}
          </AriaButton>
        </Heading>
        <DisclosurePanel>
          <Advanced settings={settings} />
        </DisclosurePanel>
      </Disclosure>
      {!sameRun(settings, suggested) && (
        <Button variant="quiet" icon="undo" onPress={resetSettings}>
          {words.reset}
        </Button>
      )}
    </div>
  );
}

function Advanced({ settings }: { settings: RunSettings }) {
  const { clustering, temperature } = settings;
  const single = useRun((run) => run.single);
  return (
    <div className="settings">
      <Checkbox className="check" isSelected={single} onChange={setSingle}>
        <span className="check-box">
          <Icon name="check" size={14} />
        </span>
        {words.single}
      </Checkbox>
      <Select
        label={words.clustering}
        value={clustering}
        options={CLUSTERINGS}
        onChange={(mode) => changeSettings({ clustering: mode })}
      />
      <Select
        label={words.metric}
        value={settings.metric}
        options={METRICS}
        onChange={(metric) => changeSettings({ metric })}
      />
      {settings.metric === 'Av' && (
        <Select
          label={words.pool}
          value={settings.pool === 2 ? '2' : '1'}
          options={POOLS}
          onChange={(side) => changeSettings({ pool: side === '2' ? 2 : 1 })}
        />
      )}
      <div className="fields">
        <NumberField
          label={words.ratio}
          value={settings.ratio}
          range={[0.01, 1]}
          step={0.01}
          digits={2}
          onChange={(ratio) => changeSettings({ ratio })}
        />
        {clustering !== 'paper' && clustering !== 'kmeans' && (
          <NumberField
            label={words.window}
            value={settings.window}
            range={[1, 1000]}
            onChange={(window) => changeSettings({ window })}
          />
        )}
        {clustering === 'kmeans' && (
          <>
            <NumberField
              label={words.k}
              value={settings.k}
              range={[2, 100]}
              onChange={(k) => changeSettings({ k })}
            />
            <NumberField
              label={words.seed}
              value={settings.seed}
              range={[0, 1e9]}
              onChange={(seed) => changeSettings({ seed })}
            />
          </>
        )}
        {typeof temperature === 'number' && (
          <NumberField
            label={words.temperature}
            value={temperature}
            range={[0.01, 100]}
            step={0.01}
            digits={2}
            onChange={(value) => changeSettings({ temperature: value })}
          />
        )}
      </div>
      {typeof temperature !== 'number' && <p className="field-note">{words.temperatureHeads}</p>}
    </div>
  );
}
