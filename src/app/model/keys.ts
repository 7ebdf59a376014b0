import type { Action } from './action.ts';

/**
 * A shortcut is written as modifiers and a key: `Mod+z` (⌘ on a Mac, Ctrl elsewhere), `Shift+ArrowLeft`, `Space`, `k`.
 * Letters and signs are what the keyboard types, so `?` needs no Shift written; `1-9` stands for nine keys.
 */
export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

const isSign = (key: string): boolean => key.length === 1 && key.toLowerCase() === key.toUpperCase();

export function matches(event: Pressed, shortcut: string): boolean {
  const parts = shortcut.split(/\+(?=.)/);
  const key = parts.pop()!;
  if ((event.ctrlKey || event.metaKey) !== parts.includes('Mod') || event.altKey) return false;
  const pressed = event.key === ' ' ? 'Space' : event.key;
  if (key === '1-9') return /^[1-9]$/.test(pressed);
  // A sign may need Shift on one keyboard and not on another: what it types is what counts.
  if (!isSign(key) && event.shiftKey !== parts.includes('Shift')) return false;
  return pressed.toLowerCase() === key.toLowerCase();
}

/** Shortcuts that a user chose instead of an action's own, by its name. */
export type OwnKeys = Readonly<Partial<Record<Action['id'], readonly string[]>>>;

/** The shortcuts that an action answers to. */
export const keysOf = (action: Pick<Action, 'id' | 'keys'>, own: OwnKeys): readonly string[] =>
  own[action.id] ?? action.keys;

/** The action of a key press, if any; actions that are enabled come first, since an active tool may reuse a key. */
export function actionFor(event: Pressed, actions: readonly Action[], own: OwnKeys = {}): Action | undefined {
  const meant = actions.filter((action) => keysOf(action, own).some((shortcut) => matches(event, shortcut)));
  return meant.find((action) => action.enabled?.() !== false) ?? meant[0];
}

/** Keys that are only held, and those that leave a field or a dialog: none is a shortcut by itself. */
const NEVER = ['Control', 'Meta', 'Shift', 'Alt', 'AltGraph', 'CapsLock', 'Dead', 'Tab', 'Escape'];

/** How a key press is written as a shortcut; null where it cannot be one. */
export function written(event: Pressed): string | null {
  if (event.altKey || NEVER.includes(event.key)) return null;
  const key = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const parts = [
    ...(event.ctrlKey || event.metaKey ? ['Mod'] : []),
    ...(event.shiftKey && !isSign(event.key) ? ['Shift'] : []),
    key,
  ];
  return parts.join('+');
}

/** The other action that already answers to a shortcut, if any. */
export const ownerOf = (shortcut: string, actions: readonly Action[], own: OwnKeys): Action | undefined =>
  actions.find((action) =>
    keysOf(action, own).some(
      (key) => key.toLowerCase() === shortcut.toLowerCase() || (key === '1-9' && /^[1-9]$/.test(shortcut)),
    ),
  );

/** Gives an action a shortcut in the place of all it had, and takes it from any other. Its own again: no choice is kept. */
export function assigned(
  own: OwnKeys,
  action: Pick<Action, 'id' | 'keys'>,
  shortcut: string,
  actions: readonly Action[],
): OwnKeys {
  const owner = ownerOf(shortcut, actions, own);
  const next: Partial<Record<Action['id'], readonly string[]>> = { ...own, [action.id]: [shortcut] };
  if (owner && owner.id !== action.id)
    next[owner.id] = keysOf(owner, own).filter((key) => key.toLowerCase() !== shortcut.toLowerCase());
  return next;
}

const NAMES: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Shift: '⇧',
  '1-9': '1 – 9',
};

/** The keys of a shortcut as they are printed on a keyboard: ['⌘', 'Z']. */
export function keyNames(shortcut: string, mac: boolean): string[] {
  return shortcut.split(/\+(?=.)/).map((part) => {
    if (part === 'Mod') return mac ? '⌘' : 'Ctrl';
    return NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part);
  });
}

export const onMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.userAgent);
