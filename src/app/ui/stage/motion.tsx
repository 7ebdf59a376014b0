import { useEffect, useMemo } from 'react';
import { askMotionOf } from '../../actions/attention.ts';
import { arrowsOf } from '../../model/motion.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { HeatMap } from '../parts/heat-map.tsx';
import type { Size } from './mask-layer.tsx';
import { NeedsRun } from './needs-run.tsx';

/** What moves by itself in the frame: m as colours, and where to as arrows. */
export function MotionLayer({ width, height }: Size) {
  const frame = useView((view) => view.frame);
  const motion = useView((view) => view.motion);
  const followed = useRun((run) => run.followed);
  const opacity = usePreferences((preferences) => preferences.opacity);
  // A frame that was pending is asked again when more have been followed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `followed` is what changes the answer.
  useEffect(() => askMotionOf(frame), [frame, followed]);
  const map = motion?.frame === frame ? motion.map : null;
  const arrows = useMemo(() => (map ? arrowsOf(map) : []), [map]);
  if (!map) return null;
  return (
    <>
      <HeatMap shares={map.m} grid={map} opacity={0.3 + 0.7 * opacity} />
      <svg className="arrows" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        <defs>
          <marker
            id="arrow-head"
            viewBox="0 0 6 6"
            refX="4"
            refY="3"
            markerWidth="4"
            markerHeight="4"
            orient="auto"
          >
            <path d="M0 0 6 3 0 6z" />
          </marker>
        </defs>
        {arrows.map(({ x, y, dx, dy }) => (
          <path
            key={`${x} ${y}`}
            d={`M${x * width} ${y * height}l${dx * width} ${dy * height}`}
            markerEnd="url(#arrow-head)"
          />
        ))}
      </svg>
    </>
  );
}

/** What is seen, or why there is nothing to see. */
export function MotionHint() {
  const frame = useView((view) => view.frame);
  const motion = useView((view) => view.motion);
  const result = useRun((run) => run.result);
  const restored = useRun((run) => run.restored);
  const known = motion?.frame === frame ? motion : null;
  const words = strings.stage;
  if (restored) return <NeedsRun />;
  if (!result?.followed?.motion) return <p className="stage-hint">{words.motionNone}</p>;
  return <p className="stage-hint">{known && !known.map ? words.motionPending : words.motionHint}</p>;
}
