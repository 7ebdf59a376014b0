import * as v from 'valibot';
import { sameData } from '../../lib/same.ts';
import { failure } from './errors.ts';
import { type FixedName, type RunSettings, SETTINGS, type SettingName, STEPS, type Step } from './schema.ts';

/** Names of all settings, in the table's order. */
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

type Fixed = {
  [Name in FixedName]: (typeof SETTINGS)[Name]['initial']['value'];
};

/** What begins with the same value for every model and clip. */
export function fixedSettings(): Pick<RunSettings, FixedName> {
  const values = SETTING_NAMES.flatMap((name) => {
    const { initial } = SETTINGS[name];
    return initial.from === 'fixed' ? [[name, initial.value] as const] : [];
  });
  return Object.fromEntries(values) as Fixed;
}

/** Throws `run/bad-setting` for the first setting that no run can have. */
export function checkSettings(settings: RunSettings): void {
  const wrong = SETTING_NAMES.find((name) => !v.is(SETTINGS[name].kind.schema, settings[name]));
  if (wrong !== undefined) throw badSetting(settings, wrong);
  if (settings.end !== null && settings.end <= settings.start) throw badSetting(settings, 'end');
}

const badSetting = (settings: RunSettings, name: SettingName) =>
  failure('run/bad-setting', {
    name,
    value: String(settings[name]),
    wants: SETTINGS[name].kind.wants,
  });

/**
 * Settings as a file of this or an earlier version holds them: what it does not name has its first value, values that
 * are no longer there stand for what came after them, and what is unknown is left out.
 */
export const storedSettings = v.object(
  Object.fromEntries(SETTING_NAMES.map((name) => [name, storedSchema(name)])),
) as unknown as v.GenericSchema<unknown, RunSettings>;

function storedSchema(name: SettingName): v.GenericSchema {
  const { kind, initial, ...rest } = SETTINGS[name];
  const { schema }: { schema: v.GenericSchema } = kind;
  const retired: Readonly<Record<string, unknown>> = 'retired' in rest ? rest.retired : {};
  const today = v.pipe(
    v.unknown(),
    v.transform((value) =>
      typeof value === 'string' && Object.hasOwn(retired, value) ? retired[value] : value,
    ),
    schema,
  );
  return initial.from === 'fixed' ? v.optional(today, initial.value) : today;
}

/** Settings of equal content decide the same run. */
export const sameSettings = (a: RunSettings, b: RunSettings): boolean =>
  SETTING_NAMES.every((name) => sameData(a[name], b[name]));

const stepOf = (name: SettingName, settings: RunSettings): number => {
  const { invalidates } = SETTINGS[name];
  return STEPS.indexOf(typeof invalidates === 'function' ? invalidates(settings) : invalidates);
};

/** Equal for settings that share what a step makes: the values of all that makes it, or a step before it, out of date. */
export function keyOf(settings: RunSettings, step: Step): string {
  const deciding = SETTING_NAMES.filter((name) => stepOf(name, settings) <= STEPS.indexOf(step));
  return JSON.stringify(deciding.map((name) => [name, settings[name]]));
}

/** Names of the settings that `eval` sweeps, those first whose change costs most. */
export const sweptSettings = (): SettingName[] =>
  SETTING_NAMES.filter((name) => SETTINGS[name].flag && 'swept' in SETTINGS[name].flag).sort(
    (a, b) => dearest(a) - dearest(b),
  );

/** The step that a change makes out of date where the metric is the usual one. */
function dearest(name: SettingName): number {
  const { invalidates } = SETTINGS[name];
  const step = typeof invalidates === 'function' ? invalidates(fixedSettings()) : invalidates;
  return STEPS.indexOf(step);
}

/** One temperature a head, from one number or a list as long as the heads. Throws `run/bad-setting`. */
export function perHead(temperature: RunSettings['temperature'], count: number): number[] {
  if (typeof temperature === 'number') return Array.from({ length: count }, () => temperature);
  if (temperature.length === count) return [...temperature];
  const value = temperature.join(', ');
  throw failure('run/bad-setting', {
    name: 'temperature',
    value,
    wants: `one number, or ${count} (one per head)`,
  });
}
