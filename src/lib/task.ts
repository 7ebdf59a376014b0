/**
 * Who owns asynchronous work, what ends it, and how long it may take. A few shapes cover the program:
 *
 * - `Scope`: a lifetime. Everything acquired in it is released when it closes, newest first.
 * - `latest`: of several calls only the newest counts; older ones reject with an AbortError.
 * - `serial`: calls run one after the other, in order.
 * - `conflated`: one call at a time, and of those that wait only the newest.
 * - `debounced`: a call once there have been no more for a while.
 * - `throttled`: not again before a while has passed.
 * - `OnPart`, `stepOf`, `seldom`: who hears how much is done.
 * - `delay` and `within`: a while to wait, and work that is waited for no longer.
 * - `precedence`: long work lets what somebody waits for go first.
 */

/** What a call rejects with if it was superseded or its owner is gone. Callers ignore it silently. */
export function abortError(message = 'Superseded by a newer call.'): DOMException {
  return new DOMException(message, 'AbortError');
}

/** Whether a thrown value only means that the answer is no longer wanted. */
export function isAbort(thrown: unknown): thrown is DOMException {
  return thrown instanceof DOMException && thrown.name === 'AbortError';
}

/**
 * `work`, but rejecting as soon as `signal` aborts, whatever `work` does then. For waits that cannot be interrupted,
 * such as a message to a worker that may be dead.
 */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // If the signal aborts first, nobody handles its rejection.
  work.catch(() => undefined);
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
 * signal. They may overlap with the newer one unless `work` itself takes turns (see `serial`). With the `owner` ends the
 * call under way, for the owner's reason.
 */
export function latest<A extends unknown[], R>(
  work: (signal: AbortSignal, ...args: A) => Promise<R>,
  owner?: AbortSignal,
): Latest<A, R> {
  let current: AbortController | null = null;
  const call = async (...args: A): Promise<R> => {
    owner?.throwIfAborted();
    current?.abort(abortError());
    const controller = new AbortController();
    current = controller;
    const follow = () => controller.abort(owner?.reason);
    owner?.addEventListener('abort', follow, { once: true });
    try {
      return await abortable(work(controller.signal, ...args), controller.signal);
    } finally {
      owner?.removeEventListener('abort', follow);
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

/** A new queue. */
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

/**
 * Runs one job at a time and keeps only the newest request meanwhile: while scrubbing, something is always shown and
 * nothing queues. A job that throws leaves the newest request to be tried; its error goes to `failed`.
 */
export function conflated<W>(
  job: (request: W) => Promise<void>,
  failed: (error: unknown) => void,
): (request: W) => void {
  let waiting: { request: W } | null = null;
  let busy = false;

  async function work(): Promise<void> {
    busy = true;
    while (waiting) {
      const { request } = waiting;
      waiting = null;
      try {
        await job(request);
      } catch (error) {
        failed(error);
      }
    }
    busy = false;
  }

  return (request) => {
    waiting = { request };
    if (!busy) void work();
  };
}

/** Calls `work` once `ms` milliseconds have passed without another call. */
export function debounced(work: () => void, ms: number): { (): void; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const cancel = () => clearTimeout(timer);
  const call = () => {
    cancel();
    timer = setTimeout(work, ms);
  };
  return Object.assign(call, { cancel });
}

/** Tells, whenever it is asked, whether `ms` milliseconds have passed since it last said so; at first they have. */
export function throttled(ms: number, now: () => number = () => performance.now()): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const due = now() - last >= ms;
    if (due) last = now();
    return due;
  };
}

/** Hears how much of some work is done, 0 to 1. */
export type OnPart = (part: number) => void;

/** `onPart`, no more often than a bar is looked at. */
export function seldom(onPart: OnPart | undefined): OnPart {
  const due = throttled(100);
  return (part) => {
    if (due()) onPart?.(part);
  };
}

/** For one step of the work, which brings it from `from` to `to`. */
export const stepOf =
  (onPart: OnPart | undefined, from: number, to: number): OnPart =>
  (part) =>
    onPart?.(from + part * (to - from));

/** Waits `ms` milliseconds. Throws the signal's reason as soon as it aborts. */
export async function delay(ms: number, signal?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await (signal ? abortable(passed, signal) : passed).finally(() => clearTimeout(timer));
}

/** What `work` gives; null where it takes longer than `ms` milliseconds, after which nobody hears how it ends. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  work.catch(() => undefined);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** What somebody waits for, and long work that lets it go first. */
export interface Precedence {
  /** Marks work that somebody waits for, until it ends. */
  first<T>(work: Promise<T>): Promise<T>;
  /** For the long work, between two of its steps: resolves when what was waited for at the call has ended, however it ended. */
  pause(): Promise<void>;
}

export function precedence(): Precedence {
  const awaited = new Set<Promise<unknown>>();
  return {
    first(work) {
      awaited.add(work);
      const end = () => awaited.delete(work);
      work.then(end, end);
      return work;
    },
    pause: async () => void (await Promise.allSettled(awaited)),
  };
}

type Release = () => void | Promise<void>;

/**
 * A lifetime: an AbortSignal, and what has to be released when it ends. A scope inside another, or of a signal, ends with it.
 *
 *     await using scope = new Scope();
 *     const clip = scope.own(await openClip(files, scope.signal), (clip) => clip.close());
 */
export class Scope implements AsyncDisposable {
  private readonly controller = new AbortController();
  private readonly releases = new Set<Release>();
  private closing: Promise<void> | null = null;
  private readonly detach: () => void = () => undefined;

  /** Throws the parent's reason where it has ended. */
  constructor(parent?: Scope | AbortSignal) {
    if (!parent) return;
    const signal = parent instanceof Scope ? parent.signal : parent;
    signal.throwIfAborted();
    const close = () => this.close(signal.reason);
    const forget = parent instanceof Scope ? parent.add(close) : null;
    // At once, not when its turn to be released comes.
    signal.addEventListener('abort', close, { once: true });
    this.detach = () => {
      forget?.();
      signal.removeEventListener('abort', close);
    };
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /**
   * Takes over `thing`, which `release` frees when the scope closes. Where the scope has closed while `thing` was
   * being made, it is released at once and the scope's reason is thrown.
   */
  own<T>(thing: T, release: (thing: T) => void | Promise<void>): T {
    if (this.signal.aborted) {
      void Promise.resolve(release(thing)).catch(() => undefined);
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
    const releases = [...this.releases].reverse();
    this.controller.abort(reason);
    const failures: unknown[] = [];
    for (const release of releases) {
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
