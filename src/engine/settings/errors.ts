import { type ErrorTable, errorsOf } from '../../lib/failure.ts';

/** Errors of the settings of a run. */
export const SETTINGS_ERRORS = {
  'run/bad-setting': (p: { name: string; value: string; wants: string }) => ({
    what: `The setting ${p.name} is ${p.value}, but it has to be ${p.wants}.`,
    todo: `Give ${p.name} a value that is ${p.wants}.`,
  }),
} satisfies ErrorTable;

export const { failure } = errorsOf(SETTINGS_ERRORS);
