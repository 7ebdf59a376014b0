/** What a user sees of an error. */
export interface Explanation {
  /** One sentence: what happened, and why where it is known. */
  what: string;
  /** One sentence: what the user can do now. */
  todo: string;
}

/**
 * The errors of a layer by code, each with a function from its parameters to its texts in English. Codes are `area/what`;
 * they never change once released, so that help pages and tests can name them. Parameters are plain data, which crosses
 * between workers and is put into another language's words where it is shown.
 */
export type ErrorTable = Record<string, (params: never) => Explanation>;

/** The errors of a table in another language. */
export type TranslatedErrors<T extends ErrorTable> = {
  readonly [C in keyof T]: (...params: Parameters<T[C]>) => Explanation;
};

/** An error as plain data. */
export interface PlainFailure extends Explanation {
  code: string;
  params: object;
}

/** An error meant for the user. `message` is `what`; `todo` is the way out; `cause` is for developers. */
export class UnpromptedError extends Error {
  override readonly name = 'UnpromptedError';
  readonly code: string;
  /** What its texts are made from. */
  readonly params: object;
  readonly todo: string;
  constructor({ code, params, what, todo }: PlainFailure, options?: ErrorOptions) {
    super(what, options);
    this.code = code;
    this.params = params;
    this.todo = todo;
  }
}

export const plainFailure = ({ code, params, message, todo }: UnpromptedError): PlainFailure => ({
  code,
  params,
  what: message,
  todo,
});

/** Errors that any layer may end with. */
export const COMMON_ERRORS = {
  'run/cancelled': () => ({
    what: 'The run was cancelled.',
    todo: 'Press Segment to start again; finished work on this clip is kept.',
  }),
  'internal/unexpected': (p: { detail: string }) => ({
    what: `Something failed that should not have: ${p.detail}`,
    todo: 'Try again; if it comes back, copy the diagnostics and report it.',
  }),
} satisfies ErrorTable;

type Common = typeof COMMON_ERRORS;
type Params<T extends ErrorTable, C extends keyof T> = Parameters<T[C]>;
export type Failure<C extends string> = UnpromptedError & { readonly code: C };

/** Makes and recognises a layer's errors: those of its own table, of the tables spread into it, and the common ones. */
export interface Errors<T extends ErrorTable> {
  /** Makes the error `code`, its texts filled from the parameters: `throw failure('png/not-png', { name })`. */
  failure<C extends keyof T & string>(
    code: C,
    ...rest: Params<T, C> | [...Params<T, C>, ErrorOptions]
  ): Failure<C>;
  /** Whether something thrown is the error `code`. */
  isFailure<C extends keyof T & string>(thrown: unknown, code: C): thrown is Failure<C>;
  /** Any thrown value as an error of the table: see the function of the same name. */
  asFailure(thrown: unknown): Failure<keyof T & string>;
}

/** The typed functions of a layer's table. Codes of lower layers that it throws or checks for are spread into it. */
export function errorsOf<T extends ErrorTable>(table: T): Errors<T & Common> {
  const all: ErrorTable = { ...COMMON_ERRORS, ...table };
  return {
    failure<C extends keyof (T & Common) & string>(code: C, ...rest: readonly unknown[]) {
      const explain = all[code] as (params?: unknown) => Explanation;
      const [params, options] = explain.length > 0 ? rest : [{}, rest[0]];
      const plain = { code, params: params as object, ...explain(params) };
      return new UnpromptedError(plain, options as ErrorOptions | undefined) as Failure<C>;
    },
    isFailure: <C extends keyof (T & Common) & string>(thrown: unknown, code: C): thrown is Failure<C> =>
      thrown instanceof UnpromptedError && thrown.code === code,
    asFailure: (thrown) => asFailure(thrown) as Failure<keyof (T & Common) & string>,
  };
}

const common = errorsOf({});

/**
 * Any thrown value as an UnpromptedError; what is not one already becomes `internal/unexpected` (or `run/cancelled` for an
 * abort).
 */
export function asFailure(thrown: unknown): UnpromptedError {
  if (thrown instanceof UnpromptedError) return thrown;
  if (thrown instanceof DOMException && thrown.name === 'AbortError') return common.failure('run/cancelled');
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return common.failure('internal/unexpected', { detail }, { cause: thrown });
}
