import { beforeEach, expect, test, vi } from 'vitest';
import { freshPage } from '../../../test/page.ts';
import { clipInfo, flush, resultOf, SETTINGS } from '../../../test/page-workers.ts';
import { useClip } from '../stores/clip.ts';
import { useNotices } from '../stores/notices.ts';
import { NO_QUEUE, useQueue } from '../stores/queue.ts';
import { useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { failure } from '../words/errors.ts';
import { closeClip } from './open.ts';
import { enqueue, leaveQueue, nextInQueue, openFromQueue } from './queue.ts';

vi.mock('../workers/connection.ts', async () => (await import('../../../test/page-workers.ts')).connection);
vi.mock('./keep.ts', () => ({
  beginKeeping: async () => undefined,
  keepNow: async () => undefined,
  stopKeeping: () => undefined,
}));
vi.stubGlobal('navigator', {});

let workers: ReturnType<typeof freshPage>;
const files = (...names: string[]) => names.map((name) => new File(['x'], name));
const shown = () => useClip.getState().info?.name ?? null;
const states = () => useQueue.getState().clips.map(({ state }) => state);
const clip = (place: number) => useQueue.getState().clips[place]!;
const asked = () => workers.viewed.map(({ asked }) => asked[0]!.name);

/** Lets the clip that was asked for last be opened. */
async function ready(): Promise<void> {
  await flush();
  const { asked, resolve } = workers.viewed.at(-1)!;
  resolve(clipInfo(asked[0]!.name));
  await flush();
  workers.opened.at(-1)!.resolve(workers.clip);
  await flush();
}

/** It cannot be: the viewer then takes back the one that is open. */
async function broken(): Promise<void> {
  await flush();
  workers.viewed.at(-1)!.reject(failure('video/empty', { name: 'it' }));
  await flush();
  if (shown() !== null) workers.viewed.at(-1)!.resolve(clipInfo(shown()!));
  await flush();
}

/** The open clip's run begins and ends. */
async function ran(failed: string | null = null): Promise<void> {
  useRun.setState({ phase: 'segmenting', failed: null });
  useRun.setState(
    failed === null ? { phase: 'idle', result: resultOf(SETTINGS) } : { phase: 'idle', failed },
  );
  await flush();
}

beforeEach(() => {
  workers = freshPage();
});

test('clips are looked at one after the other; what cannot be opened is reported and passed over', async () => {
  void enqueue(files('a', 'b', 'c'));
  await ready();
  expect(shown()).toBe('a');
  expect(states()).toEqual(['waiting', 'waiting', 'waiting']);
  await ran();
  await broken();
  await ready();
  expect(shown()).toBe('c');
  expect(states()).toEqual(['done', 'failed', 'waiting']);
  expect(clip(1).why).toBe(failure('video/empty', { name: 'it' }).message);
  expect(useNotices.getState().notices.map(({ code }) => code)).toEqual(['video/empty']);
  await ran('it came to nothing');
  expect(states()).toEqual(['done', 'failed', 'failed']);
  expect(shown()).toBe('c');
});

test('a clip that was touched is left by hand alone, and one that was stopped stays unfinished', async () => {
  void enqueue(files('a', 'b', 'c'));
  await ready();
  useView.setState({ frame: 3 });
  await ran();
  expect(shown()).toBe('a');
  void nextInQueue.run();
  await ready();
  expect(shown()).toBe('b');
  useRun.setState({ phase: 'segmenting' });
  useRun.setState({ phase: 'idle' });
  await flush();
  expect(shown()).toBe('b');
  expect(states()).toEqual(['done', 'waiting', 'waiting']);
});

test('clips that come later wait for their turn, unless one comes alone', async () => {
  void enqueue(files('a', 'b'));
  await ready();
  void enqueue(files('c', 'd'));
  await flush();
  expect(asked()).toEqual(['a']);
  void enqueue(files('e'));
  await ready();
  expect(shown()).toBe('e');
  expect(states()).toHaveLength(5);
});

test('a clip that is chosen is opened, and without a next one nothing is passed over', async () => {
  void enqueue(files('a', 'b'));
  await ready();
  void openFromQueue(clip(1));
  await broken();
  expect(shown()).toBe('a');
  expect(states()).toEqual(['waiting', 'failed']);
  expect(nextInQueue.enabled?.()).toBe(false);
});

test('the open clip can be taken out: the next one is opened; closing ends the queue', async () => {
  void enqueue(files('a', 'b', 'c'));
  await ready();
  void leaveQueue(clip(0));
  await ready();
  expect(shown()).toBe('b');
  await leaveQueue(clip(1));
  expect(useQueue.getState().clips.map(({ file }) => file.name)).toEqual(['b']);
  await closeClip();
  expect(useQueue.getState()).toEqual(NO_QUEUE);
});

test('where every clip fails there is no queue, and the reasons stay', async () => {
  void enqueue(files('a', 'b'));
  await broken();
  await broken();
  expect(useQueue.getState().clips).toEqual([]);
  expect(useNotices.getState().notices).not.toEqual([]);
});
