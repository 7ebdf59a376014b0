import { transferHandlers } from 'comlink';
import { asFailure, type ErrorCode, UnpromptedError } from './errors.ts';

/**
 * Makes errors keep their code and way out when they cross between a worker and the page (comlink keeps only the
 * message). Has to be called once on both sides. What is thrown in a worker is always a failure or an AbortError,
 * the latter left alone: it says that a newer wish overtook this one.
 */
export function keepErrorsWhole(): void {
  transferHandlers.set('throw', {
    canHandle: (value): value is Thrown => isThrown(value),
    serialize: ({ value }) => [told(value), []],
    deserialize: (wire: Wire) => {
      throw wire.code === null
        ? new DOMException(wire.what, 'AbortError')
        : new UnpromptedError(wire.code, wire.what, wire.todo, { cause: wire.stack });
    },
  });
}

interface Thrown {
  value: unknown;
}

/** An error as plain data; `code` null: a call that a newer one overtook. */
interface Wire {
  code: ErrorCode | null;
  what: string;
  todo: string;
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

function told(thrown: unknown): Wire {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  if (thrown instanceof DOMException && thrown.name === 'AbortError')
    return { code: null, what: thrown.message, todo: '', stack };
  const { code, message, todo } = asFailure(thrown);
  return { code, what: message, todo, stack };
}
