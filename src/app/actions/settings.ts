import type { RunSettings } from '../../engine/settings/run.ts';
import { sameSettings } from '../../engine/settings/settings.ts';
import { abortable, conflated } from '../../lib/task.ts';
import { showClipFailure, useClip } from '../stores/clip.ts';
import { showFailure } from '../stores/notices.ts';
import { useRun } from '../stores/run.ts';
import { clip } from '../workers/engine.ts';

/** Estimates the cost of a run with these settings. */
export const estimateCost = conflated<RunSettings>(async (settings) => {
  const estimate = await clip().estimate(settings);
  const wanted = useRun.getState().settings;
  if (wanted && sameSettings(wanted, settings)) useRun.setState({ estimate });
}, showClipFailure);

/** Changes the settings of the next run, and estimates its cost again. */
export function changeSettings(change: Partial<RunSettings>): void {
  const { settings } = useRun.getState();
  if (!settings) return;
  const next = { ...settings, ...change };
  if (sameSettings(settings, next)) return;
  useRun.setState({ settings: next, estimate: null });
  estimateCost(next);
}

/** Takes the settings that suit the clip with a model; the chosen part of the clip stays. */
export async function suggest(model: string, device: RunSettings['device']): Promise<void> {
  const { scope } = useClip.getState();
  if (!scope) return;
  try {
    const part = useRun.getState().settings;
    const suggested = await abortable(clip().suggest(model, device), scope.signal);
    useRun.setState({ ...suggested, suggested: suggested.settings });
    if (part && (part.start !== 0 || part.end !== null)) changeSettings({ start: part.start, end: part.end });
  } catch (thrown) {
    showFailure(thrown, scope);
  }
}

/** Goes back to the suggested settings. */
export function resetSettings(): void {
  const { suggested } = useRun.getState();
  if (suggested) changeSettings(suggested);
}
