import { leafTauOf } from '../../engine/model/describe.ts';
import { sameSettings } from '../../engine/settings/settings.ts';
import { conflated, debounced, latest } from '../../lib/task.ts';
import { held, inGroup } from '../model/action.ts';
import { hierarchyOf } from '../model/hierarchy.ts';
import { LabelCache } from '../model/label-cache.ts';
import { previewedObjects } from '../model/preview.ts';
import { tauStep } from '../model/settings.ts';
import { showClipFailure, useClip } from '../stores/clip.ts';
import { useDocument } from '../stores/document.ts';
import { showInfo } from '../stores/notices.ts';
import { tauRests, useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { strings } from '../words/strings.ts';
import { runMasks } from '../workers/engine.ts';
import { abandon, recluster, start } from './runner.ts';
import { changeSettings } from './settings.ts';

/** Milliseconds without a change of τ before clustering runs again. */
const REST = 220;
/** Most runs of "find about N objects", each at half the τ of the one before. */
const HALVINGS = 4;

/** Moves τ, and shows what it would give as soon as that is known; the newest value wins. */
export function moveTau(tau: number): void {
  commitTau.cancel();
  changeSettings({ tau });
  const { result, phase } = useRun.getState();
  if (!result) return;
  // A run with a τ that is no longer wanted would only delay the preview of this one.
  if (phase === 'clustering') void abandon();
  tryTau(tau);
}

/** Ends the drag of τ: where there is a result, clusters again once τ no longer changes. */
export const commitTau = debounced(() => {
  const { settings, result, phase } = useRun.getState();
  if (!settings || !result || tauRests(phase)) return;
  if (sameSettings(result.settings, settings)) useRun.setState({ trial: null });
  else void runTo(settings.tau);
}, REST);

/** Clusters with another τ: by the leaves if they are here, else by a run. Where that fails, τ is reset to the shown one. */
async function runTo(tau: number, search?: object): Promise<void> {
  changeSettings({ tau });
  const { settings } = useRun.getState();
  if (!settings) return;
  const outcome = (await recluster(settings, { search })) ?? (await start(settings, { search }));
  const { result } = useRun.getState();
  if (outcome === 'ended' && result) changeSettings({ tau: result.settings.tau });
}

const tryTau = conflated<number>(async (tau) => {
  const { result } = useRun.getState();
  if (!result) return;
  const preview = await runMasks().preview(tau);
  const { frame, painted } = useView.getState();
  let found = null;
  if (preview) {
    const { objects } = useDocument.getState();
    const maps = new LabelCache(painted.width, painted.height, result, { tau });
    if (painted.width > 0)
      await runMasks()
        .labels(frame, painted.width, painted.height, { tau })
        .then((map) => map && maps.set(frame, map));
    found = {
      objects: previewedObjects(
        preview,
        objects,
        hierarchyOf(result),
        useRun.getState().single,
        useClip.getState().palette,
      ),
      maps,
    };
  }
  const { result: now, settings } = useRun.getState();
  // At the run's own τ there is nothing to preview.
  if (now === result && settings && !sameSettings(settings, result.settings))
    useRun.setState({ trial: { of: result, tau, found } });
  else useRun.setState({ trial: null });
}, showClipFailure);

/**
 * Finds the τ that leaves about so many objects, and runs with it; the newest request wins. Below the τ of the last run
 * it takes another run, so τ is halved until there are enough. One edit to undo, whatever it took.
 */
export async function findAbout(wanted: number): Promise<void> {
  const { result } = useRun.getState();
  if (!result) return;
  commitTau.cancel();
  try {
    await seek(wanted);
    if (useRun.getState().result === result) showInfo(strings.tau.noFiner);
  } catch (thrown) {
    showClipFailure(thrown);
  }
}

/** Runs with the τ for about so many objects, in several steps where it is below the τ of the last run. */
const seek = latest(async (signal, wanted: number): Promise<void> => {
  const search = {};
  useRun.setState({ seeking: true });
  try {
    // The run of an older request.
    await abandon();
    const range = tauRange(useRun.getState());
    for (let halvings = 0; halvings <= HALVINGS; halvings++) {
      signal.throwIfAborted();
      const { result, restored } = useRun.getState();
      if (!result) return;
      // A run without tokens and leaves has no answer.
      const mute = restored && !result.followed?.leaves;
      if (mute && (await start(result.settings)) !== 'shown') return;
      signal.throwIfAborted();
      const found = await runMasks().tauFor(wanted, range);
      signal.throwIfAborted();
      const tau = Number((found ?? Math.max(range[0], result.settings.tau / 2)).toPrecision(6));
      if (tau === result.settings.tau) return;
      await runTo(tau, search);
      // Cancelled, failed, or superseded.
      if (found !== null || useRun.getState().result?.settings.tau !== tau) return;
    }
  } finally {
    if (!signal.aborted) useRun.setState({ seeking: false });
  }
});

/** The range of τ of the chosen model, widened to hold the value it has. */
export function tauRange({
  models,
  settings,
}: Pick<ReturnType<typeof useRun.getState>, 'models' | 'settings'>): readonly [number, number] {
  const range = models.find((entry) => entry.id === settings?.model)?.defaults.tauRange ?? [0, 1];
  const value = settings?.tau ?? range[0];
  return [Math.min(range[0], value), Math.max(range[1], value)];
}

/** The part of that range which the slider offers: of a followed clip, where τ is a look-up. Finer ones take a run. */
export function detailRange(
  run: Pick<ReturnType<typeof useRun.getState>, 'models' | 'settings'>,
): readonly [number, number] {
  const [low, high] = tauRange(run);
  const { models, settings } = run;
  const entry = models.find(({ id }) => id === settings?.model);
  if (!entry || settings?.clustering !== 'hierarchical') return [low, high];
  return [Math.max(low, Math.min(settings.tau, leafTauOf(entry))), high];
}

function nudge(steps: number): void {
  const { settings, phase } = useRun.getState();
  if (!settings || tauRests(phase)) return;
  const [low, high] = detailRange(useRun.getState());
  const moved = settings.tau + steps * tauStep([low, high]);
  moveTau(Number(Math.min(high, Math.max(low, moved)).toFixed(6)));
  commitTau();
}

const action = inGroup('run', () => useRun.getState().result !== null);

export const tauDown = held(action('tauDown', ['['], () => nudge(-4)));

export const tauUp = held(action('tauUp', [']'], () => nudge(4)));
