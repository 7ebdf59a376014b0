import { memo } from 'react';
import { countWithin, isWithin } from '../../../lib/spans.ts';
import { nextUnreviewed, reviewable, toggleReviewed } from '../../actions/review.ts';
import { useClip } from '../../stores/clip.ts';
import { useDocument } from '../../stores/document.ts';
import { useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { IconButton, IconToggle } from '../parts/button.tsx';

const words = strings.review;

/** Whether the shown frame was reviewed, and once any was, how many were and the way to the next that was not. */
export function Review() {
  const reviewed = useDocument((state) => state.reviewed);
  const isReviewed = useView(({ frame }) => isWithin(reviewed, frame));
  const result = useRun((run) => run.result);
  if (!result) return null;
  const { start, end, count } = reviewable();
  return (
    <div className="review">
      <IconToggle icon="reviewed" label={words.mark} action={toggleReviewed} isSelected={isReviewed} />
      {reviewed.length > 0 && (
        <>
          <span className="review-count">{words.count(countWithin(reviewed, start, end), count)}</span>
          <IconButton icon="unreviewed" label={words.next} action={nextUnreviewed} />
        </>
      )}
    </div>
  );
}

/** Where the reviewed frames are, as a line over the filmstrip. */
export const ReviewedLine = memo(function ReviewedLine() {
  const count = useClip((clip) => clip.info?.frameCount ?? 0);
  const reviewed = useDocument((state) => state.reviewed);
  if (reviewed.length === 0) return null;
  const path = reviewed.map(([from, to]) => `M${from} 0H${to}V1H${from}Z`).join('');
  return (
    <svg className="reviewed-line" viewBox={`0 0 ${count} 1`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path} />
    </svg>
  );
});
