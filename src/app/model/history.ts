/** Undo and redo as plain data: what things were before and after each named edit. */
export interface Edit<S> {
  /** What was done, for the menu and for screen readers: 'Merge 2 objects'. */
  readonly label: string;
  readonly before: S;
  readonly after: S;
}

export interface History<S> {
  readonly past: readonly Edit<S>[];
  readonly future: readonly Edit<S>[];
}

/** Edits kept. */
const DEPTH = 200;

export const NO_HISTORY: History<never> = { past: [], future: [] };

/** Adds an edit; what had been undone is gone. */
export const recorded = <S>(history: History<S>, edit: Edit<S>): History<S> => ({
  past: [...history.past, edit].slice(-DEPTH),
  future: [],
});

/** The last edit taken back: the state to return to, or null where there is none. */
export function undone<S>(history: History<S>): { history: History<S>; edit: Edit<S> } | null {
  const edit = history.past.at(-1);
  if (!edit) return null;
  return { history: { past: history.past.slice(0, -1), future: [edit, ...history.future] }, edit };
}

/** The last edit taken back, done again. */
export function redone<S>(history: History<S>): { history: History<S>; edit: Edit<S> } | null {
  const edit = history.future[0];
  if (!edit) return null;
  return { history: { past: [...history.past, edit], future: history.future.slice(1) }, edit };
}
