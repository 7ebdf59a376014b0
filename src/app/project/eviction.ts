import type { Recent } from './document.ts';

/** Projects kept; beyond them those go that nobody has worked on. */
export const MOST_RECENT = 12;

/** Whether anything would be missed; projects of earlier versions show it by their objects alone. */
export const workedOn = ({ worked, objects }: Recent): boolean => worked ?? objects > 0;

/**
 * Ids of the projects that make room for the one with `id`, which was just written. `recent`: all there are, oldest first.
 * Work is never thrown away: where all have some, they stay.
 */
export function evicted(recent: readonly Recent[], id: string): string[] {
  const empty = recent.filter((other) => other.id !== id && !workedOn(other));
  return empty.slice(0, Math.max(0, recent.length - MOST_RECENT)).map((other) => other.id);
}
