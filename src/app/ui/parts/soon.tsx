import { type ReactNode, useDeferredValue } from 'react';

/** What may come a picture later: what opens shows itself at once, and its contents follow without holding up a hand. */
export function Soon({ children }: { children: ReactNode }) {
  const come = useDeferredValue(true, false);
  return come ? children : null;
}
