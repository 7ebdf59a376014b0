import { beforeEach, expect, test, vi } from 'vitest';
import { clipInfo, fakeWorkers, settled } from '../../../test/page-workers.ts';
import { failure } from '../../lib/errors.ts';
import { NO_CLIP, showClipFailure, useClip } from '../stores/clip.ts';
import { useNotices } from '../stores/notices.ts';
import { closeClip, open } from './open.ts';

const fake = vi.hoisted(() => ({ workers: null as unknown, kept: Promise.resolve() }));
vi.mock('../workers/connection.ts', () => ({ workers: () => fake.workers }));
vi.mock('./keep.ts', () => ({
  beginKeeping: async () => undefined,
  keepNow: () => fake.kept,
  stopKeeping: () => undefined,
}));
vi.stubGlobal('navigator', {});

let workers: ReturnType<typeof fakeWorkers>;
const clip = (name: string) => [new File(['x'], name)];
const shown = () => useClip.getState().info?.name ?? null;
const notices = () => useNotices.getState().notices.length;

/** Lets the viewer and the engine open what they were asked for last. */
async function ready(name: string): Promise<void> {
  await settled();
  workers.viewed.at(-1)!.resolve(clipInfo(name));
  await settled();
  workers.opened.at(-1)!.resolve(clipInfo(name));
  await settled();
}

beforeEach(() => {
  workers = fakeWorkers();
  fake.workers = workers;
  fake.kept = Promise.resolve();
  useClip.setState({ ...NO_CLIP, opening: false });
  useNotices.setState({ notices: [] });
});

test('of two clips opened at once the last one asked for is shown, whichever is ready first', async () => {
  void open(clip('a'));
  void open(clip('b'));
  await settled();
  workers.viewed[1]!.resolve(clipInfo('b'));
  workers.viewed[0]!.resolve(clipInfo('a'));
  await settled();
  expect(workers.opened.map(({ asked }) => asked[0]!.name)).toEqual(['b']);
  workers.opened[0]!.resolve(clipInfo('b'));
  await settled();
  expect(shown()).toBe('b');
  expect(useClip.getState().opening).toBe(false);
  expect(notices()).toBe(0);
});

test('the engine opens one clip at a time, and never one that was superseded while it waited', async () => {
  for (const name of ['a', 'b', 'c']) {
    void open(clip(name));
    await settled();
    workers.viewed.at(-1)!.resolve(clipInfo(name));
    await settled();
  }
  expect(workers.opened).toHaveLength(1);
  workers.opened[0]!.resolve(clipInfo('a'));
  await settled();
  expect(workers.opened.map(({ asked }) => asked[0]!.name)).toEqual(['a', 'c']);
  expect(shown()).toBeNull();
  workers.opened[1]!.resolve(clipInfo('c'));
  await settled();
  expect(shown()).toBe('c');
});

test('a clip that is dropped while another one is being closed stays open', async () => {
  void open(clip('a'));
  await ready('a');
  let written = () => {};
  fake.kept = new Promise((resolve) => {
    written = resolve;
  });
  void closeClip();
  await settled();
  fake.kept = Promise.resolve();
  void open(clip('b'));
  await ready('b');
  written();
  await settled();
  expect(shown()).toBe('b');
  expect(workers.engine.close).not.toHaveBeenCalled();
});

test('what was started for a clip ends with it, and so do the notices about it', async () => {
  void open(clip('a'));
  await ready('a');
  const { signal } = useClip.getState().scope!;
  showClipFailure(failure('run/none'));
  expect(notices()).toBe(1);
  await closeClip();
  expect(signal.aborted).toBe(true);
  expect(shown()).toBeNull();
  expect(notices()).toBe(0);
  expect(workers.engine.close).toHaveBeenCalledOnce();
});

test('a clip that cannot be opened leaves the one before, and its notice goes with the next request', async () => {
  void open(clip('a'));
  await ready('a');
  void open(clip('b'));
  await settled();
  workers.viewed.at(-1)!.reject(failure('run/none'));
  await settled();
  expect(workers.viewed.at(-1)!.asked[0]!.name, 'the viewer goes back').toBe('a');
  workers.viewed.at(-1)!.resolve(clipInfo('a'));
  await settled();
  expect(shown()).toBe('a');
  expect(useClip.getState().scope!.signal.aborted).toBe(false);
  expect(notices()).toBe(1);
  void open(clip('c'));
  await ready('c');
  expect(notices()).toBe(0);
  expect(shown()).toBe('c');
});
