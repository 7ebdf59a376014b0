/**
 * Every error that a person can meet: a stable code, what happened and why, and a way out.
 * Codes are `area/what`; they never change once released, so that help pages and tests can name them.
 */
interface Told {
  /** One sentence: what happened, and why where it is known. */
  what: string;
  /** One sentence: what the person can do now. */
  todo: string;
}

const ERRORS = {
  'run/cancelled': () => ({
    what: 'The run was cancelled.',
    todo: 'Press Segment to start again; finished work on this clip is kept.',
  }),
  'run/bad-setting': (p: { name: string; value: string; wants: string }) => ({
    what: `The setting ${p.name} is ${p.value}, but it has to be ${p.wants}.`,
    todo: `Give ${p.name} a value that is ${p.wants}.`,
  }),
  'cli/no-browser': (p: { detail: string }) => ({
    what: `No browser could be started: ${p.detail}`,
    todo: 'Install Chromium or Chrome (Debian: apt-get install chromium), or set CHROMIUM_PATH to one.',
  }),
  'cli/browser-ended': () => ({
    what: 'The browser that runs the engine ended in the middle of the work; most often it ran out of memory.',
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
  'cli/usage': (p: { detail: string; command: string }) => ({
    what: p.detail,
    todo: `See unprompted ${p.command} --help.`,
  }),
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
    what: `${p.name} says that it is ${p.width} × ${p.height} pixels, which is more than 64 million.`,
    todo: 'Scale the picture down, or save it again if it is not that large.',
  }),
  'png/not-mask': (p: { name: string; colours: number }) => ({
    what: `${p.name} has ${p.colours} colours: it looks like a photograph, not a mask.`,
    todo: 'Give a mask: one palette index, grey value or colour an object.',
  }),
  'model/session-failed': (p: { device: string; detail: string }) => ({
    what: `The model could not be made ready on ${p.device}: ${p.detail}`,
    todo: 'Choose a smaller size or the other device under Settings, or close other tabs to free memory.',
  }),
  'model/run-failed': (p: { device: string; detail: string }) => ({
    what: `The model stopped on ${p.device}: ${p.detail}`,
    todo: 'Try again; if it stops again choose a smaller size or the other device under Settings.',
  }),
  'internal/unexpected': (p: { detail: string }) => ({
    what: `Something failed that should not have: ${p.detail}`,
    todo: 'Try again; if it comes back, copy the diagnostics and report it.',
  }),
} satisfies Record<string, (p: never) => Told>;

type Errors = typeof ERRORS;
export type ErrorCode = keyof Errors;
type Params<C extends ErrorCode> = Parameters<Errors[C]>;

/** An error meant for a person. `message` is `what`; `todo` is the way out; `cause` is for developers. */
export class UnpromptedError extends Error {
  override readonly name = 'UnpromptedError';
  constructor(
    readonly code: ErrorCode,
    what: string,
    readonly todo: string,
    options?: ErrorOptions,
  ) {
    super(what, options);
  }
}

/** Makes the error `code`, its texts filled from `params`. Usage: `throw failure('run/cancelled')`. */
export function failure<C extends ErrorCode>(code: C, ...params: Params<C>): UnpromptedError;
export function failure<C extends ErrorCode>(code: C, ...rest: [...Params<C>, ErrorOptions]): UnpromptedError;
export function failure(code: ErrorCode, ...rest: unknown[]): UnpromptedError {
  const tell = ERRORS[code] as (p?: unknown) => Told;
  const params = tell.length > 0 ? rest.shift() : undefined;
  const { what, todo } = tell(params);
  return new UnpromptedError(code, what, todo, rest[0] as ErrorOptions | undefined);
}

/** Any thrown value as an UnpromptedError; what is not one already becomes `internal/unexpected` (or `run/cancelled` for an abort). */
export function asFailure(thrown: unknown): UnpromptedError {
  if (thrown instanceof UnpromptedError) return thrown;
  if (thrown instanceof DOMException && thrown.name === 'AbortError') return failure('run/cancelled');
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return failure('internal/unexpected', { detail }, { cause: thrown });
}
