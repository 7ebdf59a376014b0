import { describe, expect, test } from 'vitest';
import { actionFor, assigned, keyNames, matches, ownerOf, type Pressed, written } from '../model/keys.ts';
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
  // With a tool in hand some keys are its own.
  const ofTools = ['erase', 'smaller', 'larger', 'addObject'];
  const keys = ACTIONS.filter(({ id }) => !ofTools.includes(id)).flatMap((action) => action.keys);
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

test('shortcuts are printed as on the keyboard', () => {
  expect(keyNames('Mod+Shift+z', true)).toEqual(['⌘', '⇧', 'Z']);
  expect(keyNames('Mod++', false)).toEqual(['Ctrl', '+']);
  expect(keyNames('ArrowRight', false)).toEqual(['→']);
});

describe('shortcuts of a user’s own', () => {
  const [play, pause] = [ACTIONS[0]!, ACTIONS[2]!];

  test('take the place of the usual ones, and are taken from who had them', () => {
    const own = assigned({}, play, 'k', ACTIONS);
    expect(actionFor(press('k'), ACTIONS, own)).toBe(play);
    expect(actionFor(press(' '), ACTIONS, own)).toBeUndefined();
    expect(own[pause.id]).toEqual([]);
    expect(ownerOf('K', ACTIONS, own)).toBe(play);
    expect(ownerOf('7', ACTIONS, {})?.id).toBe('select');
  });

  test.each([
    [press('k'), 'k'],
    [press('K', { shiftKey: true }), 'Shift+k'],
    [press('?', { shiftKey: true }), '?'],
    [press('ArrowUp', { ctrlKey: true }), 'Mod+ArrowUp'],
    [press(' '), 'Space'],
    [press('Shift', { shiftKey: true }), null],
    [press('Escape'), null],
    [press('x', { altKey: true }), null],
  ])('%o is written as %s', (event, shortcut) => expect(written(event)).toBe(shortcut));
});
