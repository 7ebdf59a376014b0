import { beforeEach, expect, test } from 'vitest';
import { resultOf, SETTINGS } from '../../../test/page-workers.ts';
import type { ClipInfo } from '../../engine/video/types.ts';
import { classOf } from '../model/classes.ts';
import { objectsOf } from '../model/objects.ts';
import { NO_CLIP, useClip } from '../stores/clip.ts';
import { NO_DOCUMENT, useDocument } from '../stores/document.ts';
import { useNotices } from '../stores/notices.ts';
import { NO_RUN, useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { strings } from '../words/strings.ts';
import { addClasses, moveClass, removeClass, renameClass } from './classes.ts';
import { select } from './objects.ts';
import { nextUnreviewed, toggleReviewed } from './review.ts';
import { ACTIONS } from './table.ts';

const cluster = (id: number) => ({ id, tokens: 9 - id, share: 0, frames: 1, border: 0, background: false });
const key = (pressed: string) => {
  const action = ACTIONS.find(({ keys }) => keys.includes(/[1-9]/.test(pressed) ? '1-9' : pressed))!;
  if (action.enabled?.() !== false) action.run(pressed);
};
const classesNow = () => useDocument.getState().classes;
const named = () =>
  useDocument.getState().objects.map((object) => classOf(object, classesNow())?.name ?? null);
const selected = () => [...useDocument.getState().selected];
const notices = () => useNotices.getState().notices.map(({ what }) => what);

beforeEach(() => {
  const result = resultOf(SETTINGS);
  useRun.setState({ ...NO_RUN, settings: SETTINGS, result });
  useClip.setState({ ...NO_CLIP, info: { frameCount: 4 } as ClipInfo });
  useView.setState({ frame: 0 });
  useDocument.setState({ ...NO_DOCUMENT, objects: objectsOf([0, 1, 2].map(cluster)) });
  useNotices.setState({ notices: [], announcement: '' });
});

test('a digit selects while there is no class to give, and gives one to what is selected', () => {
  key('2');
  expect(selected()).toEqual([1]);
  key('1');
  expect(selected()).toEqual([0]);
  addClasses('person, car');
  select(2, true);
  key('2');
  expect(named()).toEqual(['car', null, 'car']);
  expect(selected()).toEqual([0, 2]);
  key('7');
  expect(named()).toEqual(['car', null, 'car']);
  expect(notices()).toEqual([strings.classes.missing(7)]);
  select(null);
  key('3');
  expect(selected()).toEqual([2]);
  key('0');
  expect(named()).toEqual(['car', null, null]);
});

test('a class that is deleted is taken from its objects, and what undo brings back has it in its place', () => {
  addClasses('person\ncar\ndog');
  select(1);
  key('2');
  removeClass(classesNow()[1]!);
  expect([classesNow().map(({ name }) => name), named()]).toEqual([
    ['person', 'dog'],
    [null, null, null],
  ]);
  const { before } = useDocument.getState().history.past.at(-1)!;
  expect(before.classes.map(({ name }) => name)).toEqual(['person', 'car', 'dog']);
  expect(before.objects[1]!.classId).toBe(before.classes[1]!.id);
});

test('no two classes have one name, and a number is a place', () => {
  addClasses('person, car');
  addClasses('car');
  expect(renameClass(classesNow()[1]!, ' person ')).toBe(false);
  expect(notices()).toEqual([strings.classes.taken('car'), strings.classes.taken('person')]);
  expect(useDocument.getState().history.past).toHaveLength(1);
  moveClass(classesNow()[1]!, -1);
  select(0);
  key('1');
  expect(named()[0]).toBe('car');
});

test('frames are marked as reviewed, the next one that is not is found from there on, and all is an edit', () => {
  const goOn = () => {
    nextUnreviewed.run();
    return useView.getState().frame;
  };
  for (const frame of [1, 3]) {
    useView.setState({ frame });
    toggleReviewed.run();
  }
  expect(useDocument.getState().reviewed).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect([goOn(), goOn(), goOn()]).toEqual([0, 2, 0]);
  toggleReviewed.run();
  expect(goOn()).toBe(2);
  toggleReviewed.run();
  expect(useDocument.getState().reviewed).toEqual([[0, 4]]);
  nextUnreviewed.run();
  expect(notices()).toEqual([strings.review.all]);
  toggleReviewed.run();
  expect(useDocument.getState().reviewed).toHaveLength(2);
  expect(
    useDocument
      .getState()
      .history.past.map(({ label }) => label)
      .slice(-2),
  ).toEqual([strings.review.edits.mark(3), strings.review.edits.unmark(3)]);
});
