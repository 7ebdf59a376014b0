import { nameOf } from '../../actions/edits.ts';
import { barsPath, curveOf } from '../../model/scores.ts';
import { useClip } from '../../stores/clip.ts';
import { useObjects } from '../../stores/objects.ts';
import { useTruth } from '../../stores/truth.ts';
import { strings } from '../../words/strings.ts';

/** J&F frame by frame: of the selected object where a truth object was matched to it, or of all. */
export function ScoreLane() {
  const scores = useTruth((state) => state.scores);
  const count = useClip((clip) => clip.info?.frameCount ?? 0);
  const { objects, selected } = useObjects();
  if (!scores) return null;
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
