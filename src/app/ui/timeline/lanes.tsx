import { memo, type PointerEvent, useMemo } from 'react';
import { SOURCE, type Source } from '../../../engine/follow/records.ts';
import type { RunResult } from '../../../engine/session/result.ts';
import { select } from '../../actions/objects.ts';
import { goTo } from '../../actions/playback.ts';
import { isShown } from '../../model/appearance.ts';
import { nameOf, presenceOf, type VideoObject } from '../../model/objects.ts';
import { css } from '../../model/palette.ts';
import { frameUnder, gapsBetween, lanePath, spansOf } from '../../model/timeline.ts';
import { useClip } from '../../stores/clip.ts';
import { useDocument } from '../../stores/document.ts';
import { pendingIn, useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';
import { useColoured } from '../parts/use-coloured.ts';

/**
 * When each object is in the picture, and how large: one lane an object. They have as much room as the user gives them, so
 * that the picture above keeps its size whatever comes and goes.
 */
export function Lanes() {
  const { objects, hovered, selected, solo } = useDocument();
  const foreground = objects.filter((object) => !object.background);
  const colours = new Map(useColoured(objects).map(({ id, colour }) => [id, colour]));
  return (
    <div className="lanes-room" tabIndex={foreground.length > 0 ? 0 : undefined}>
      {foreground.length > 0 && (
        <div className="lanes-tracks">
          <ul className="lanes" aria-label={strings.timeline.lanes}>
            {foreground.map((object) => (
              <Lane
                key={object.id}
                object={object}
                name={nameOf(object, objects)}
                colour={colours.get(object.id) ?? object.colour}
                hovered={hovered === object.id}
                selected={selected.has(object.id)}
                shown={isShown(object, solo)}
              />
            ))}
          </ul>
          <Pending />
        </div>
      )}
    </div>
  );
}

/**
 * Frames that are still to be followed, or that a run of every stride-th frame did not analyse, over all lanes: of those
 * without masks nothing is known, so no object is absent there.
 */
function Pending() {
  const count = useClip((clip) => clip.info?.frameCount ?? 0);
  const result = useRun((run) => run.result);
  // Grows with the frames that are done.
  useRun((run) => run.followed);
  if (!result || count === 0) return null;
  return (
    <div className="pending" aria-hidden="true">
      {withoutMasks(result, count).map(({ why, from, to }) => (
        <span
          key={`${why} ${from}`}
          data-preview={why === 'preview' || undefined}
          title={strings.timeline[why]}
          style={{ left: `${(100 * from) / count}%`, width: `${(100 * (to - from)) / count}%` }}
        />
      ))}
    </div>
  );
}

/** Spans of clip frames that have no masks of their own, each with its reason. */
function withoutMasks(result: RunResult, count: number) {
  const { frames, followed, settings } = result;
  if (followed)
    return UNFOLLOWED.flatMap((source) =>
      spansIn(result, source).map(([from, to]) => ({
        why: source === SOURCE.preview ? ('preview' as const) : ('pending' as const),
        from,
        to,
      })),
    );
  const { start, end } = settings;
  return gapsBetween(frames, start, end ?? count).map(([from, to]) => ({
    why: 'notAnalysed' as const,
    from,
    to,
  }));
}

const UNFOLLOWED: readonly Source[] = [SOURCE.pending, SOURCE.preview];

const spansIn = ({ frames, followed }: RunResult, wanted: Source): [number, number][] =>
  spansOf(followed!.sources, (source) => source === wanted).map(([from, to]) => [
    from + frames[0]!,
    to + frames[0]!,
  ]);

interface LaneProps {
  object: VideoObject;
  name: string;
  colour: number;
  hovered: boolean;
  selected: boolean;
  shown: boolean;
}

const Lane = memo(function Lane({ object, name, colour, hovered, selected, shown }: LaneProps) {
  const count = useClip((clip) => clip.info?.frameCount ?? 0);
  const result = useRun((run) => run.result);
  const counts = useRun((run) => run.counts);
  const { clusters } = object;
  const { path, present, done } = useMemo(() => {
    if (!result) return { path: '', present: 0, done: 0 };
    const presence = presenceOf({ clusters }, counts, result.grid);
    return {
      path: lanePath(presence, result.frames),
      present: presence.filter((share) => share > 0).length,
      done: result.frames.length - pendingIn(result),
    };
  }, [clusters, counts, result]);
  const label = strings.timeline.lane(name, present, done);
  return (
    <li
      className="lane"
      aria-label={label}
      title={label}
      data-hovered={hovered || undefined}
      data-selected={selected || undefined}
      data-hidden={!shown || undefined}
      onPointerEnter={() => useDocument.setState({ hovered: object.id })}
      onPointerLeave={() => useDocument.setState({ hovered: null })}
      onPointerDown={(event) => {
        select(object.id);
        goTo(frameAtPointer(event, count));
      }}
    >
      <svg viewBox={`0 0 ${count} 1`} preserveAspectRatio="none" aria-hidden="true">
        <path d={path} fill={css(colour)} />
      </svg>
      <span className="lane-name" aria-hidden="true">
        {name}
      </span>
    </li>
  );
});

function frameAtPointer({ currentTarget, clientX }: PointerEvent, count: number): number {
  const { left, width } = currentTarget.getBoundingClientRect();
  return frameUnder((clientX - left) / width, count);
}
