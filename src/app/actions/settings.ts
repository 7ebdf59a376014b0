import type { RunSettings } from '../../engine/settings/run.ts';
import { workers } from '../connection.ts';
import { latest } from '../model/latest.ts';
import { sameRun } from '../model/settings.ts';
import { showFailure } from '../stores/notices.ts';
import { useRun } from '../stores/run.ts';

/** Works out what a run with these settings will cost. */
export const reckon = latest<RunSettings>(async (settings) => {
  const estimate = await workers().engine.estimate(settings);
  const wanted = useRun.getState().settings;
  if (wanted && sameRun(wanted, settings)) useRun.setState({ estimate });
}, showFailure);

/** Changes what the next run will be, and works out its cost anew. */
export function changeSettings(change: Partial<RunSettings>): void {
  const { settings } = useRun.getState();
  if (!settings) return;
  const next = { ...settings, ...change };
  if (sameRun(settings, next)) return;
  useRun.setState({ settings: next, estimate: null });
  reckon(next);
}

/** Takes the settings that suit the clip with a model; the part of the clip that was chosen stays. */
export async function suggest(model: string, device: RunSettings['device']): Promise<void> {
  try {
    const part = useRun.getState().settings;
    const suggested = await workers().engine.suggest(model, device);
    useRun.setState({ ...suggested, suggested: suggested.settings, single: false });
    if (part && (part.start !== 0 || part.end !== null)) changeSettings({ start: part.start, end: part.end });
  } catch (thrown) {
    showFailure(thrown);
  }
}

/** One foreground at the model's τ for it (App. B), or objects at its usual τ. */
export function setSingle(single: boolean): void {
  const { models, settings } = useRun.getState();
  const defaults = models.find(({ id }) => id === settings?.model)?.defaults;
  useRun.setState({ single });
  if (defaults) changeSettings({ tau: single ? defaults.tauSingle : defaults.tau });
}

/** Back to what was suggested. */
export function resetSettings(): void {
  const { suggested } = useRun.getState();
  useRun.setState({ single: false });
  if (suggested) changeSettings(suggested);
}
