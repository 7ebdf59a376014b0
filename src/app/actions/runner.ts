import { proxy } from 'comlink';
import type { RunResult, RunSettings } from '../../engine/settings/run.ts';
import { asFailure } from '../../lib/errors.ts';
import { workers } from '../connection.ts';
import { countsOf, hierarchyOf, inAllNodes, nodesOfTokens } from '../model/hierarchy.ts';
import { type History, recorded } from '../model/history.ts';
import { carriedOver, objectsOf, oneForeground } from '../model/objects.ts';
import { announce, showFailure, showInfo } from '../stores/notices.ts';
import { type Snapshot, useObjects } from '../stores/objects.ts';
import { type RunPhase, useRun } from '../stores/run.ts';
import { NO_LOOK, useView } from '../stores/view.ts';
import { tau } from '../words/format.ts';
import { strings } from '../words/strings.ts';

/** Objects and history to have once the run is done, where they are known beforehand (undo, redo, reopening). */
export interface Return extends Pick<Snapshot, 'objects' | 'strokes'> {
  history: History<Snapshot>;
}

/** Number of the newest run; an older one that still comes in is dropped. */
let newest = 0;
let underWay: Promise<unknown> = Promise.resolve();

/** Runs the engine; a run under way is stopped first. Only the newest wish has an effect. */
export async function start(settings: RunSettings, returnTo?: Return): Promise<void> {
  const { result, restored } = useRun.getState();
  const number = ++newest;
  const { engine } = workers();
  if (useRun.getState().phase !== 'idle') await engine.cancel();
  await underWay;
  if (number !== newest) return;

  const clusters = result && !restored && onlyClustering(result.settings, settings);
  const phase: RunPhase = clusters ? 'clustering' : 'segmenting';
  useRun.setState({ phase, progress: null });
  if (phase === 'segmenting') announce(strings.run.started);
  const started = performance.now();
  const run = engine.run(
    settings,
    proxy((progress) => {
      if (number === newest) useRun.setState({ progress });
    }),
  );
  underWay = run.then(
    () => undefined,
    () => undefined,
  );
  try {
    const found = await run;
    if (number !== newest) return;
    accept(found, returnTo);
    for (const note of found.notes) showInfo(note);
    // A size that was rounded is what is asked for from now on.
    if (useRun.getState().settings === settings) useRun.setState({ settings: found.settings });
    const objects = useObjects.getState().objects.filter((object) => !object.background).length;
    announce(strings.run.done(objects, (performance.now() - started) / 1000));
  } catch (thrown) {
    if (number !== newest) return;
    if (asFailure(thrown).code === 'run/cancelled') announce(strings.run.cancelled);
    else showFailure(thrown);
  } finally {
    if (number === newest) useRun.setState({ phase: 'idle', progress: null, trial: null });
  }
}

/** Stops the run under way; what was found before stays. */
export async function stop(): Promise<void> {
  if (useRun.getState().phase !== 'idle') await workers().engine.cancel();
}

/** Forgets the run under way, for another clip: its result will not be taken. */
export async function abandon(): Promise<void> {
  newest++;
  if (useRun.getState().phase !== 'idle') await workers().engine.cancel();
  await underWay;
  useRun.setState({ phase: 'idle', progress: null });
}

/** Whether the second run needs no new tokens: only what comes after them differs. */
function onlyClustering(before: RunSettings, after: RunSettings): boolean {
  const { model, height, width, start: first, end, stride, device } = before;
  return (
    model === after.model &&
    height === after.height &&
    width === after.width &&
    first === after.start &&
    end === after.end &&
    stride === after.stride &&
    device === after.device
  );
}

function accept(found: RunResult, returnTo?: Return): void {
  const { result } = useRun.getState();
  const { objects, strokes, history } = useObjects.getState();
  useRun.setState({ result: found, counts: countsOf(found, returnTo?.strokes ?? []), restored: false });
  useView.setState(NO_LOOK);
  const cleared = { selected: new Set<number>(), hovered: null, solo: null };
  if (returnTo) {
    const { objects, strokes, history } = returnTo;
    useObjects.setState({ objects, strokes, history, ...cleared });
    return;
  }
  const apart = objectsOf(found.clusters);
  const fresh = useRun.getState().single ? oneForeground(apart) : apart;
  if (!result) {
    useObjects.setState({ objects: fresh, strokes: [], history, ...cleared });
    useView.setState({ tab: 'objects' });
    return;
  }
  const carried = carriedOver(
    fresh,
    found.clustering.labels,
    inAllNodes(hierarchyOf(result), objects),
    nodesOfTokens(result),
  );
  const label = nameOfRun(result.settings, found.settings);
  useObjects.setState({
    objects: carried,
    strokes: [],
    history: recorded(history, {
      label,
      before: { settings: result.settings, objects, strokes },
      after: { settings: found.settings, objects: carried, strokes: [] },
    }),
    ...cleared,
  });
}

/** What a new run is called in the history. */
function nameOfRun(before: RunSettings, after: RunSettings): string {
  if (before.model !== after.model) {
    const { models } = useRun.getState();
    return strings.edits.model(models.find(({ id }) => id === after.model)?.name ?? after.model);
  }
  return before.tau === after.tau ? strings.edits.again : strings.edits.tau(tau(before.tau), tau(after.tau));
}
