import { beforeEach, expect, test, vi } from 'vitest';
import { freshPage } from '../../../test/page.ts';
import { clipInfo, flush } from '../../../test/page-workers.ts';
import { showClipFailure, useClip } from '../stores/clip.ts';
import { useNotices } from '../stores/notices.ts';
import { NO_VIEW, useView } from '../stores/view.ts';
import { failure } from '../words/errors.ts';
import { cancelOpening, closeClip, open } from './open.ts';

const fake = vi.hoisted(() => ({ kept: Promise.resolve() }));
vi.mock('../workers/connection.ts', async () => (await import('../../../test/page-workers.ts')).connection);
vi.mock('./keep.ts', () => ({
  beginKeeping: async () => undefined,
  keepNow: () => fake.kept,
  stopKeeping: () => undefined,
}));
vi.stubGlobal('navigator', {});

let workers: ReturnType<typeof freshPage>;
const clip = (name: string) => [new File(['x'], name)];
const shown = () => useClip.getState().info?.name ?? null;
const notices = () => useNotices.getState().notices.length;

/** Lets the viewer and the engine open what they were asked for last. */
async function ready(name: string): Promise<void> {
  await flush();
  workers.viewed.at(-1)!.resolve(clipInfo(name));
  await flush();
  workers.opened.at(-1)!.resolve(workers.clip);
  await flush();
}

beforeEach(() => {
  workers = freshPage();
  fake.kept = Promise.resolve();
});

test('of two clips opened at once the last one asked for is shown, whichever is ready first', async () => {
  void open(clip('a'));
  void open(clip('b'));
  await flush();
  workers.viewed[1]!.resolve(clipInfo('b'));
  workers.viewed[0]!.resolve(clipInfo('a'));
  await flush();
  expect(workers.opened.map(({ asked }) => asked[0]!.name)).toEqual(['b']);
  workers.opened[0]!.resolve(workers.clip);
  await flush();
  expect(shown()).toBe('b');
  expect(useClip.getState().opening).toBe(false);
  expect(notices()).toBe(0);
});

test('a clip that was superseded while the engine opened it is closed, and never shown', async () => {
  void open(clip('a'));
  await flush();
  workers.viewed[0]!.resolve(clipInfo('a'));
  await flush();
  void open(clip('b'));
  await flush();
  workers.opened[0]!.resolve(workers.clip);
  await flush();
  expect(workers.clip.close).toHaveBeenCalledOnce();
  expect(shown()).toBeNull();
  await ready('b');
  expect(shown()).toBe('b');
  expect(workers.clip.close).toHaveBeenCalledOnce();
});

test('a clip that is dropped while another one is being closed stays open', async () => {
  void open(clip('a'));
  await ready('a');
  let written = () => {};
  fake.kept = new Promise((resolve) => {
    written = resolve;
  });
  void closeClip();
  await flush();
  fake.kept = Promise.resolve();
  void open(clip('b'));
  await ready('b');
  written();
  await flush();
  expect(shown()).toBe('b');
  expect(workers.viewer.close).not.toHaveBeenCalled();
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
  expect(workers.clip.close).toHaveBeenCalledOnce();
});

test('a clip that is taken back while it is opened leaves the one before, without a word', async () => {
  void open(clip('a'));
  await ready('a');
  void open(clip('b'));
  await flush();
  const [late] = workers.viewed.splice(-1);
  void cancelOpening();
  await flush();
  expect(workers.viewed.at(-1)!.asked[0]!.name, 'the viewer goes back').toBe('a');
  workers.viewed.at(-1)!.resolve(clipInfo('a'));
  late!.resolve(clipInfo('b'));
  await flush();
  expect(shown()).toBe('a');
  expect(useClip.getState()).toMatchObject({ opening: false });
  expect(useClip.getState().scope!.signal.aborted).toBe(false);
  expect(workers.opened).toHaveLength(1);
  expect(notices()).toBe(0);
});

test('a clip is looked at afresh, with what the user has got used to', async () => {
  void open(clip('a'));
  await ready('a');
  useView.setState({
    frame: 3,
    zoom: 8,
    brush: 'erase',
    brushFresh: true,
    compare: 0.5,
    menu: { id: 1, x: 0, y: 0 },
    renaming: 1,
    pictured: { frame: 3 },
    corrected: [],
    brushRadius: 0.1,
    research: true,
  });
  void open(clip('b'));
  await ready('b');
  expect(useView.getState()).toMatchObject({ ...NO_VIEW, brushRadius: 0.1, research: true });
});

test('a clip that cannot be opened leaves the one before, and its notice goes with the next request', async () => {
  void open(clip('a'));
  await ready('a');
  void open(clip('b'));
  await flush();
  workers.viewed.at(-1)!.reject(failure('run/none'));
  await flush();
  expect(workers.viewed.at(-1)!.asked[0]!.name, 'the viewer goes back').toBe('a');
  workers.viewed.at(-1)!.resolve(clipInfo('a'));
  await flush();
  expect(shown()).toBe('a');
  expect(useClip.getState().scope!.signal.aborted).toBe(false);
  expect(notices()).toBe(1);
  void open(clip('c'));
  await ready('c');
  expect(notices()).toBe(0);
  expect(shown()).toBe('c');
});
