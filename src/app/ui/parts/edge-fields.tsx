import { useRef } from 'react';
import { type Effects, RANGES } from '../../../engine/mask/effects.ts';
import { setEffects } from '../../actions/effects.ts';
import { useDocument } from '../../stores/document.ts';
import { strings } from '../../words/strings.ts';
import { Slider } from './fields.tsx';

const words = strings.effects;

/** A number of the effects on a slider: a whole drag is one edit. */
export function EffectSlider({
  name,
  step,
  show,
}: {
  name: keyof typeof RANGES & keyof Effects;
  step: number;
  show: (value: number) => string;
}) {
  const value = useDocument((state) => state.effects[name]);
  const drag = useRef({});
  return (
    <Slider
      label={words[name]}
      value={value}
      range={RANGES[name]}
      step={step}
      show={show(value)}
      onChange={(next) => setEffects(words.edits[name], { [name]: next }, drag.current)}
      onChangeEnd={() => {
        drag.current = {};
      }}
    />
  );
}

/** How soft the edges between objects and background are, and where they lie. */
export function EdgeFields() {
  return (
    <>
      <EffectSlider name="feather" step={0.5} show={words.pixels} />
      <EffectSlider name="shift" step={0.5} show={words.pixels} />
    </>
  );
}
