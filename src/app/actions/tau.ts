import { workers } from '../connection.ts';
import { hierarchyOf } from '../model/hierarchy.ts';
import { recorded } from '../model/history.ts';
import { LabelCache } from '../model/label-cache.ts';
import { latest } from '../model/latest.ts';
import { previewedObjects } from '../model/preview.ts';
import { sameRun, tauStep } from '../model/settings.ts';
import { superseded } from '../stores/aborts.ts';
import { showFailure, showInfo } from '../stores/notices.ts';
import { useObjects } from '../stores/objects.ts';
import { useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { tau as written } from '../words/format.ts';
import { strings } from '../words/strings.ts';
import type { Action } from './action.ts';
import { abandon, start } from './runner.ts';
import { changeSettings } from './settings.ts';

/** Milliseconds that τ has to rest before the clustering runs again. */
const REST = 220;
/** Runs that "find about N objects" may take on its way down, each at half the τ of the one before. */
const HALVINGS = 4;
let resting: ReturnType<typeof setTimeout> | undefined;

/** Moves τ, and shows what it would give as soon as that is known; the newest wish wins. */
export function moveTau(tau: number): void {
  clearTimeout(resting);
  changeSettings({ tau });
  const { result, restored, phase } = useRun.getState();
  if (!result || restored) return;
  // The run to a τ that is no longer wanted only keeps the engine from telling what this one gives.
  if (phase === 'clustering') void abandon();
  tryTau(tau);
}

/** Lets go of τ: where there is a result, clusters again as soon as τ has rested. */
export function settleTau(): void {
  clearTimeout(resting);
  resting = setTimeout(() => {
    const { settings, result, phase } = useRun.getState();
    if (!settings || !result || phase === 'segmenting') return;
    if (sameRun(result.settings, settings)) useRun.setState({ trial: null });
    else void start(settings);
  }, REST);
}

const tryTau = latest<number>(
  async (tau) => {
    const { result } = useRun.getState();
    if (!result) return;
    const { engine } = workers();
    const preview = await engine.preview(tau);
    const { frame, painted } = useView.getState();
    let found = null;
    if (preview) {
      const { objects } = useObjects.getState();
      const maps = new LabelCache(painted.width, painted.height, result, { tau });
      if (painted.width > 0)
        maps.set(frame, await engine.labels(frame, painted.width, painted.height, { tau }));
      found = {
        objects: previewedObjects(preview, objects, hierarchyOf(result), useRun.getState().single),
        maps,
      };
    }
    const { result: now, settings } = useRun.getState();
    // Back where the run itself is, there is nothing to try.
    if (now === result && settings && !sameRun(settings, result.settings))
      useRun.setState({ trial: { of: result, tau, found } });
    else useRun.setState({ trial: null });
  },
  (thrown) => {
    if (!superseded(thrown)) showFailure(thrown);
  },
);

/**
 * Finds the τ that leaves about so many objects, and runs with it. Below the τ of the last run only another run can
 * tell, so τ is halved until there are enough. One edit to undo, whatever it took.
 */
export async function findAbout(wanted: number): Promise<void> {
  const { result, restored, seeking } = useRun.getState();
  if (!result || restored || seeking) return;
  const { history, objects, strokes } = useObjects.getState();
  clearTimeout(resting);
  useRun.setState({ seeking: true });
  try {
    await seek(wanted);
  } catch (thrown) {
    if (!superseded(thrown)) showFailure(thrown);
  } finally {
    useRun.setState({ seeking: false });
  }
  const { result: after } = useRun.getState();
  if (after === result) showInfo(strings.tau.noFiner);
  if (!after || after === result) return;
  const now = useObjects.getState();
  const label = strings.edits.tau(written(result.settings.tau), written(after.settings.tau));
  useObjects.setState({
    history: recorded(history, {
      label,
      before: { settings: result.settings, objects, strokes },
      after: { settings: after.settings, objects: now.objects, strokes: now.strokes },
    }),
  });
}

/** Runs with the τ for about so many objects, by way of lower ones where it lies below what the last run can tell. */
async function seek(wanted: number): Promise<void> {
  const range = tauRange(useRun.getState());
  for (let halvings = 0; halvings <= HALVINGS; halvings++) {
    const { result, settings } = useRun.getState();
    if (!result || !settings) return;
    const found = await workers().engine.tauFor(wanted, range);
    const tau = Number((found ?? Math.max(range[0], result.settings.tau / 2)).toPrecision(6));
    if (tau === result.settings.tau) return;
    changeSettings({ tau });
    await start({ ...settings, tau });
    // Cancelled, failed, or superseded by another wish.
    if (found !== null || useRun.getState().result?.settings.tau !== tau) return;
  }
}

/** The range of τ of the chosen model, widened to hold the value it has. */
export function tauRange({
  models,
  settings,
}: Pick<ReturnType<typeof useRun.getState>, 'models' | 'settings'>): readonly [number, number] {
  const range = models.find((entry) => entry.id === settings?.model)?.defaults.tauRange ?? [0, 1];
  const value = settings?.tau ?? range[0];
  return [Math.min(range[0], value), Math.max(range[1], value)];
}

function nudge(steps: number): void {
  const { settings } = useRun.getState();
  if (!settings) return;
  const [low, high] = tauRange(useRun.getState());
  const moved = settings.tau + steps * tauStep([low, high]);
  moveTau(Number(Math.min(high, Math.max(low, moved)).toFixed(6)));
  settleTau();
}

const enabled = (): boolean => useRun.getState().result !== null;

export const tauDown: Action = {
  id: 'tauDown',
  label: strings.actions.tauDown,
  group: 'run',
  keys: ['['],
  enabled,
  run: () => nudge(-4),
};

export const tauUp: Action = {
  id: 'tauUp',
  label: strings.actions.tauUp,
  group: 'run',
  keys: [']'],
  enabled,
  run: () => nudge(4),
};
