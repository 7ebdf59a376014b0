import { LIB_ERRORS } from '../../lib/errors.ts';
import { type ErrorTable, errorsOf } from '../../lib/failure.ts';

/** Errors of masks. */
export const MASK_ERRORS = {
  'png/not-mask': (p: { name: string; colours: number }) => ({
    what: `${p.name} has ${p.colours} colours: it looks like a photograph, not a mask.`,
    todo: 'Give a mask: one palette index, grey value or colour an object.',
  }),
  'run/too-many-clusters': (p: { clusters: number }) => ({
    what: `The run found ${p.clusters} clusters; masks can hold no more than 65,535.`,
    todo: 'Raise τ, so that more of them join, and segment again.',
  }),
} satisfies ErrorTable;

export const { failure } = errorsOf({ ...LIB_ERRORS, ...MASK_ERRORS });
