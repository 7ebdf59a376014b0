import { memo, useMemo } from 'react';
import { nameOf } from '../../actions/edits.ts';
import { select } from '../../actions/objects.ts';
import { isShown } from '../../model/appearance.ts';
import { presenceOf, type VideoObject } from '../../model/objects.ts';
import { css } from '../../model/palette.ts';
import { lanePath } from '../../model/timeline.ts';
import { useClip } from '../../stores/clip.ts';
import { useObjects } from '../../stores/objects.ts';
import { useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';

/** When each object is in the picture, and how large: one lane an object. */
export function Lanes() {
  const { objects, hovered, selected, solo } = useObjects();
  if (objects.length === 0) return null;
  return (
    <ul className="lanes" aria-label={strings.timeline.lanes}>
      {objects
        .filter((object) => !object.background)
        .map((object) => (
          <Lane
            key={object.id}
            object={object}
            name={nameOf(object, objects)}
            hovered={hovered === object.id}
            selected={selected.has(object.id)}
            shown={isShown(object, solo)}
          />
        ))}
    </ul>
  );
}

interface LaneProps {
  object: VideoObject;
  name: string;
  hovered: boolean;
  selected: boolean;
  shown: boolean;
}

const Lane = memo(function Lane({ object, name, hovered, selected, shown }: LaneProps) {
  const count = useClip((clip) => clip.info?.frameCount ?? 0);
  const result = useRun((run) => run.result);
  const counts = useRun((run) => run.counts);
  const { path, present } = useMemo(() => {
    if (!result) return { path: '', present: 0 };
    const presence = presenceOf(object, counts, result.grid);
    return {
      path: lanePath(presence, result.frames, count),
      present: presence.filter((share) => share > 0).length,
    };
  }, [object, counts, result, count]);
  return (
    <li
      className="lane"
      aria-label={strings.timeline.lane(name, present, result?.frames.length ?? 0)}
      data-hovered={hovered || undefined}
      data-selected={selected || undefined}
      data-hidden={!shown || undefined}
      onPointerEnter={() => useObjects.setState({ hovered: object.id })}
      onPointerLeave={() => useObjects.setState({ hovered: null })}
      onPointerDown={() => select(object.id)}
    >
      <svg viewBox={`0 0 ${count} 1`} preserveAspectRatio="none" aria-hidden="true">
        <path d={path} fill={css(object.colour)} />
      </svg>
    </li>
  );
});
