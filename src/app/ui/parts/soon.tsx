import { type ReactNode, useDeferredValue } from 'react';

/** Content that may render one frame later, so that what opens appears at once and input is not blocked. */
export function Soon({ children }: { children: ReactNode }) {
  const come = useDeferredValue(true, false);
  return come ? children : null;
}
