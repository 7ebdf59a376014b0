import { megabytes } from '../../lib/bytes.ts';
import { type ErrorTable, errorsOf } from '../../lib/failure.ts';

/** Errors of devices. */
export const BACKEND_ERRORS = {
  'device/no-webgpu': (p: { detail: string }) => ({
    what: `WebGPU was asked for, but this browser offers none: ${p.detail}.`,
    todo: 'Set the backend to “Automatic” or “CPU” under Settings (--device auto or wasm), or use a browser with WebGPU (a recent Chrome, Edge or Safari).',
  }),
  'device/lost': (p: { reason: string }) => ({
    what: `The GPU was lost during the run: ${p.reason}`,
    todo: 'Start the run again; if this happens often, set the backend to “CPU” under Settings (--device wasm).',
  }),
  'device/out-of-memory': (p: { bytes: number }) => ({
    what: `The GPU is out of memory: it cannot allocate another ${megabytes(p.bytes)}.`,
    todo: 'Use fewer frames or a smaller size, or close other tabs and programs that use the GPU.',
  }),
  'device/failed': (p: { detail: string }) => ({
    what: `The GPU refused a step of the work: ${p.detail}`,
    todo: 'Set the backend to “CPU” under Settings (--device wasm), and report this with the diagnostics.',
  }),
  'device/wrong-results': (p: { detail: string }) => ({
    what: `This GPU failed the self-test, so its results cannot be trusted: ${p.detail}`,
    todo: 'Update the browser and the graphics driver, or set the backend to “CPU” under Settings (--device wasm).',
  }),
} satisfies ErrorTable;

export const { failure, isFailure } = errorsOf(BACKEND_ERRORS);
