import { frameRange } from '../../engine/export/types.ts';
import { firstOutside, isWithin, withOne, withoutOne } from '../../lib/spans.ts';
import { inGroup } from '../model/action.ts';
import { useClip } from '../stores/clip.ts';
import { commit, useDocument } from '../stores/document.ts';
import { announce, showInfo } from '../stores/notices.ts';
import { useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { strings } from '../words/strings.ts';
import { goTo } from './playback.ts';

const words = strings.review;

/** Frames with masks to review: the segmented part, in clip frames, half open. */
export function reviewable(): { start: number; end: number; count: number } {
  const settings = useRun.getState().result?.settings;
  const { info } = useClip.getState();
  return settings && info ? frameRange(settings, info.frameCount) : { start: 0, end: 0, count: 0 };
}

const action = inGroup('playback', () => useRun.getState().result !== null);

/** Marks the shown frame as reviewed, or unmarks it. */
export const toggleReviewed = action('reviewed', ['v'], () => {
  const { reviewed } = useDocument.getState();
  const { frame } = useView.getState();
  const marked = isWithin(reviewed, frame);
  const label = (marked ? words.edits.unmark : words.edits.mark)(frame + 1);
  commit(label, { reviewed: marked ? withoutOne(reviewed, frame) : withOne(reviewed, frame) });
  announce(label);
});

/** Goes to the next frame that was not reviewed; after the last one, to the first. */
export const nextUnreviewed = action('nextUnreviewed', ['Shift+V'], () => {
  const { reviewed } = useDocument.getState();
  const { start, end } = reviewable();
  const from = Math.max(start, useView.getState().frame + 1);
  const next = firstOutside(reviewed, from, end) ?? firstOutside(reviewed, start, end);
  if (next === null) showInfo(words.all);
  else goTo(next);
});
