/**
 * Who owns asynchronous work, and what ends it. Three shapes cover the program:
 *
 * - `Scope`: a lifetime. Everything acquired in it is released when it closes, newest first.
 * - `latest`: of several calls only the newest counts; older ones reject with an AbortError.
 * - `serial`: calls run one after the other, in order.
 */

/** What a call that was superseded or whose owner is gone rejects with. Callers drop it without a word. */
export function abortError(message = 'Superseded by a newer call.'): DOMException {
  return new DOMException(message, 'AbortError');
}

/** Whether something thrown only says that nobody waits for the answer any more. */
export function isAbort(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === 'AbortError';
}

/**
 * `work`, but rejecting as soon as `signal` aborts, whatever `work` does then. For waits that cannot be interrupted,
 * such as a message to a worker that may be dead.
 */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort!);
  }
}

/** A function whose newest call wins: a new call aborts the signal of the one before, which then rejects with AbortError. */
export interface Latest<A extends unknown[], R> {
  (...args: A): Promise<R>;
  /** Ends the call under way, which rejects with `reason`. */
  cancel(reason?: unknown): void;
}

/**
 * Lets only the newest call of `work` count. Older calls reject at once, by construction, even where `work` ignores its
 * signal. They may overlap with the newer one unless `work` itself takes turns (see `serial`).
 */
export function latest<A extends unknown[], R>(
  work: (signal: AbortSignal, ...args: A) => Promise<R>,
): Latest<A, R> {
  let current: AbortController | null = null;
  const call = async (...args: A): Promise<R> => {
    current?.abort(abortError());
    const controller = new AbortController();
    current = controller;
    try {
      return await abortable(work(controller.signal, ...args), controller.signal);
    } finally {
      if (current === controller) current = null;
    }
  };
  return Object.assign(call, { cancel: (reason: unknown = abortError()) => current?.abort(reason) });
}

/** Runs what it is given one after the other. A task whose signal aborts while it waits is never started. */
export interface Serial {
  <T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Resolves when everything queued so far has ended, however it ended. */
  idle(): Promise<void>;
}

/** A queue of one's own. */
export function serial(): Serial {
  let tail: Promise<unknown> = Promise.resolve();
  const run = <T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    const result = tail.then(() => {
      signal?.throwIfAborted();
      return task();
    });
    tail = result.catch(() => undefined);
    return result;
  };
  return Object.assign(run, { idle: async () => void (await tail) });
}

type Release = () => void | Promise<void>;

/**
 * A lifetime: an AbortSignal, and what has to be released when it ends. A scope inside another ends with it.
 *
 *     await using scope = new Scope();
 *     const clip = scope.own(await openClip(files, scope.signal), (clip) => clip.close());
 */
export class Scope implements AsyncDisposable {
  private readonly controller = new AbortController();
  private readonly releases = new Set<Release>();
  private closing: Promise<void> | null = null;
  private readonly detach: () => void = () => undefined;

  constructor(parent?: Scope) {
    if (!parent) return;
    const close = () => this.close(parent.signal.reason);
    this.detach = parent.add(close);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /**
   * Takes over `thing`, which `release` lets go of when the scope closes. Where the scope has closed while `thing` was
   * being made, it is released at once and the scope's reason is thrown.
   */
  own<T>(thing: T, release: (thing: T) => void | Promise<void>): T {
    if (this.signal.aborted) {
      void release(thing);
      throw this.signal.reason;
    }
    this.add(() => release(thing));
    return thing;
  }

  /** Aborts the signal, then releases everything owned, newest first. Resolves when all is released; calling again is fine. */
  close(reason: unknown = abortError('Closed.')): Promise<void> {
    this.closing ??= this.end(reason);
    return this.closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private add(release: Release): () => void {
    if (this.signal.aborted) throw this.signal.reason;
    this.releases.add(release);
    return () => this.releases.delete(release);
  }

  private async end(reason: unknown): Promise<void> {
    this.detach();
    this.controller.abort(reason);
    const failures: unknown[] = [];
    for (const release of [...this.releases].reverse()) {
      try {
        await release();
      } catch (failure) {
        failures.push(failure);
      }
    }
    this.releases.clear();
    if (failures.length > 0) throw failures[0];
  }
}
