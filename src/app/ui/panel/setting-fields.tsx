import type { RunSettings } from '../../../engine/settings/run.ts';
import { type ChoiceName, type PanelName, SETTINGS } from '../../../engine/settings/schema.ts';
import { SETTING_NAMES } from '../../../engine/settings/settings.ts';
import { changeSettings } from '../../actions/settings.ts';
import { strings } from '../../words/strings.ts';
import { NumberField, Select } from '../parts/fields.tsx';

const words = strings.settings;
/** Every choice of every setting has a name, and every setting an explanation. */
const CHOICES: { readonly [Name in ChoiceName]: Readonly<Record<RunSettings[Name], string>> } = words.choices;
const HINTS: Readonly<Record<PanelName, string>> = words.hints;

const shownFor = (settings: RunSettings) =>
  SETTING_NAMES.flatMap((name) => {
    const { kind, panel } = SETTINGS[name];
    if (!panel || ('when' in panel && !panel.when(settings))) return [];
    return [{ name: name as PanelName, kind, panel }];
  });

/** The settings that are one of a few. */
export function ChoiceFields({ settings }: { settings: RunSettings }) {
  return shownFor(settings).map(({ name, kind }) => {
    if (!('choices' in kind)) return null;
    const names: Readonly<Record<string, string>> = CHOICES[name as ChoiceName];
    return (
      <Select
        key={name}
        label={words[name]}
        hint={HINTS[name]}
        value={String(settings[name])}
        options={kind.choices.map((id) => ({ id, name: names[id] ?? id }))}
        onChange={(choice) => changeSettings({ [name]: choice })}
      />
    );
  });
}

/** The settings that are a number. */
export function NumberFields({ settings, frameCount }: { settings: RunSettings; frameCount: number }) {
  return shownFor(settings).map(({ name, panel }) => {
    const value = settings[name];
    if (typeof value !== 'number' || !('range' in panel)) return null;
    return (
      <NumberField
        key={name}
        label={words[name]}
        hint={HINTS[name]}
        value={value}
        range={panel.range(frameCount)}
        {...('step' in panel ? { step: panel.step, digits: panel.digits } : {})}
        onChange={(next) => changeSettings({ [name]: next })}
      />
    );
  });
}
