import { type ErrorTable, errorsOf } from '../../lib/failure.ts';

/** Errors of the token store. */
export const TOKENS_ERRORS = {
  'tokens/no-space': () => ({
    what: 'This clip outgrew the memory set aside for it, and the browser has no disk space left.',
    todo: 'Take fewer frames (a coarser stride) or a smaller size, or free some disk space.',
  }),
} satisfies ErrorTable;

export const { failure } = errorsOf(TOKENS_ERRORS);
