import { held, inGroup } from '../model/action.ts';
import { useDocument } from '../stores/document.ts';
import { usePreferences } from '../stores/preferences.ts';
import { useRun } from '../stores/run.ts';
import { useTruth } from '../stores/truth.ts';
import { type Mode, NO_LOOK, useView } from '../stores/view.ts';

export function setMode(mode: Mode): void {
  useView.setState({ mode, ...NO_LOOK });
}

const action = inGroup('view');

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
/** Objects in the colours of their classes, or their own. */
export const byClass = action(
  'byClass',
  ['Shift+P'],
  () => usePreferences.setState((now) => ({ byClass: !now.byClass })),
  () => useDocument.getState().classes.length > 0,
);
/** Into a way of looking, and out of it again. */
const looking = (mode: Exclude<Mode, 'masks'>, key: string) =>
  action(
    mode,
    [key],
    () => setMode(useView.getState().mode === mode ? 'masks' : mode),
    () => useRun.getState().result !== null,
  );

export const attention = looking('attention', 'a');
export const hierarchy = looking('hierarchy', 't');
export const distance = looking('distance', 'd');
export const motion = looking('motion', 'n');
export const truth = action(
  'truth',
  ['g'],
  () => useTruth.setState((now) => ({ outlines: !now.outlines })),
  () => useTruth.getState().info !== null,
);
export const fainter = held(action('fainter', ['-'], opacityBy(-0.1)));
export const stronger = held(action('stronger', ['=', '+'], opacityBy(0.1)));
