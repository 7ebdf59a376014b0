import type { RunSettings } from '../src/engine/settings/run.ts';
import { type FlagName, JOINT_FLAGS, SETTINGS } from '../src/engine/settings/schema.ts';
import { SETTING_NAMES } from '../src/engine/settings/settings.ts';
import { type Option, usage } from './command.ts';

type Name = keyof typeof JOINT_FLAGS | FlagName | 'outlines';
type RunOptions = Record<Name, Option & { type: 'string' }>;
/** Values of a run's flags, as typed. */
type Typed = { readonly [N in Name]?: string | undefined };

const option = (value: string, help: string) => ({ type: 'string', value, help }) as const;

/** The options of a run. Defaults suit the model, clip and machine. */
export const runOptions = Object.fromEntries([
  ...Object.entries(JOINT_FLAGS).map(([name, { value, help }]) => [name, option(value, help)] as const),
  ...SETTING_NAMES.flatMap((name) => {
    const { flag } = SETTINGS[name];
    return flag ? [[name, option(flag.value, flag.help)] as const] : [];
  }),
  ['outlines', option('HOW', 'edges: along those of the picture (default); smooth: between the tokens')],
]) as RunOptions;

/** Whether masks follow the picture's edges; undefined where that was not typed. Throws `cli/usage`. */
export function typedOutlines(command: string, { outlines }: Typed): { edges?: boolean } {
  if (outlines === undefined) return {};
  if (outlines === 'edges' || outlines === 'smooth') return { edges: outlines === 'edges' };
  throw usage(command, `--outlines is ${outlines}, but it has to be edges or smooth.`);
}

/** The settings that were typed. Throws `cli/usage`; the engine checks whether a value suits the model. */
export function typedSettings(command: string, values: Typed): Partial<RunSettings> {
  const wrong = (name: Name, wants: string) =>
    usage(command, `--${name} is ${values[name]}, but it has to be ${wants}.`);

  const joint = (['size', 'frames'] as const).map((name) => {
    const { pattern, form, read } = JOINT_FLAGS[name];
    const typed = values[name];
    if (typed === undefined) return {};
    const found = pattern.exec(typed);
    if (!found) throw wrong(name, form);
    return read(found[1] ?? '', found[2] ?? '');
  });
  const single = SETTING_NAMES.filter((name): name is FlagName => SETTINGS[name].flag !== null).flatMap(
    (name) => {
      const typed = values[name];
      if (typed === undefined) return [];
      const value = SETTINGS[name].kind.read(typed);
      if (value === undefined) throw wrong(name, SETTINGS[name].kind.form);
      return [[name, value]];
    },
  );
  return Object.assign({}, ...joint, Object.fromEntries(single));
}
