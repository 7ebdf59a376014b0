import type { RunSettings } from '../../../engine/settings/run.ts';
import { type ChoiceName, type PanelName, SETTINGS } from '../../../engine/settings/schema.ts';
import { SETTING_NAMES } from '../../../engine/settings/settings.ts';
import { changeSettings } from '../../actions/settings.ts';
import { strings } from '../../words/strings.ts';
import { NumberField, Select } from '../parts/fields.tsx';

const words = strings.settings;
/** Every choice of every setting has a name. */
const CHOICES: { readonly [Name in ChoiceName]: Readonly<Record<RunSettings[Name], string>> } = words.choices;

interface Shown {
  group: 'main' | 'research';
  settings: RunSettings;
}

const shownIn = ({ group, settings }: Shown) =>
  SETTING_NAMES.flatMap((name) => {
    const { kind, panel } = SETTINGS[name];
    if (panel?.group !== group || ('when' in panel && !panel.when(settings))) return [];
    return [{ name: name as PanelName, kind, panel }];
  });

/** The settings of a group that are one of a few. */
export function ChoiceFields(shown: Shown) {
  return shownIn(shown).map(({ name, kind }) => {
    if (!('choices' in kind)) return null;
    const names: Readonly<Record<string, string>> = CHOICES[name as ChoiceName];
    return (
      <Select
        key={name}
        label={words[name]}
        value={String(shown.settings[name])}
        options={kind.choices.map((id) => ({ id, name: names[id] ?? id }))}
        onChange={(choice) => changeSettings({ [name]: choice })}
      />
    );
  });
}

/** The settings of a group that are a number. */
export function NumberFields({ frameCount, ...shown }: Shown & { frameCount: number }) {
  return shownIn(shown).map(({ name, panel }) => {
    const value = shown.settings[name];
    if (typeof value !== 'number' || !('range' in panel)) return null;
    return (
      <NumberField
        key={name}
        label={words[name]}
        value={value}
        range={panel.range(frameCount)}
        {...('step' in panel ? { step: panel.step, digits: panel.digits } : {})}
        onChange={(next) => changeSettings({ [name]: next })}
      />
    );
  });
}
