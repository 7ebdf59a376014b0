import { sameRun } from '../model/settings.ts';
import { useObjects } from '../stores/objects.ts';
import { useRun } from '../stores/run.ts';
import { strings } from '../words/strings.ts';
import type { Action } from './action.ts';
import { start, stop } from './runner.ts';

/** Whether the result on screen is not what the settings now ask for, or came without its tokens. */
export function stale(): boolean {
  const { settings, result, restored } = useRun.getState();
  return settings !== null && (restored || !(result && sameRun(result.settings, settings)));
}

export const segment: Action = {
  id: 'segment',
  label: strings.actions.segment,
  group: 'run',
  keys: ['Enter', 'Mod+Enter'],
  enabled: () => useRun.getState().phase === 'idle' && stale(),
  run: () => {
    const { settings, result } = useRun.getState();
    if (!settings) return;
    // The same run again brings the tokens back and changes nothing else.
    return start(settings, result && sameRun(result.settings, settings) ? useObjects.getState() : undefined);
  },
};

export const cancel: Action = {
  id: 'cancel',
  label: strings.actions.cancel,
  group: 'run',
  keys: ['Mod+.'],
  enabled: () => useRun.getState().phase !== 'idle',
  run: stop,
};
