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

/** The action that a key press means, if any. */
export const actionFor = (event: Pressed, actions: readonly Action[]): Action | undefined =>
  actions.find((action) => action.keys.some((shortcut) => matches(event, shortcut)));

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
