import { beforeEach, expect, test } from 'vitest';
import { resultOf, SETTINGS } from '../../../test/page-workers.ts';
import { objectsOf } from '../model/objects.ts';
import { NO_DOCUMENT, selectedObjects, useDocument } from '../stores/document.ts';
import { NO_RUN, useRun } from '../stores/run.ts';
import { mergeObjects, remove, select, selectNumber, setBackground, toggleVisibility } from './objects.ts';

const cluster = (id: number) => ({ id, tokens: 9 - id, share: 0, frames: 1, border: 0, background: false });
const numbersOfSelected = () => selectedObjects().map(({ number }) => number);

beforeEach(() => {
  useRun.setState({ ...NO_RUN, settings: SETTINGS, result: resultOf(SETTINGS) });
  useDocument.setState({ ...NO_DOCUMENT, objects: objectsOf([0, 1, 2, 3].map(cluster)) });
});

test('a digit selects the object of that number, wherever it is in the list', () => {
  const [first, second, third] = useDocument.getState().objects;
  remove([first!]);
  mergeObjects(new Set([second!.id, third!.id]));
  void selectNumber.run('4');
  expect(numbersOfSelected()).toEqual([4]);
  void selectNumber.run('1');
  expect(numbersOfSelected(), 'that none has any more').toEqual([4]);
});

test('a digit selects nothing that is background', () => {
  setBackground([useDocument.getState().objects[1]!], true);
  void selectNumber.run('2');
  expect(numbersOfSelected()).toEqual([]);
});

test('what is selected stays the same, not only equal, as long as all of it is there', () => {
  const [first, second] = useDocument.getState().objects;
  select(first!.id);
  const { selected } = useDocument.getState();
  toggleVisibility([first!]);
  expect(useDocument.getState().selected).toBe(selected);
  remove([second!]);
  expect(useDocument.getState().selected).toBe(selected);
  remove([first!]);
  expect(useDocument.getState().selected).toEqual(new Set());
});
