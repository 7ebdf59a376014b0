import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { closePage, pageWithClip } from '../../../test/page.ts';
import { flush, followedOf, objectsAt, resultOf, SETTINGS } from '../../../test/page-workers.ts';
import type { RunSettings } from '../../engine/settings/run.ts';
import { abortError, Scope } from '../../lib/task.ts';
import { NO_HISTORY } from '../model/history.ts';
import { changed, objectsOf } from '../model/objects.ts';
import { useClip } from '../stores/clip.ts';
import { currentSnapshot, NO_DOCUMENT, useDocument } from '../stores/document.ts';
import { useNotices } from '../stores/notices.ts';
import { pendingIn, useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { failure } from '../words/errors.ts';
import { strings } from '../words/strings.ts';
import { restoreRun } from '../workers/engine.ts';
import { edit, redo, undo } from './edits.ts';
import { forgetResults, reopenResult, start, stop } from './runner.ts';
import { stale } from './segment.ts';
import { setSingle } from './single.ts';
import { commitTau, findAbout, moveTau } from './tau.ts';

vi.mock('../workers/connection.ts', async () => (await import('../../../test/page-workers.ts')).connection);

let workers: ReturnType<typeof pageWithClip>;
const at = (tau: number) => ({ ...SETTINGS, tau });
const shownTau = () => useRun.getState().result?.settings.tau;
const labels = () => useDocument.getState().history.past.map(({ label }) => label);
const notices = () => useNotices.getState().notices.map(({ kind, what }) => [kind, what]);
const tau = (from: string, to: string) =>
  Number(to) < Number(from) ? strings.edits.finer : strings.edits.coarser;

/** Lets the newest run end. */
async function finish(): Promise<void> {
  await flush();
  const run = workers.runs.at(-1)!;
  run.resolve(resultOf(run.asked));
  await flush();
}

async function run(tau: number): Promise<void> {
  useRun.setState({ settings: at(tau) });
  const running = start(at(tau));
  await finish();
  expect(await running).toBe('shown');
}

const rename = (name: string) => edit(name, (objects) => changed(objects, new Set([0]), { name }));

beforeEach(() => {
  workers = pageWithClip();
});

afterEach(closePage);

test('what comes into the clip later is added to what there is, and undo still knows what was done', async () => {
  const few = followedOf(SETTINGS, [0]);
  const leaves = (count: number) => [
    { clusters: count, parent: Int32Array.from({ length: 24 }, (_, token) => token % count) },
  ];
  const grown = (clusters: number) => {
    const result = followedOf({ ...SETTINGS, tau: 1 / clusters }, [0, 1, 2]);
    return { ...result, settings: SETTINGS, clustering: { ...result.clustering, levels: leaves(clusters) } };
  };
  const running = start(SETTINGS);
  await flush();
  const [events] = workers.runEvents;
  events!.found({ ...few, clustering: { ...few.clustering, levels: leaves(2) } });
  await flush();
  rename('the first');
  const later = grown(3);
  events!.found(later);
  await flush();
  const names = () => useDocument.getState().objects.map(({ name }) => name);
  expect(useRun.getState().result).toBe(later);
  expect(names()).toEqual(['the first', '', '']);
  await undo();
  expect(names()).toEqual(['', '', '']);
  await redo();
  workers.runs[0]!.resolve(grown(3));
  expect(await running).toBe('shown');
  expect(names()).toEqual(['the first', '', '']);

  // The same run again has less at first; what is shown stays until it has as much.
  const again = start(SETTINGS);
  await flush();
  const shown = useRun.getState().result;
  workers.runEvents[1]!.found({ ...few, clustering: { ...few.clustering, levels: leaves(2) } });
  await flush();
  expect(useRun.getState().result).toBe(shown);
  workers.runs[1]!.resolve(grown(3));
  expect(await again).toBe('shown');
  expect(names()).toEqual(['the first', '', '']);
});

test('of two runs the newest is shown, whichever ends last, and no word is said of the other', async () => {
  const first = start(at(0.5));
  const second = start(at(0.25));
  expect(await first).toBe('superseded');
  await flush();
  const [older, newer] = workers.runs;
  newer!.resolve(resultOf(at(0.25)));
  expect(await second).toBe('shown');
  older!.resolve(resultOf(at(0.5)));
  await flush();
  expect(shownTau()).toBe(0.25);
  expect(useRun.getState().phase).toBe('idle');
  expect(notices()).toEqual([]);
});

test('a run ends with its clip: what it finds is not shown', async () => {
  const running = start(at(0.5));
  await useClip.getState().scope!.close();
  expect(await running).toBe('superseded');
  await finish();
  expect(useRun.getState().result).toBeNull();
});

test('undo and redo come back to earlier runs without another one, as fast as they are pressed', async () => {
  for (const value of [0.5, 0.25, 0.125]) await run(value);
  rename('Dog');
  await Promise.all([undo(), undo(), undo()]);
  expect(shownTau()).toBe(0.5);
  expect(useRun.getState().settings).toEqual(at(0.5));
  expect(useDocument.getState().objects).toHaveLength(objectsAt(0.5));
  await Promise.all([redo(), redo(), redo()]);
  expect(shownTau()).toBe(0.125);
  expect(useDocument.getState().objects[0]!.name).toBe('Dog');
  expect(workers.clip.run).toHaveBeenCalledTimes(3);
  expect(workers.clip.restore).toHaveBeenCalledTimes(4);
});

test('a result that is gone is computed again with a word on why; cancelled, nothing is undone', async () => {
  for (const value of [0.5, 0.25, 0.125]) await run(value);
  forgetResults();
  const { history } = useDocument.getState();
  const undoing = undo();
  await flush();
  expect(notices()).toEqual([['info', strings.run.notKept]]);
  await stop();
  await undoing;
  expect(useNotices.getState().announcement).toBe(strings.run.cancelled);
  expect(useDocument.getState().history).toBe(history);
  expect([shownTau(), useRun.getState().settings!.tau]).toEqual([0.125, 0.125]);

  const again = undo();
  await flush();
  await finish();
  await again;
  expect(shownTau()).toBe(0.25);
  expect(useNotices.getState().announcement).toBe(strings.edits.undid(tau('0.250', '0.125')));
});

/** Opens what an earlier session left: a run that kept its leaves, at a τ. */
async function reopen(settings: RunSettings): Promise<void> {
  const result = followedOf(settings, [0, 1, 2]);
  const kept = {
    rows: new Float32Array(4),
    width: 2,
    metric: 'kl',
    members: new Int32Array(2),
    options: { tau: 0.1, inclusive: false },
    leafTau: 0.1,
    residual: new Float32Array(0),
    later: { frames: new Int32Array(0), residual: new Float32Array(0) },
    twins: new Int32Array(0),
  } as const;
  result.followed!.leaves = kept;
  await restoreRun(result);
  useRun.setState({ settings });
  reopenResult(result, { ...NO_DOCUMENT, settings, objects: objectsOf(result.clusters) }, NO_HISTORY);
}

async function commitAt(value: number): Promise<void> {
  moveTau(value);
  commitTau();
  await vi.waitFor(() => expect(shownTau()).toBe(value));
}

test('another τ of a run that came back is looked up in its leaves, as undo is after the next time', async () => {
  await reopen(at(0.5));
  await commitAt(0.25);
  expect(useRun.getState()).toMatchObject({ restored: true, phase: 'idle', trial: null });
  expect(useDocument.getState().objects).toHaveLength(objectsAt(0.25));
  expect(labels()).toEqual([tau('0.500', '0.250')]);

  const { result } = useRun.getState();
  const [snapshot, { history }] = [currentSnapshot()!, useDocument.getState()];
  forgetResults();
  reopenResult(result!, snapshot, history);
  await undo();
  expect(shownTau()).toBe(0.5);
  expect(useDocument.getState().objects).toHaveLength(objectsAt(0.5));
  await redo();
  expect(shownTau()).toBe(0.25);
  expect(workers.clip.run).not.toHaveBeenCalled();
  expect(notices()).toEqual([]);
});

test('below the leaves of a run that came back another τ takes a run', async () => {
  await reopen(at(0.5));
  workers.recluster.mockResolvedValueOnce(null);
  moveTau(0.25);
  commitTau();
  await vi.waitFor(() => expect(workers.runs).toHaveLength(1));
  expect(useRun.getState().trial).toMatchObject({ tau: 0.25, found: null });
  await finish();
  expect(shownTau()).toBe(0.25);
});

test('a number of objects is found in a run that came back, without another one', async () => {
  await reopen(at(0.5));
  workers.tauFor.mockResolvedValueOnce(0.125);
  await findAbout(8);
  expect(shownTau()).toBe(0.125);
  expect(workers.clip.run).not.toHaveBeenCalled();
});

test('an edit that is made while undo has to run is kept', async () => {
  await run(0.5);
  await run(0.25);
  forgetResults();
  const undoing = undo();
  await flush();
  rename('Dog');
  await finish();
  await undoing;
  expect(labels()).toEqual([tau('0.500', '0.250'), 'Dog', tau('0.250', '0.500')]);
});

test('a failure is shown and gone with its clip; a superseded call is none', async () => {
  const running = start(at(0.5));
  await flush();
  workers.runs[0]!.reject(failure('run/none'));
  expect(await running).toBe('ended');
  expect(notices()).toHaveLength(1);
  await useClip.getState().scope!.close();
  expect(notices()).toEqual([]);

  useClip.setState({ scope: new Scope() });
  const second = start(at(0.5));
  await flush();
  workers.runs[1]!.reject(abortError());
  await second;
  expect(notices()).toEqual([]);
});

test('τ whose run is cancelled is again that of the masks', async () => {
  await run(0.5);
  useRun.setState({ restored: true });
  moveTau(0.1);
  commitTau();
  await vi.waitFor(() => expect(workers.runs).toHaveLength(2));
  await stop();
  await flush();
  expect(useRun.getState().settings!.tau).toBe(0.5);
  expect(useRun.getState().phase).toBe('idle');
});

test('a search is one edit, and edits made meanwhile can still be undone', async () => {
  await run(0.5);
  const searching = findAbout(8);
  await vi.waitFor(() => expect(workers.runs).toHaveLength(2));
  await finish();
  await vi.waitFor(() => expect(workers.runs).toHaveLength(3));
  await finish();
  await vi.waitFor(() => expect(workers.runs).toHaveLength(4));
  expect(labels()).toEqual([tau('0.500', '0.125')]);
  rename('Dog');
  workers.tauFor.mockResolvedValue(0.0625);
  await finish();
  await searching;
  expect(labels()).toEqual([tau('0.500', '0.125'), 'Dog', tau('0.125', '0.063')]);
  await undo();
  expect(useDocument.getState().objects[0]!.name).toBe('Dog');
  await undo();
  expect(useDocument.getState().objects[0]!.name).toBe('');
  await undo();
  expect(shownTau()).toBe(0.5);
});

test('of two searches the newer wins without a word, and the first leaves nothing behind', async () => {
  await run(0.5);
  workers.tauFor.mockImplementation(async (objects) => 1 / objects);
  const first = findAbout(4);
  await vi.waitFor(() => expect(workers.runs).toHaveLength(2));
  const second = findAbout(10);
  await first;
  await vi.waitFor(() => expect(workers.runs).toHaveLength(3));
  expect(useRun.getState().seeking).toBe(true);
  await finish();
  await second;
  expect(shownTau()).toBe(0.1);
  expect(useRun.getState().seeking).toBe(false);
  expect(labels()).toEqual([tau('0.500', '0.100')]);
  expect(notices()).toEqual([]);
});

test('a quick look is shown first, gives way with the names that it had, and cannot be edited', async () => {
  const running = start(at(0.5));
  await flush();
  const [events] = workers.runEvents;
  events!.found(followedOf(at(0.5), [1], { quick: true }));
  await flush();
  expect(useRun.getState().phase).toBe('refining');
  expect(useDocument.getState().objects).toHaveLength(2);
  rename('Dog');
  expect(labels()).toEqual([]);
  expect(notices()).toEqual([['info', strings.run.quickEdit]]);

  const [first] = useDocument.getState().objects;
  useDocument.setState({
    objects: changed(useDocument.getState().objects, new Set([0]), { colour: 0x123456 }),
  });
  events!.found(followedOf(at(0.5), [0, 1]));
  await flush();
  expect(useRun.getState().phase).toBe('following');
  expect(useRun.getState().result!.followed!.quick).toBe(false);
  expect(useDocument.getState().objects[0]).toMatchObject({ id: first!.id, colour: 0x123456 });
  expect(labels(), 'nothing that was edited').toEqual([]);
  rename('Dog');

  workers.runs[0]!.resolve(followedOf(at(0.5), [0, 1, 2]));
  expect(await running).toBe('shown');
  expect(useDocument.getState().objects[0]!.name).toBe('Dog');
  expect(pendingIn(useRun.getState().result)).toBe(0);
  expect(stale()).toBe(false);
});

test('a quick look never takes the place of whole masks', async () => {
  await run(0.5);
  const running = start(at(0.25));
  await flush();
  workers.runEvents.at(-1)!.found(followedOf(at(0.25), [1], { quick: true }));
  await flush();
  expect(shownTau()).toBe(0.5);
  workers.runs.at(-1)!.resolve(resultOf(at(0.25)));
  await running;
  expect(shownTau()).toBe(0.25);
});

test('paused, what was followed stays, the page says how much, and the rest can be gone on with', async () => {
  useRun.setState({ settings: at(0.5) });
  const running = start(at(0.5));
  await flush();
  const [events] = workers.runEvents;
  events!.found(followedOf(at(0.5), [1]));
  await flush();
  rename('Dog');
  const n = 8;
  const labelled = new Int32Array(n).fill(1);
  events!.frames({ places: [2], sources: [1], labels: labelled, parts: labelled });
  expect(pendingIn(useRun.getState().result)).toBe(1);
  const counted = useRun.getState().counts;
  expect([...counted], 'tokens of either cluster in each frame').toEqual([0, 4, 0, 0, 4, 8]);

  workers.runs[0]!.resolve(followedOf(at(0.5), [1, 2]));
  await running;
  expect(useRun.getState().phase).toBe('idle');
  expect(notices()).toContainEqual(['info', strings.run.paused(2, 3)]);
  expect(stale()).toBe(true);

  const again = start(at(0.5));
  await flush();
  workers.runEvents.at(-1)!.found(followedOf(at(0.5), [1, 2]));
  await flush();
  workers.runs.at(-1)!.resolve(followedOf(at(0.5), [0, 1, 2]));
  await again;
  expect(useDocument.getState().objects[0]!.name, 'edits outlive the pause').toBe('Dog');
  expect(stale()).toBe(false);
});

test('paused in its last steps, with masks on every frame, a run can be gone on with too', async () => {
  useRun.setState({ settings: at(0.5) });
  const running = start(at(0.5));
  await flush();
  workers.runs[0]!.resolve(followedOf(at(0.5), [0, 1, 2], { complete: false }));
  await running;
  expect(notices()).toContainEqual(['info', strings.run.paused(3, 3)]);
  expect(stale()).toBe(true);

  const again = start(at(0.5));
  await flush();
  workers.runs.at(-1)!.resolve(followedOf(at(0.5), [0, 1, 2]));
  await again;
  expect(stale()).toBe(false);
});

test('the engine hears where the playhead is while a run goes on', async () => {
  const running = start(at(0.5));
  await flush();
  useView.setState({ frame: 2 });
  await flush();
  expect(workers.lookAt.mock.calls.at(-1)).toEqual([2]);
  await finish();
  await running;
});

test('the main subject is one object at once, and several again, without a run', async () => {
  await run(0.25);
  setSingle(true);
  expect(useDocument.getState().objects).toHaveLength(1);
  setSingle(false);
  expect(useDocument.getState().objects).toHaveLength(objectsAt(0.25));
  await undo();
  await undo();
  expect(useDocument.getState().objects).toHaveLength(objectsAt(0.25));
  expect(useRun.getState().single).toBe(false);
  expect(workers.clip.run).toHaveBeenCalledTimes(1);
});
