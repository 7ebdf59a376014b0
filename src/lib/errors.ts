import { type ErrorTable, errorsOf } from './failure.ts';

/** Errors of reading files, whoever reads them. */
export const LIB_ERRORS = {
  'png/not-png': (p: { name: string }) => ({
    what: `${p.name} is not a PNG file.`,
    todo: 'Give masks as PNG files.',
  }),
  'png/damaged': (p: { name: string; detail: string }) => ({
    what: `${p.name} is damaged: ${p.detail}.`,
    todo: 'Save or download the file again.',
  }),
  'png/unsupported': (p: { name: string; feature: string }) => ({
    what: `${p.name} is an ${p.feature} PNG, which is not read.`,
    todo: 'Save it again without that option.',
  }),
  'png/too-large': (p: { name: string; width: number; height: number }) => ({
    what: `${p.name} says that it is ${p.width} × ${p.height} pixels, which is more than 67 million.`,
    todo: 'Scale the picture down, or save it again if it is not that large.',
  }),
  'dataset/bad-rle': (p: { detail: string }) => ({
    what: `A run-length encoded mask cannot be read: ${p.detail}.`,
    todo: 'Download the annotations again.',
  }),
  'worker/lost': (p: { name: string; detail: string }) => ({
    what: `${p.name} stopped working: ${p.detail}.`,
    todo: 'Start again; if it stops again, use fewer frames or a smaller size.',
  }),
} satisfies ErrorTable;

export const { failure } = errorsOf(LIB_ERRORS);
