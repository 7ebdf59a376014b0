import { create } from 'zustand';
import type { Scope } from '../../lib/task.ts';
import { asFailure } from '../words/errors.ts';

export interface Notice {
  id: number;
  kind: 'error' | 'info' | 'busy';
  what: string;
  todo: string;
  /** Stable code of an error. */
  code: string | null;
  /** A way on, offered as a button. */
  action?: { label: string; run: () => void };
}

interface NoticesState {
  notices: readonly Notice[];
  /** What screen readers announce next. */
  announcement: string;
}

export const useNotices = create<NoticesState>()(() => ({ notices: [], announcement: '' }));

let next = 1;
/** Newest shown at once. */
const SHOWN = 3;
/** Milliseconds that something said in passing stays. */
const PASSING = 4000;

/** Shows a notice in the place of one that says the same. */
function add(notice: Omit<Notice, 'id'>): number {
  const id = next++;
  useNotices.setState(({ notices }) => ({
    notices: [...notices.filter(({ what }) => what !== notice.what), { id, ...notice }].slice(-SHOWN),
  }));
  return id;
}

/**
 * Shows an error until it is dismissed, or until `of`, which it is about, is gone. What was superseded or cancelled is
 * no error: who did it knows. A way on that was offered with the same error stays.
 */
export function showFailure(thrown: unknown, of?: Scope | null, way?: Notice['action']): void {
  const { code, message, todo, cause } = asFailure(thrown);
  if (code === 'run/cancelled' || of?.signal.aborted) return;
  if (code === 'internal/unexpected') console.error(thrown, cause);
  const action = way ?? useNotices.getState().notices.find(({ what }) => what === message)?.action;
  const id = add({ kind: 'error', what: message, todo, code, ...(action ? { action } : {}) });
  of?.own(id, dismiss);
}

/** Says something in passing: shown for a few seconds. */
export function showInfo(what: string): void {
  const id = add({ kind: 'info', what, todo: '', code: null });
  setTimeout(() => dismiss(id), PASSING);
}

/** Says what is going on; gives a way to take it back once it is over. */
export function showBusy(what: string): () => void {
  const id = add({ kind: 'busy', what, todo: '', code: null });
  return () => dismiss(id);
}

/** Offers something until it is taken or dismissed. */
export function showOffer(what: string, action: NonNullable<Notice['action']>): void {
  add({ kind: 'info', what, todo: '', code: null, action });
}

export function dismiss(id: number): void {
  useNotices.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}

/** Announces to screen readers, without showing anything. */
export function announce(announcement: string): void {
  useNotices.setState({ announcement });
}
