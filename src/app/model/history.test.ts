import { expect, test } from 'vitest';
import { type History, NO_HISTORY, recorded, redone, undone } from './history.ts';

const edit = (before: number, after: number) => ({ label: `${before} to ${after}`, before, after });
const two: History<number> = recorded(recorded<number>(NO_HISTORY, edit(0, 1)), edit(1, 2));

test('edits are taken back last first and done again in order', () => {
  const once = undone(two)!;
  expect(once.edit.before).toBe(1);
  const twice = undone(once.history)!;
  expect(twice.edit.before).toBe(0);
  expect(undone(twice.history)).toBeNull();
  const again = redone(twice.history)!;
  expect(again.edit.after).toBe(1);
  expect(redone(again.history)!.edit.after).toBe(2);
  expect(redone(two)).toBeNull();
});

test('a new edit forgets what had been undone', () => {
  const branched = recorded(undone(two)!.history, edit(1, 3));
  expect(branched.past.map(({ after }) => after)).toEqual([1, 3]);
  expect(branched.future).toEqual([]);
});

test('the oldest edits are dropped', () => {
  let history: History<number> = NO_HISTORY;
  for (let i = 0; i < 500; i++) history = recorded(history, edit(i, i + 1));
  expect(history.past.length).toBeLessThan(500);
  expect(history.past.at(-1)!.after).toBe(500);
});

test('steps of one action are one edit, unless another one came between them', () => {
  const group = {};
  const step = (before: number, after: number) => ({ ...edit(before, after), group });
  const searched = recorded(recorded(recorded(two, step(2, 3)), step(3, 4)), edit(4, 5));
  expect(searched.past.map(({ before, after }) => [before, after])).toEqual([
    [0, 1],
    [1, 2],
    [2, 4],
    [4, 5],
  ]);
  expect(recorded(searched, step(5, 6)).past.at(-1)).toMatchObject({ before: 5, after: 6 });
});
