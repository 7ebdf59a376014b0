import { nameOf } from '../../model/objects.ts';
import { barsPath, curveOf } from '../../model/scores.ts';
import { useClip } from '../../stores/clip.ts';
import { useDocument } from '../../stores/document.ts';
import { useTruth } from '../../stores/truth.ts';
import { strings } from '../../words/strings.ts';

/** J&F frame by frame: of the selected object where a truth object was matched to it, or of all. */
export function ScoreLane() {
  const { info, scores } = useTruth();
  const count = useClip((clip) => clip.info?.frameCount ?? 0);
  const { objects, selected } = useDocument();
  if (!info) return null;
  // Its place is kept, so that the picture above keeps its size.
  if (!scores) return <div className="score-lane" />;
  const chosen = objects.find(
    ({ id }) => selected.has(id) && scores.truths.some(({ object }) => object === id),
  );
  const path = barsPath(curveOf(scores, chosen?.id ?? null), scores.frames, count);
  const label = strings.scores.lane(chosen ? nameOf(chosen, objects) : null);
  return (
    <div className="score-lane" role="img" aria-label={label}>
      <svg viewBox={`0 0 ${count} 1`} preserveAspectRatio="none" aria-hidden="true">
        <path d={path} />
      </svg>
      <span aria-hidden="true">{strings.scores.both}</span>
    </div>
  );
}
