import { useClip } from '../stores/clip.ts';
import { useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { strings } from '../words/strings.ts';
import type { Action } from './action.ts';
import { changeSettings } from './settings.ts';

const ready = (): boolean => useRun.getState().settings !== null;

/** Segments only the frames [start, end); the whole clip is end null. */
export function setPart(start: number, end: number): void {
  const count = useClip.getState().info?.frameCount ?? 0;
  const from = Math.min(Math.max(0, Math.round(start)), count - 1);
  const to = Math.min(Math.max(from + 1, Math.round(end)), count);
  changeSettings({ start: from, end: to === count ? null : to });
}

export const markIn: Action = {
  id: 'markIn',
  label: strings.actions.markIn,
  group: 'run',
  keys: ['i'],
  enabled: ready,
  run: () => {
    const { end } = useRun.getState().settings!;
    const { frame } = useView.getState();
    setPart(frame, end !== null && end > frame ? end : Number.POSITIVE_INFINITY);
  },
};

export const markOut: Action = {
  id: 'markOut',
  label: strings.actions.markOut,
  group: 'run',
  keys: ['o'],
  enabled: ready,
  run: () => {
    const { start } = useRun.getState().settings!;
    const { frame } = useView.getState();
    setPart(start <= frame ? start : 0, frame + 1);
  },
};
