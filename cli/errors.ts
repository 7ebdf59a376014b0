import { ENGINE_ERRORS } from '../src/engine/session/errors.ts';
import { EVALUATE_ERRORS } from '../src/evaluate/errors.ts';
import { type ErrorTable, errorsOf } from '../src/lib/failure.ts';
import { TRAIN_ERRORS } from '../src/train/errors.ts';

/** Errors of the command line. */
export const CLI_ERRORS = {
  'cli/no-browser': (p: { detail: string }) => ({
    what: `No browser could be started: ${p.detail}`,
    todo: 'Install Chromium or Chrome (Debian: apt-get install chromium), or set CHROMIUM_PATH to one.',
  }),
  'cli/browser-ended': () => ({
    what: 'The browser that runs the engine exited unexpectedly; most often it ran out of memory.',
    todo: 'Take fewer frames (--stride, --frames) or a smaller --size.',
  }),
  'cli/no-input': (p: { path: string }) => ({
    what: `There is no file or folder ${p.path}, or it cannot be read.`,
    todo: 'Check the path and its permissions.',
  }),
  'cli/no-frames': (p: { path: string }) => ({
    what: `The folder ${p.path} holds no JPEG or PNG frames.`,
    todo: 'Give a video file, or a folder of .jpg, .jpeg or .png frames.',
  }),
  'cli/cannot-write': (p: { path: string; detail: string }) => ({
    what: `${p.path} cannot be written: ${p.detail}`,
    todo: 'Choose another --out, or make room and check its permissions.',
  }),
  'cli/no-command': (p: { name: string }) => ({
    what: `There is no command ${p.name}.`,
    todo: 'See unprompted --help.',
  }),
  'cli/no-model': (p: { name: string; known: string }) => ({
    what: `There is no model ${p.name}, and no file of that name.`,
    todo: `Give a file of weights, or one of ${p.known}.`,
  }),
  'cli/usage': (p: { detail: string; command: string }) => ({
    what: p.detail,
    todo: `See unprompted ${p.command} --help.`,
  }),
  'many/no-clips': (p: { where: string }) => ({
    what: `There is no clip in ${p.where}.`,
    todo: 'Give video files, folders of them, folders of frames, or a list of clips (--list).',
  }),
  'many/same-name': (p: { path: string; name: string; other: string }) => ({
    what: `${p.path} and ${p.other} would both be called ${p.name}.`,
    todo: 'Give it a name of its own in a list (--list): the path, a tab, the name.',
  }),
  'many/bad-name': (p: { path: string; name: string }) => ({
    what: `${p.path} cannot have a folder called “${p.name}”.`,
    todo: 'Give it a name without / and \\ in a list (--list), of at most 200 bytes, that does not end in .part.',
  }),
  'many/in-the-way': (p: { path: string }) => ({
    what: `${p.path} was not made by this command, so it is not replaced.`,
    todo: 'Move it away, or choose another --out.',
  }),
  'many/timeout': (p: { name: string; seconds: number }) => ({
    what: `${p.name} took longer than ${p.seconds} s.`,
    todo: 'Raise --timeout, or take fewer frames (--stride, --frames) or a smaller --size.',
  }),
  'many/no-index': (p: { folder: string }) => ({
    what: `${p.folder} holds no index of clips.`,
    todo: 'Give folders that unprompted segment has written several clips into.',
  }),
  'many/bad-index': (p: { path: string; detail: string }) => ({
    what: `${p.path} is not an index of clips: ${p.detail}`,
    todo: 'Remove it, and run unprompted segment on that folder again: it writes its index again.',
  }),
  'models/cannot-keep': (p: { path: string; detail: string }) => ({
    what: `Weights cannot be kept in ${p.path}: ${p.detail}`,
    todo: 'Make room or fix its permissions, remove a model (unprompted models remove), or set XDG_CACHE_HOME.',
  }),
  'models/no-consent': (p: { download: string }) => ({
    what: `These weights are not here yet, and nobody agreed to download them. ${p.download}`,
    todo: 'Add --yes to agree, or give a file of weights that is here.',
  }),
  'models/not-kept': (p: { name: string }) => ({
    what: `No files of a model ${p.name} are stored.`,
    todo: 'See unprompted models for what is here.',
  }),
  'eval/exists': (p: { folder: string }) => ({
    what: `${p.folder} already holds an evaluation.`,
    todo: 'Add --resume to continue it, or give another folder.',
  }),
  'eval/other-plan': (p: { folder: string; differs: string }) => ({
    what: `The evaluation in ${p.folder} was set up differently: its ${p.differs} differ.`,
    todo: 'Give the same data set, protocols and settings, or another folder.',
  }),
  'eval/no-results': (p: { folder: string }) => ({
    what: `${p.folder} holds no evaluation.`,
    todo: 'Give folders that unprompted eval has written.',
  }),
} satisfies ErrorTable;

export const { failure, asFailure } = errorsOf({
  ...ENGINE_ERRORS,
  ...EVALUATE_ERRORS,
  ...TRAIN_ERRORS,
  ...CLI_ERRORS,
});
