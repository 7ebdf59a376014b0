import { useEffect } from 'react';
import { ACTIONS } from '../../actions/table.ts';
import type { Action } from '../../model/action.ts';
import { actionFor } from '../../model/keys.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { useView } from '../../stores/view.ts';

/** Where typing is writing, or a list or dialog has the keys for itself. */
const WRITING = 'input:not([type=range]), textarea, select, [contenteditable=true]';
const OWN_KEYS = '[role=dialog], [role=menu], [role=listbox]';
/** Keys that widgets use to move within themselves or to be pressed. */
const WIDGET_KEYS = /^(Arrow|Home|End|Enter| $)/;
const WIDGETS =
  'button, a, summary, [role=slider]:not([data-playhead]), [role=separator], input, [role=grid], [role=tablist], [role=radiogroup]';
/** Those that such keys extend a selection in, with Shift. */
const EXTENDED = 'input, [role=grid]';

/** Makes the table of actions answer to the keyboard, everywhere on the page. */
export function useShortcuts(): void {
  useEffect(() => {
    /** What Space means, which is known once it is lifted: held, it moves the picture. */
    let waiting: Action | null = null;
    const press = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : document.body;
      if (target.closest(WRITING) || target.closest(OWN_KEYS)) return;
      const widgets = event.shiftKey ? EXTENDED : WIDGETS;
      if (WIDGET_KEYS.test(event.key) && !event.ctrlKey && !event.metaKey && target.closest(widgets)) return;
      const action = actionFor(event, ACTIONS, usePreferences.getState().keys);
      if (!action || action.enabled?.() === false) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.repeat && !action.held) return;
      if (event.code === 'Space') waiting = action;
      else void action.run(event.key);
    };
    const lift = (event: KeyboardEvent) => {
      if (event.code !== 'Space' || !waiting) return;
      const action = waiting;
      waiting = null;
      event.preventDefault();
      event.stopPropagation();
      if (!useView.getState().dragged && action.enabled?.() !== false) void action.run(event.key);
    };
    const leave = () => {
      waiting = null;
    };
    // Captured, so that a list's search by letter does not swallow shortcuts.
    addEventListener('keydown', press, true);
    addEventListener('keyup', lift, true);
    addEventListener('blur', leave);
    return () => {
      removeEventListener('keydown', press, true);
      removeEventListener('keyup', lift, true);
      removeEventListener('blur', leave);
    };
  }, []);
}
