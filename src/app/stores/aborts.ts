/** Whether a call ended because a newer one took its place: nothing that a person has to know. */
export const superseded = (thrown: unknown): boolean =>
  thrown instanceof DOMException && thrown.name === 'AbortError';
