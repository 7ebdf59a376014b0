import { type ErrorTable, errorsOf } from '../../lib/failure.ts';

/** Errors of exports. */
export const EXPORT_ERRORS = {
  'export/cancelled': () => ({
    what: 'The export was cancelled; nothing was written.',
    todo: 'Press Export to start again.',
  }),
  'export/no-objects': () => ({
    what: 'No object was chosen to export.',
    todo: 'Show at least one object in the list, or choose all objects.',
  }),
  'export/no-encoder': (p: { container: string; width: number; height: number }) => ({
    what: `This browser has no encoder for ${p.container} at ${p.width} × ${p.height} pixels.`,
    todo: 'Choose the other format, or use a current Chrome, Edge or Safari.',
  }),
  'export/cannot-write': (p: { name: string; detail: string }) => ({
    what: `${p.name} cannot be written: ${p.detail}`,
    todo: 'Make room or choose another place, and export again.',
  }),
} satisfies ErrorTable;

export const { failure, asFailure } = errorsOf(EXPORT_ERRORS);
