import type { KeyboardEvent, PointerEvent } from 'react';
import { trim } from '../../actions/part.ts';
import { frameUnder } from '../../model/timeline.ts';
import { useClip } from '../../stores/clip.ts';
import { useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';

/** By how many frames each key moves an end of the part. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** Handles at both ends of the part that is segmented and played, over the filmstrip. */
export function Trims() {
  const settings = useRun((run) => run.settings);
  const count = useClip((clip) => clip.info?.frameCount ?? 0);
  if (!settings || count < 2) return null;
  const end = settings.end ?? count;
  return (
    <div className="trims">
      <Trim side="in" frame={settings.start} range={[0, end - 1]} at={settings.start / count} />
      <Trim side="out" frame={end - 1} range={[settings.start, count - 1]} at={end / count} />
    </div>
  );
}

interface TrimProps {
  side: 'in' | 'out';
  /** The first or last frame of the part. */
  frame: number;
  range: readonly [number, number];
  /** Where it lies on the timeline, 0..1. */
  at: number;
}

function Trim({ side, frame, range: [least, most], at }: TrimProps) {
  const count = useClip((clip) => clip.info?.frameCount ?? 0);
  const drag = ({ currentTarget, clientX, pointerId }: PointerEvent<HTMLElement>) => {
    if (!currentTarget.hasPointerCapture(pointerId)) return;
    const { left, width } = currentTarget.parentElement!.getBoundingClientRect();
    trim(side, frameUnder((clientX - left) / width, count));
  };
  const press = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    trim(side, Math.min(most, Math.max(least, frame + step)));
  };
  return (
    <div
      className="trim"
      role="slider"
      tabIndex={0}
      data-side={side}
      title={strings.timeline.trims[side]}
      aria-label={strings.timeline.trims[side]}
      aria-valuemin={least + 1}
      aria-valuemax={most + 1}
      aria-valuenow={frame + 1}
      style={{ left: `${at * 100}%` }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onKeyDown={press}
    />
  );
}
