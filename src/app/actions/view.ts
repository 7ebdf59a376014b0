import { usePreferences } from '../stores/preferences.ts';
import { useRun } from '../stores/run.ts';
import { type Mode, useView } from '../stores/view.ts';
import { strings } from '../strings.ts';
import type { Action } from './action.ts';

export function setMode(mode: Mode): void {
  useView.setState({ mode, pinned: null, attention: null });
}

const action = (
  id: Action['id'],
  keys: readonly string[],
  run: () => void,
  enabled?: () => boolean,
): Action => ({
  id,
  label: strings.actions[id],
  group: 'view',
  keys,
  run,
  ...(enabled ? { enabled } : {}),
});

const opacityBy = (by: number) => () =>
  usePreferences.setState(({ opacity }) => ({
    opacity: Math.min(1, Math.max(0, Math.round((opacity + by) * 20) / 20)),
  }));

export const outlines = action('outlines', ['q'], () =>
  usePreferences.setState((now) => ({ outlines: !now.outlines })),
);
export const patterns = action('patterns', ['p'], () =>
  usePreferences.setState((now) => ({ patterns: !now.patterns })),
);
export const spotlight = action('spotlight', ['x'], () =>
  usePreferences.setState((now) => ({ spotlight: !now.spotlight })),
);
export const attention = action(
  'attention',
  ['a'],
  () => setMode(useView.getState().mode === 'attention' ? 'masks' : 'attention'),
  () => useRun.getState().result !== null,
);
export const fainter = action('fainter', ['-'], opacityBy(-0.1));
export const stronger = action('stronger', ['=', '+'], opacityBy(0.1));
