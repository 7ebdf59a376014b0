import type { RunSettings } from '../../../engine/settings/run.ts';
import { sameSettings } from '../../../engine/settings/settings.ts';
import { chooseModel, openModels } from '../../actions/models.ts';
import { setPart } from '../../actions/part.ts';
import { changeSettings, resetSettings } from '../../actions/settings.ts';
import { commitTau, moveTau, tauRange } from '../../actions/tau.ts';
import { sizesAround, stridesFor, tauStep } from '../../model/settings.ts';
import { useClip } from '../../stores/clip.ts';
import { isHere, useModels } from '../../stores/models.ts';
import { tauRests, useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';
import { NumberField, Select } from '../parts/fields.tsx';
import { Fold } from '../parts/fold.tsx';
import { AdaptButton } from './adapt-button.tsx';
import { MainSubject } from './main-subject.tsx';
import { ChoiceFields, NumberFields } from './setting-fields.tsx';

const words = strings.settings;

/** What the next run will be. */
export function Settings() {
  const settings = useRun((run) => run.settings);
  const suggested = useRun((run) => run.suggested);
  const models = useRun((run) => run.models);
  const costs = useModels((state) => state.costs);
  const frameCount = useClip((clip) => clip.info?.frameCount ?? 1);
  const research = useView((view) => view.research);
  if (!settings || !suggested) return <p className="panel-empty">{strings.run.estimating}</p>;
  const model = models.find((entry) => entry.id === settings.model);
  const end = settings.end ?? frameCount;
  return (
    <div className="settings">
      <MainSubject />
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
        label={words.looked}
        hint={words.lookedHint}
        value={String(settings.stride)}
        options={stridesFor(settings.stride, frameCount).map((stride) => ({
          id: String(stride),
          name: words.everyFrame(stride),
        }))}
        onChange={(stride) => changeSettings({ stride: Number(stride) })}
      />
      <div className="fields">
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
      <Fold
        title={words.research}
        isExpanded={research}
        onExpandedChange={(open) => useView.setState({ research: open })}
      >
        <Research settings={settings} suggested={suggested} frameCount={frameCount} />
      </Fold>
      {!sameSettings(settings, suggested) && (
        <Button variant="quiet" icon="undo" onPress={resetSettings}>
          {words.reset}
        </Button>
      )}
    </div>
  );
}

interface ResearchProps {
  settings: RunSettings;
  suggested: RunSettings;
  frameCount: number;
}

/** What readers of the paper look for: every setting of a run that is not above. */
function Research({ settings, suggested, frameCount }: ResearchProps) {
  const tried = useRun((run) => tauRests(run.phase) || run.seeking);
  const models = useRun((run) => run.models);
  const range = tauRange({ models, settings });
  const sizes = sizesAround(suggested.height, suggested.width);
  return (
    <div className="settings">
      <Select
        label={words.size}
        hint={words.hints.size}
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
      <ChoiceFields settings={settings} />
      <div className="explained-fields">
        {settings.clustering !== 'kmeans' && (
          <NumberField
            label={words.tau}
            hint={words.hints.tau}
            value={settings.tau}
            range={range}
            step={tauStep(range)}
            digits={4}
            isDisabled={tried}
            onChange={(tau) => {
              moveTau(tau);
              commitTau();
            }}
          />
        )}
        <NumberFields settings={settings} frameCount={frameCount} />
      </div>
      {typeof settings.temperature !== 'number' && <p className="field-note">{words.temperatureHeads}</p>}
    </div>
  );
}
