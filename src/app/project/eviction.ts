import type { Recent } from './document.ts';

/** Projects kept; beyond them those go that nobody has worked on. */
export const MOST_RECENT = 12;

/** What decides whether the work on a clip would be missed. */
interface Done {
  /** Edits, strokes and reviewed frames. */
  edits: number;
  objects: number;
  /** Something of it was exported. */
  exported: boolean;
  /** It is one of the page's own samples, which come finished. */
  sample: boolean;
  /** Its run has come to its end, or was stopped by hand, which says that what there is will do. */
  finished: boolean;
  /** It is one of a queue, which is gone through unattended. */
  queued: boolean;
}

/**
 * Whether a clip was worked on: not by being opened alone, nor left while its first run was still on its way. A sample comes with
 * its objects.
 */
export const isWork = ({ edits, objects, exported, sample, finished, queued }: Done): boolean =>
  edits > 0 || exported || (objects > 0 && !sample && (finished || queued));

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
