import { type Remote, transferHandlers, wrap } from 'comlink';
import { failure, type LOSSES, type WORKERS } from './errors.ts';
import { asFailure, type PlainFailure, plainFailure, UnpromptedError } from './failure.ts';
import type { Phrase, Said } from './phrases.ts';
import { abortable, isAbort } from './task.ts';

/** A worker that answers calls. */
export interface Connection<T> {
  /** Its API. Once the worker is lost, calls reject with `worker/lost`: those of handles that it gave out too. */
  api: Remote<T>;
  /** Aborts when the worker is lost, with `worker/lost` as its reason. */
  lost: AbortSignal;
  /** Frees all that the worker holds; calls that wait reject with `reason`. */
  end(reason: unknown): void;
}

/**
 * Connects to a worker that `expose`s a T. One that cannot be loaded, throws where nothing catches it, or runs out of
 * memory counts as lost, since its state is unknown.
 */
export function connect<T>(worker: Worker, name: keyof typeof WORKERS): Connection<T> {
  keepErrorsWhole();
  const lost = new AbortController();
  const end = (reason: unknown) => {
    worker.terminate();
    lost.abort(reason);
  };
  const lose = (detail: Phrase<typeof LOSSES> | Said) =>
    end(failure('worker/lost', { worker: name, detail }));
  worker.addEventListener('error', (event) => {
    // A worker that cannot be loaded gives no message.
    const { message } = event as Partial<ErrorEvent>;
    lose(message ? { says: message } : { code: 'not-loaded' });
  });
  worker.addEventListener('messageerror', () => lose({ code: 'bad-message' }));
  return { api: guarded(wrap<T>(worker), lost.signal), lost: lost.signal, end };
}

type Callable = (...args: unknown[]) => unknown;

/** `remote`, but whatever waits for it, or for a handle that it gives out, rejects when `signal` aborts. */
function guarded<R extends object>(remote: R, signal: AbortSignal): R {
  return new Proxy(remote, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function' || typeof key === 'symbol') return value;
      if (key !== 'then') return guarded(value, signal);
      // A property that is awaited.
      const asked = new Promise<unknown>((resolve, reject) => value(resolve, reject));
      const answer = abortable(asked, signal);
      return answer.then.bind(answer);
    },
    apply(target, _, args) {
      const answer = abortable(Promise.resolve((target as Callable)(...args)), signal);
      return answer.then((value) => (typeof value === 'function' ? guarded(value, signal) : value));
    },
  });
}

/**
 * Makes errors keep their code, parameters and way out when they cross between a worker and the page (comlink keeps only the
 * message). Has to be called once on both sides. What is thrown in a worker is always a failure or an AbortError,
 * the latter left alone: it says that a newer request superseded this one.
 */
export function keepErrorsWhole(): void {
  transferHandlers.set('throw', {
    canHandle: (value): value is Thrown => isThrown(value),
    serialize: ({ value }) => [serialised(value), []],
    deserialize: (wire: Wire) => {
      const { superseded, failed, stack } = wire;
      throw failed
        ? new UnpromptedError(failed, { cause: stack })
        : new DOMException(superseded, 'AbortError');
    },
  });
}

interface Thrown {
  value: unknown;
}

/** An error as plain data; without `failed`: a call that a newer one superseded, and its message. */
interface Wire {
  failed?: PlainFailure;
  superseded?: string;
  stack: string;
}

/** comlink wraps what was thrown as { [throwMarker]: 0, value }: the marker is a symbol of its own. */
function isThrown(value: unknown): value is Thrown {
  return (
    typeof value === 'object' &&
    value !== null &&
    'value' in value &&
    Object.getOwnPropertySymbols(value).some((symbol) => symbol.description === 'Comlink.thrown')
  );
}

function serialised(thrown: unknown): Wire {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  return isAbort(thrown)
    ? { superseded: thrown.message, stack }
    : { failed: plainFailure(asFailure(thrown)), stack };
}
