import { megabytes } from '../../lib/bytes.ts';
import { type ErrorTable, errorsOf } from '../../lib/failure.ts';
import { inWords, type Phrase, type Phrases, type Said } from '../../lib/phrases.ts';

/** Why there is no adapter. */
export const MISSING = {
  'no-webgpu': 'this browser does not have it, or the page is not on a secure origin',
  'no-adapter': 'the browser found no adapter',
} satisfies Phrases;

/** What a GPU got wrong. */
export const GPU_FAULTS = {
  off: (p: { attention: number; divergence: number }) =>
    `attention is off by ${p.attention}, distances by ${p.divergence}`,
  lost: (p: { mebibytes: number; row: number }) => `of a matrix of ${p.mebibytes} MiB, row ${p.row} is lost`,
} satisfies Phrases;

/** Errors of devices. */
export const BACKEND_ERRORS = {
  'device/no-webgpu': (p: { missing: keyof typeof MISSING }) => ({
    what: `WebGPU was asked for, but this browser offers none: ${MISSING[p.missing]}.`,
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
  'device/wrong-results': (p: { detail: Phrase<typeof GPU_FAULTS> | Said }) => ({
    what: `This GPU failed the self-test, so its results cannot be trusted: ${inWords(GPU_FAULTS, p.detail)}`,
    todo: 'Update the browser and the graphics driver, or set the backend to “CPU” under Settings (--device wasm).',
  }),
} satisfies ErrorTable;

export const { failure, isFailure } = errorsOf(BACKEND_ERRORS);
