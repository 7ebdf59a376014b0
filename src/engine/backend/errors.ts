import { megabytes } from '../../lib/bytes.ts';
import { type ErrorTable, errorsOf } from '../../lib/failure.ts';

/** Errors of devices. */
export const BACKEND_ERRORS = {
  'device/no-webgpu': (p: { detail: string }) => ({
    what: `WebGPU was asked for, but this browser offers none: ${p.detail}.`,
    todo: 'Choose the device “auto” or “wasm” under Settings, or use a browser with WebGPU (a recent Chrome, Edge or Safari).',
  }),
  'device/lost': (p: { reason: string }) => ({
    what: `The GPU was lost in the middle of the work: ${p.reason}`,
    todo: 'Start the run again; if it happens often choose the device “wasm” under Settings.',
  }),
  'device/out-of-memory': (p: { bytes: number }) => ({
    what: `The GPU has no room for a further ${megabytes(p.bytes)}.`,
    todo: 'Take fewer frames or a smaller size, or close other tabs and programs that use the GPU.',
  }),
  'device/failed': (p: { detail: string }) => ({
    what: `The GPU refused a step of the work: ${p.detail}`,
    todo: 'Choose the device “wasm” under Settings, and report this with the diagnostics.',
  }),
  'device/wrong-results': (p: { detail: string }) => ({
    what: `This GPU failed the self-test, so its results cannot be trusted: ${p.detail}`,
    todo: 'Update the browser and the graphics driver, or choose the device “wasm” under Settings.',
  }),
} satisfies ErrorTable;

export const { failure, isFailure } = errorsOf(BACKEND_ERRORS);
