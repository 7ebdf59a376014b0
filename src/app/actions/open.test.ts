import { beforeEach, expect, test, vi } from 'vitest';
import { clipInfo, fakeWorkers, settled } from '../../../test/page-workers.ts';
import { NO_CLIP, showClipFailure, useClip } from '../stores/clip.ts';
import { useNotices } from '../stores/notices.ts';
import { NO_VIEW, useView } from '../stores/view.ts';
import { failure } from '../words/errors.ts';
import { cancelOpening, closeClip, open } from './open.ts';

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
  workers.opened.at(-1)!.resolve(workers.clip);
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
  workers.opened[0]!.resolve(workers.clip);
  await settled();
  expect(shown()).toBe('b');
  expect(useClip.getState().opening).toBe(false);
  expect(notices()).toBe(0);
});

test('a clip that was superseded while the engine opened it is closed, and never shown', async () => {
  void open(clip('a'));
  await settled();
  workers.viewed[0]!.resolve(clipInfo('a'));
  await settled();
  void open(clip('b'));
  await settled();
  workers.opened[0]!.resolve(workers.clip);
  await settled();
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
  await settled();
  fake.kept = Promise.resolve();
  void open(clip('b'));
  await ready('b');
  written();
  await settled();
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
  await settled();
  const [late] = workers.viewed.splice(-1);
  void cancelOpening();
  await settled();
  expect(workers.viewed.at(-1)!.asked[0]!.name, 'the viewer goes back').toBe('a');
  workers.viewed.at(-1)!.resolve(clipInfo('a'));
  late!.resolve(clipInfo('b'));
  await settled();
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
