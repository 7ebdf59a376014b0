import { create } from 'zustand';
import { asFailure } from '../../lib/errors.ts';

export interface Notice {
  id: number;
  kind: 'error' | 'info';
  what: string;
  todo: string;
  /** Stable code of an error. */
  code: string | null;
  /** A way on, offered as a button. */
  action?: { label: string; run: () => void };
}

interface NoticesState {
  notices: readonly Notice[];
  /** What screen readers are told next. */
  announcement: string;
}

export const useNotices = create<NoticesState>()(() => ({ notices: [], announcement: '' }));

let next = 1;
/** Newest shown at once. */
const SHOWN = 3;

/** Shows an error until it is dismissed. A cancelled run is no error and is only announced by who cancelled it. */
export function showFailure(thrown: unknown): void {
  const { code, message, todo, cause } = asFailure(thrown);
  if (code === 'internal/unexpected') console.error(thrown, cause);
  const notice: Notice = { id: next++, kind: 'error', what: message, todo, code };
  useNotices.setState(({ notices }) => ({
    notices: [...notices.filter((other) => other.what !== message), notice].slice(-SHOWN),
  }));
}

/** Says something in passing: shown for a few seconds. */
export function showInfo(what: string): void {
  const id = next++;
  useNotices.setState(({ notices }) => ({
    notices: [...notices, { id, kind: 'info' as const, what, todo: '', code: null }].slice(-SHOWN),
  }));
  setTimeout(() => dismiss(id), 4000);
}

/** Offers something until it is taken or dismissed. */
export function showOffer(what: string, action: NonNullable<Notice['action']>): void {
  const notice: Notice = { id: next++, kind: 'info', what, todo: '', code: null, action };
  useNotices.setState(({ notices }) => ({ notices: [...notices, notice].slice(-SHOWN) }));
}

export function dismiss(id: number): void {
  useNotices.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}

/** Tells screen readers, without showing anything. */
export function announce(announcement: string): void {
  useNotices.setState({ announcement });
}
