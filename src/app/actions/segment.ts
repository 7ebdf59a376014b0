import { sameSettings } from '../../engine/settings/settings.ts';
import { inGroup } from '../model/action.ts';
import { unfinished, useRun } from '../stores/run.ts';
import { start, stop } from './runner.ts';
import { changeSettings } from './settings.ts';

const action = inGroup('run');

/** Whether the result on screen has other settings than the next run, is incomplete, or has no tokens in memory. */
export function stale(): boolean {
  const { settings, result, restored } = useRun.getState();
  if (!settings) return false;
  return restored || !result || unfinished(result) || !sameSettings(result.settings, settings);
}

export const segment = action(
  'segment',
  ['Enter', 'Mod+Enter'],
  () => {
    const { settings } = useRun.getState();
    return settings && start(settings);
  },
  () => useRun.getState().phase === 'idle' && stale(),
);

/** Runs again, so that no frame is left without masks. */
export function analyseEveryFrame(): void {
  changeSettings({ stride: 1 });
  const { settings } = useRun.getState();
  if (settings) void start(settings);
}

export const cancel = action('cancel', ['Mod+.'], stop, () => useRun.getState().phase !== 'idle');
