import { LIB_ERRORS } from '../../lib/errors.ts';
import { type ErrorTable, errorsOf } from '../../lib/failure.ts';

/** Errors of masks. */
export const MASK_ERRORS = {
  'png/not-mask': (p: { name: string; colours: number }) => ({
    what: `${p.name} has ${p.colours} colours: it looks like a photograph, not a mask.`,
    todo: 'Give a mask: one palette index, grey value or colour an object.',
  }),
} satisfies ErrorTable;

export const { failure } = errorsOf({ ...LIB_ERRORS, ...MASK_ERRORS });
