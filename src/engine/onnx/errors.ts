import { type ErrorTable, errorsOf } from '../../lib/failure.ts';

/** Errors of ONNX Runtime. */
export const ONNX_ERRORS = {
  'model/session-failed': (p: { device: string; detail: string }) => ({
    what: `The model could not be made ready on ${p.device}: ${p.detail}`,
    todo: 'Choose a smaller size or the other backend under Settings, or close other tabs to free memory.',
  }),
  'model/run-failed': (p: { device: string; detail: string }) => ({
    what: `The model stopped on ${p.device}: ${p.detail}`,
    todo: 'Try again; if it stops again, choose a smaller size or the other backend under Settings.',
  }),
} satisfies ErrorTable;

export const { failure } = errorsOf(ONNX_ERRORS);
