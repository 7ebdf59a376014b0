import { expect, test } from 'vitest';
import { actionFor, keyNames, matches, type Pressed } from './keys.ts';
import { ACTIONS } from './table.ts';

const press = (key: string, held: Partial<Pressed> = {}): Pressed => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});

test('no two actions share a name or a shortcut', () => {
  const names = ACTIONS.map((action) => action.id);
  const keys = ACTIONS.flatMap((action) => action.keys);
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(keys.map((key) => key.toLowerCase())).size).toBe(keys.length);
});

test.each([
  [press(' '), 'playPause'],
  [press('j'), 'playBackward'],
  [press('K'), 'pause'],
  [press('l'), 'playForward'],
  [press('.'), 'forward'],
  [press('ArrowLeft'), 'back'],
  [press('ArrowLeft', { shiftKey: true }), 'backMore'],
  [press('7'), 'select'],
  [press('m'), 'merge'],
  [press('M', { shiftKey: true }), 'split'],
  [press('z', { ctrlKey: true }), 'undo'],
  [press('z', { metaKey: true }), 'undo'],
  [press('Z', { ctrlKey: true, shiftKey: true }), 'redo'],
  [press('?', { shiftKey: true }), 'help'],
  [press('+', { shiftKey: true }), 'stronger'],
])('%o means %s', (event, id) => expect(actionFor(event, ACTIONS)?.id).toBe(id));

test('what belongs to the browser is left to it', () => {
  expect(actionFor(press('r', { ctrlKey: true }), ACTIONS)).toBeUndefined();
  expect(actionFor(press('l', { ctrlKey: true }), ACTIONS)).toBeUndefined();
  expect(actionFor(press('ArrowLeft', { altKey: true }), ACTIONS)).toBeUndefined();
  expect(matches(press('K', { shiftKey: true }), 'k')).toBe(false);
});

test('shortcuts are printed as they stand on the keyboard', () => {
  expect(keyNames('Mod+Shift+z', true)).toEqual(['⌘', '⇧', 'Z']);
  expect(keyNames('Mod++', false)).toEqual(['Ctrl', '+']);
  expect(keyNames('ArrowRight', false)).toEqual(['→']);
});
