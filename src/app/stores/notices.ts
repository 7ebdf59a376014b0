import { create } from 'zustand';
import type { UnpromptedError } from '../../lib/failure.ts';
import type { Scope } from '../../lib/task.ts';
import { asFailure } from '../words/errors.ts';
import { explained } from '../words/messages.ts';
import { strings } from '../words/strings.ts';

export interface Notice {
  id: number;
  kind: 'error' | 'info' | 'busy';
  what: string;
  todo: string;
  /** Stable code of an error, for tests and diagnostics: the page does not show it. */
  code: string | null;
  /** A way on, or out, offered as a button. */
  action?: { label: string; run: () => void };
  /** How much of what is going on is done, 0 to 1; absent where nobody knows. */
  part?: number;
}

/** An error that a user was shown, in English. */
interface Reported {
  code: string;
  message: string;
  /** ISO 8601. */
  when: string;
}

interface NoticesState {
  notices: readonly Notice[];
  /** The last errors, oldest first, wherever on the page they were shown. */
  reported: readonly Reported[];
  /** What screen readers announce next. */
  announcement: string;
}

export const useNotices = create<NoticesState>()(() => ({ notices: [], reported: [], announcement: '' }));

let next = 1;
/** Newest shown at once. */
const SHOWN = 3;
/** Errors that diagnostics name. */
const REMEMBERED = 20;
/** Milliseconds after which a wait is worth a word. */
const LONG = 2000;
/** Milliseconds that a passing message stays. */
const PASSING = 4000;

/** Shows a notice in the place of one that says the same. */
function add(notice: Omit<Notice, 'id'>): number {
  const id = next++;
  useNotices.setState(({ notices }) => ({
    notices: [...notices.filter(({ what }) => what !== notice.what), { id, ...notice }].slice(-SHOWN),
  }));
  return id;
}

/** Remembers an error that is shown, for the diagnostics. */
export function remember({ code, message }: UnpromptedError): void {
  const one = { code, message, when: new Date().toISOString() };
  useNotices.setState(({ reported }) => ({ reported: [...reported, one].slice(-REMEMBERED) }));
}

/**
 * Shows an error until it is dismissed, or until `of`, which it is about, is gone. What was superseded or cancelled is
 * not reported: whoever caused it knows. An action that was offered with the same error stays.
 */
export function showFailure(thrown: unknown, of?: Scope | null, way?: Notice['action']): void {
  const failure = asFailure(thrown);
  const { code, cause } = failure;
  if (code === 'run/cancelled' || of?.signal.aborted) return;
  if (code === 'internal/unexpected') console.error(thrown, cause);
  remember(failure);
  const { what, todo } = explained(failure);
  const action = way ?? useNotices.getState().notices.find((notice) => notice.what === what)?.action;
  const id = add({ kind: 'error', what, todo, code, ...(action ? { action } : {}) });
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

/** A notice of what is going on, while it is shown. */
export interface Wait {
  /** How much of it is done, 0 to 1. */
  report(part: number): void;
  end(): void;
}

/** Says what is going on where that takes longer than a moment, with a way to stop it. */
export function showWait(what: string, stop: () => void): Wait {
  let part: number | undefined;
  let id: number | null = null;
  const timer = setTimeout(() => {
    const action = { label: strings.notices.stop, run: stop };
    id = add({ kind: 'busy', what, todo: '', code: null, action, ...(part !== undefined && { part }) });
  }, LONG);
  return {
    report(now) {
      part = now;
      if (id === null) return;
      useNotices.setState(({ notices }) => ({
        notices: notices.map((notice) => (notice.id === id ? { ...notice, part: now } : notice)),
      }));
    },
    end() {
      clearTimeout(timer);
      if (id !== null) dismiss(id);
    },
  };
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
