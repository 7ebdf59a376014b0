import { inGroup } from '../model/action.ts';
import { useClip } from '../stores/clip.ts';
import { useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { goTo } from './playback.ts';
import { changeSettings } from './settings.ts';

const action = inGroup('run', () => useRun.getState().settings !== null);

/** Segments only the frames [start, end); the whole clip is end null. */
export function setPart(start: number, end: number): void {
  const count = useClip.getState().info?.frameCount ?? 0;
  const from = Math.min(Math.max(0, Math.round(start)), count - 1);
  const to = Math.min(Math.max(from + 1, Math.round(end)), count);
  changeSettings({ start: from, end: to === count ? null : to });
}

/** Moves one end of the part to a frame that is in it, and shows that frame. */
export function trim(side: 'in' | 'out', frame: number): void {
  const { settings } = useRun.getState();
  const count = useClip.getState().info?.frameCount ?? 0;
  if (!settings) return;
  const end = settings.end ?? count;
  const to = side === 'in' ? Math.min(frame, end - 1) : Math.max(frame, settings.start);
  if (side === 'in') setPart(to, end);
  else setPart(settings.start, to + 1);
  goTo(to);
}

export const markIn = action('markIn', ['i'], () => {
  const { end } = useRun.getState().settings!;
  const { frame } = useView.getState();
  setPart(frame, end !== null && end > frame ? end : Number.POSITIVE_INFINITY);
});

export const markOut = action('markOut', ['o'], () => {
  const { start } = useRun.getState().settings!;
  const { frame } = useView.getState();
  setPart(start <= frame ? start : 0, frame + 1);
});
