import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { closePage, pageWithClip } from '../../../test/page.ts';
import { flush, followedOf, SETTINGS } from '../../../test/page-workers.ts';
import type { Stroke } from '../../engine/mask/strokes.ts';
import { useDocument } from '../stores/document.ts';
import { useNotices } from '../stores/notices.ts';
import { useRun } from '../stores/run.ts';
import { failure } from '../words/errors.ts';
import { strings } from '../words/strings.ts';
import { restoreRun } from '../workers/engine.ts';
import { paintStroke } from './brush.ts';
import { undo } from './edits.ts';
import { select } from './objects.ts';
import { start } from './runner.ts';

vi.mock('../workers/connection.ts', async () => (await import('../../../test/page-workers.ts')).connection);

let workers: ReturnType<typeof pageWithClip>;
const carried = () => (useDocument.getState().strokes as Stroke[]).map((stroke) => [...stroke.carried]);
const paint = () => paintStroke([0.9, 0.5], 'paint');

/** A run that has followed some of its three frames, and goes on. */
async function follow(done: readonly number[]) {
  const running = start(SETTINGS);
  await flush();
  workers.runEvents.at(-1)!.found(followedOf(SETTINGS, done));
  await flush();
  select(useDocument.getState().objects[0]!.id);
  return async () => {
    workers.runs.at(-1)!.resolve(followedOf(SETTINGS, [0, 1, 2]));
    await running;
    await flush();
  };
}

beforeEach(() => {
  workers = pageWithClip();
});

afterEach(closePage);

test('a stroke that was made while frames were pending is propagated again once they are there', async () => {
  const end = await follow([0, 1]);
  workers.propagate.mockResolvedValueOnce(Int32Array.of(8));
  await paint();
  expect(carried()).toEqual([[8]]);
  await end();
  expect(carried()).toEqual([[23]]);
  await undo();
  expect(carried()).toEqual([]);
  expect(workers.propagate).toHaveBeenCalledTimes(2);
});

test('a stroke is propagated once where every frame is there, and by an earlier run too', async () => {
  const end = await follow([0, 1, 2]);
  await end();
  await restoreRun(useRun.getState().result!);
  useRun.setState({ restored: true });
  await paint();
  expect(carried()).toEqual([[23]]);
  expect(workers.propagate).toHaveBeenCalledTimes(1);
  expect(useNotices.getState().notices).toEqual([]);
});

test('where nothing is kept to propagate it by, a stroke is of its frame, and the page says so', async () => {
  const end = await follow([0, 1, 2]);
  await end();
  workers.propagate.mockRejectedValueOnce(failure('run/tokens-gone'));
  await paint();
  expect(carried()).toEqual([[]]);
  expect(useNotices.getState().notices.map(({ what }) => what)).toEqual([strings.brush.onlyHere]);
});
