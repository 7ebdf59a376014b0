import { sameRun, tauStep } from '../model/settings.ts';
import { useObjects } from '../stores/objects.ts';
import { useRun } from '../stores/run.ts';
import { strings } from '../strings.ts';
import type { Action } from './action.ts';
import { start, stop } from './runner.ts';
import { changeSettings } from './settings.ts';

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

/** Milliseconds that τ has to rest before the clustering runs again. */
const REST = 220;
let resting: ReturnType<typeof setTimeout> | undefined;

/** Moves τ; where there is a result, clusters again as soon as the slider rests. */
export function moveTau(tau: number): void {
  changeSettings({ tau });
  clearTimeout(resting);
  const { result } = useRun.getState();
  if (!result) return;
  resting = setTimeout(() => {
    const { settings, result: now } = useRun.getState();
    if (settings && now && settings.tau === tau && !sameRun(now.settings, settings)) void start(settings);
  }, REST);
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
}

export const tauDown: Action = {
  id: 'tauDown',
  label: strings.actions.tauDown,
  group: 'run',
  keys: ['['],
  enabled: () => useRun.getState().result !== null,
  run: () => nudge(-4),
};

export const tauUp: Action = {
  id: 'tauUp',
  label: strings.actions.tauUp,
  group: 'run',
  keys: [']'],
  enabled: () => useRun.getState().result !== null,
  run: () => nudge(4),
};
