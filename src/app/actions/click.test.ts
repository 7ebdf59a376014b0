import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { closePage, pageWithClip } from '../../../test/page.ts';
import { flush, followedOf, objectsAt, resultOf, SETTINGS } from '../../../test/page-workers.ts';
import { isMade, isPrompted } from '../../engine/mask/corrections.ts';
import { NOTHING } from '../../engine/mask/strokes.ts';
import type { RunResult } from '../../engine/session/result.ts';
import type { RunSettings } from '../../engine/settings/run.ts';
import { useDocument } from '../stores/document.ts';
import { useNotices } from '../stores/notices.ts';
import { usePrompt } from '../stores/prompt.ts';
import { useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { strings } from '../words/strings.ts';
import { addClicked, click, toggleTool } from './click.ts';
import { redo, undo } from './edits.ts';
import { remove, select } from './objects.ts';
import { start } from './runner.ts';

vi.mock('../workers/connection.ts', async () => (await import('../../../test/page-workers.ts')).connection);

let workers: ReturnType<typeof pageWithClip>;
const objects = () => useDocument.getState().objects;
const made = () => objects().filter(({ id }) => isMade(id));
const prompted = () => useDocument.getState().strokes.filter(isPrompted);
const infos = () => useNotices.getState().notices.map(({ what }) => what);

/** A run whose every frame was followed, and which can answer clicks. */
function answering(settings: RunSettings, done = [0, 1, 2]): RunResult {
  const result = followedOf(settings, done);
  const clusters = result.clustering.clusters;
  const levels = [{ clusters, parent: result.clustering.labels }];
  return {
    ...result,
    clustering: { ...result.clustering, levels },
    followed: { ...result.followed!, apart: new Float32Array(clusters * clusters) },
  };
}

async function run(tau: number, result = answering): Promise<void> {
  const settings = { ...SETTINGS, tau };
  useRun.setState({ settings });
  const running = start(settings);
  await flush();
  workers.runs.at(-1)!.resolve(result(settings));
  await running;
  await flush();
}

async function makeObject(): Promise<void> {
  click(0.1, 0.5, 'new');
  await flush();
  addClicked();
  await flush();
}

beforeEach(() => {
  workers = pageWithClip();
});

afterEach(closePage);

test('nothing is in the document before the object is added; then it is one edit', async () => {
  await run(0.5);
  click(0.1, 0.5, 'new');
  click(0.2, 0.5, 'add');
  click(0.9, 0.5, 'remove');
  await flush();
  expect(usePrompt.getState().found?.clicks.map(({ positive }) => positive)).toEqual([true, true, false]);
  expect(made()).toHaveLength(0);
  addClicked();
  expect(made()).toHaveLength(1);
  expect(useDocument.getState().selected).toEqual(new Set([made()[0]!.id]));
  expect(usePrompt.getState().clicks).toEqual([]);
  await undo();
  expect([made(), prompted()]).toEqual([[], []]);
  await redo();
  expect([made().length, prompted().length]).toEqual([1, 1]);
});

test('Enter before the answer has come adds what all clicks point at, none left out', async () => {
  await run(0.5);
  click(0.1, 0.5, 'new');
  addClicked();
  expect(made()).toHaveLength(0);
  await flush();
  expect(prompted().map(({ clicks }) => clicks.length)).toEqual([1]);
  toggleTool();
  click(0.2, 0.5, 'add');
  addClicked();
  await flush();
  expect(prompted().map(({ clicks }) => clicks.length)).toEqual([2]);
});

test('what is taken away alone, or clicked where the run cannot answer, makes nothing', async () => {
  await run(0.5);
  click(0.1, 0.5, 'remove');
  expect(usePrompt.getState().clicks).toEqual([]);
  await run(0.25, resultOf);
  click(0.1, 0.5, 'new');
  await flush();
  expect(infos()).toContain(strings.click.needsFollowed);
  expect(workers.prompt).not.toHaveBeenCalled();
});

test('a frame that is pending says so', async () => {
  await run(0.5, (settings) => answering(settings, [0]));
  useView.setState({ frame: 2 });
  click(0.1, 0.5, 'new');
  expect(infos()).toContain(strings.click.pending);
});

test('with the object selected the tool goes on with its clicks, and puts the answer in place of the last', async () => {
  await run(0.5);
  await makeObject();
  const [before] = prompted();
  toggleTool();
  expect(usePrompt.getState()).toMatchObject({ of: before, clicks: before!.clicks });
  click(0.3, 0.5, 'add');
  await flush();
  addClicked();
  expect(prompted()).toHaveLength(1);
  expect(prompted()[0]).toMatchObject({ to: before!.to });
  expect(prompted()[0]!.clicks).toHaveLength(2);
});

test('another τ keeps what clicks made, and asks for it again', async () => {
  await run(0.5);
  await makeObject();
  workers.prompt.mockResolvedValue({ tokens: Int32Array.of(0, 1), shares: Uint8Array.of(255, 255) });
  await run(0.25);
  expect(objects()).toHaveLength(objectsAt(0.25) + 1);
  expect([...prompted()[0]!.tokens]).toEqual([0, 1]);
  await undo();
  expect(objects()).toHaveLength(objectsAt(0.5) + 1);
  expect([...prompted()[0]!.tokens]).toEqual([0]);
});

test('deleted, what is under it shows again; undo brings it back', async () => {
  await run(0.5);
  await makeObject();
  remove(made());
  expect([made(), prompted()]).toEqual([[], []]);
  await undo();
  expect([made().length, prompted().length]).toEqual([1, 1]);
});

test('with a found object selected, a part is added to it or taken away, each as one edit', async () => {
  await run(0.5);
  const found = objects();
  select(0);
  useView.setState({ frame: 1 });
  click(0.1, 0.5, 'remove');
  await flush();
  // The far end of what is clicked on stays.
  expect(workers.prompt).toHaveBeenLastCalledWith([
    { frame: 1, x: 3.5 / 8, y: 0.5, positive: false },
    { frame: 1, x: 0.1, y: 0.5, positive: true },
  ]);
  addClicked();
  expect(prompted()[0]).toMatchObject({ to: NOTHING, keeps: [1] });
  click(0.9, 0.5, 'add');
  await flush();
  addClicked();
  expect(prompted()[1]).toMatchObject({ to: 0, keeps: [0], clicks: [{ frame: 1, positive: true }] });
  expect(objects()).toEqual(found);
  await undo();
  await undo();
  expect(prompted()).toEqual([]);
});

test('where there is none of the selected object, nothing is taken away; a locked one stays as it is', async () => {
  await run(0.5);
  select(0);
  useView.setState({ frame: 2 });
  click(0.1, 0.5, 'remove');
  expect(usePrompt.getState().clicks).toEqual([]);
  useDocument.setState({ objects: objects().map((object) => ({ ...object, locked: true })) });
  useView.setState({ frame: 0 });
  click(0.1, 0.5, 'remove');
  expect(usePrompt.getState().clicks).toEqual([]);
});

test('a click with Shift on nothing leaves the selection as it is', () => {
  select(3);
  select(null, true);
  expect(useDocument.getState().selected).toEqual(new Set([3]));
});
