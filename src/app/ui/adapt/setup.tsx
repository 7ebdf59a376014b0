import { Radio, RadioGroup } from 'react-aria-components';
import { addClips, learn, paceKey, removeClip } from '../../actions/adapt.ts';
import { chooseFiles } from '../../actions/files.ts';
import { LENGTHS, type Length, SIZES } from '../../model/adapt.ts';
import { useAdapt, useAdaptChoice } from '../../stores/adapt.ts';
import { useClip } from '../../stores/clip.ts';
import { useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { NumberField, Select } from '../parts/fields.tsx';
import { Fold } from '../parts/fold.tsx';

const words = strings.adapt;
const PRESETS = Object.keys(LENGTHS) as Length[];
const RECIPES = (['paper', 'released'] as const).map((id) => ({ id, ...words.recipes[id] }));
const SIZE_OPTIONS = (Object.keys(SIZES) as (keyof typeof SIZES)[]).map((id) => ({
  id,
  name: words.sizes[id],
}));

/** From which clips, and for how long. */
export function Setup() {
  const settings = useRun((run) => run.settings);
  const models = useRun((run) => run.models);
  const idle = useRun((run) => run.phase === 'idle');
  const choice = useAdaptChoice();
  if (!settings) return null;
  const name = models.find(({ id }) => id === settings.model)?.name ?? settings.model;
  const seconds = choice.paces[paceKey(settings, choice)];
  const preset = PRESETS.find((length) => LENGTHS[length] === choice.iterations);
  return (
    <div className="adapt-setup">
      <p>{words.what(name)}</p>
      <Clips />
      <RadioGroup
        className="adapt-lengths"
        aria-label={words.length}
        value={preset ?? null}
        onChange={(length) => useAdaptChoice.setState({ iterations: LENGTHS[length as Length] })}
      >
        {PRESETS.map((length) => (
          <Radio key={length} value={length} className="export-kind">
            <strong>{words.lengths[length].name}</strong>
            <span>{words.lengths[length].hint}</span>
            <span>
              {words.iterations(LENGTHS[length])}
              {seconds !== undefined && `, ${strings.run.about(seconds * LENGTHS[length])}`}
            </span>
          </Radio>
        ))}
      </RadioGroup>
      <Fold title={words.advanced}>
        <Advanced />
      </Fold>
      <footer className="export-row">
        <p className="estimate">
          <strong>{words.iterations(choice.iterations)}</strong>
          <span>
            {seconds === undefined ? words.unknownTime : strings.run.about(seconds * choice.iterations)}
          </span>
        </p>
        <Button variant="primary" isDisabled={!idle} onPress={() => void learn()}>
          {words.start}
        </Button>
      </footer>
    </div>
  );
}

function Clips() {
  const info = useClip((clip) => clip.info);
  const added = useAdapt((state) => state.added);
  return (
    <section className="adapt-clips">
      <h3>{words.from}</h3>
      <ul>
        <li>{info?.name}</li>
        {added.map((clip) => (
          <li key={clip.id}>
            {clip.name}
            <IconButton icon="close" label={words.removeClip(clip.name)} onPress={() => removeClip(clip)} />
          </li>
        ))}
      </ul>
      <Button variant="quiet" icon="folder" onPress={() => chooseFiles({ multiple: true }, addClips)}>
        {words.addClips}
      </Button>
    </section>
  );
}

function Advanced() {
  const { recipe, iterations, size, stride } = useAdaptChoice();
  const { setState } = useAdaptChoice;
  return (
    <div className="settings">
      <Select
        label={words.recipe}
        value={recipe}
        options={RECIPES}
        onChange={(chosen) => setState({ recipe: chosen })}
      />
      <Select
        label={words.size}
        value={size}
        options={SIZE_OPTIONS}
        onChange={(chosen) => setState({ size: chosen })}
      />
      <div className="fields">
        <NumberField
          label={words.iterationsField}
          value={iterations}
          range={[1, 100_000]}
          onChange={(chosen) => setState({ iterations: chosen })}
        />
        <NumberField
          label={words.stride}
          value={stride}
          range={[1, 100]}
          onChange={(chosen) => setState({ stride: chosen })}
        />
      </div>
    </div>
  );
}
