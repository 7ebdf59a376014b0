import { Checkbox, Label, Radio, RadioGroup } from 'react-aria-components';
import { BACKGROUNDS, type Effects, LOOKS, USUAL_EFFECTS } from '../../../engine/mask/effects.ts';
import { setEffects } from '../../actions/effects.ts';
import { css } from '../../model/palette.ts';
import { useDocument } from '../../stores/document.ts';
import { useRun } from '../../stores/run.ts';
import { percent } from '../../words/format.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';
import { EdgeFields, EffectSlider } from '../parts/edge-fields.tsx';
import { Icon } from '../parts/icons.tsx';

const words = strings.effects;

/** What becomes of the picture and its objects, on the stage as in exports. */
export function EffectsPanel() {
  const result = useRun((run) => run.result);
  const effects = useDocument((state) => state.effects);
  const blurs = useDocument((state) =>
    state.objects.some(({ look }) => look === 'blur' || look === 'pixelate'),
  );
  if (!result) return <p className="panel-empty">{words.none}</p>;
  const { background, colour, objects, trail } = effects;
  const graded = background === 'blur' || objects === 'blur' || objects === 'pixelate' || blurs;
  return (
    <div className="settings">
      <Chips
        label={words.background}
        names={words.backgrounds}
        ids={BACKGROUNDS}
        value={background}
        onChange={(next) => setEffects(words.edits.background(words.backgrounds[next]), { background: next })}
      />
      {background === 'colour' && (
        <label className="colour-field">
          {words.colour}
          <input
            type="color"
            value={css(colour)}
            onChange={(event) =>
              setEffects(
                words.edits.colour,
                { colour: Number.parseInt(event.target.value.slice(1), 16) },
                PICKING,
              )
            }
          />
        </label>
      )}
      <Chips
        label={words.objects}
        names={words.looks}
        ids={LOOKS}
        value={objects}
        onChange={(next) => setEffects(words.edits.objects(words.looks[next]), { objects: next })}
      />
      <p className="field-note">{words.objectsHint}</p>
      {graded && <EffectSlider name="strength" step={0.005} show={percent} />}
      <EdgeFields />
      <Checkbox
        className="check"
        isSelected={trail}
        onChange={(next) => setEffects(words.edits.trail, { trail: next })}
      >
        <span className="check-box">
          <Icon name="check" size={14} />
        </span>
        <span>
          {words.trail}
          <span className="hint">{words.trailHint}</span>
        </span>
      </Checkbox>
      {names.some((name) => effects[name] !== USUAL_EFFECTS[name]) && (
        <Button variant="quiet" icon="undo" onPress={() => setEffects(words.edits.reset, USUAL_EFFECTS)}>
          {words.reset}
        </Button>
      )}
    </div>
  );
}

const names = Object.keys(USUAL_EFFECTS) as (keyof Effects)[];

/** The values a colour picker reports while it is dragged are one edit. */
const PICKING = {};

/** One of a few, all in sight. */
function Chips<K extends string>({
  label,
  names,
  ids,
  value,
  onChange,
}: {
  label: string;
  names: Readonly<Record<K, string>>;
  ids: readonly K[];
  value: K;
  onChange: (id: K) => void;
}) {
  return (
    <RadioGroup
      className="chips"
      orientation="horizontal"
      value={value}
      onChange={(next) => {
        const chosen = ids.find((id) => id === next);
        if (chosen) onChange(chosen);
      }}
    >
      <Label>{label}</Label>
      {ids.map((id) => (
        <Radio key={id} value={id} className="segment">
          {names[id]}
        </Radio>
      ))}
    </RadioGroup>
  );
}
