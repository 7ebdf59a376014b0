import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { LANES, usePreferences } from '../../stores/preferences.ts';
import { strings } from '../../words/strings.ts';

/** A lane more or less, in rem. */
const STEP = 1.25;

const KEYS: Readonly<Record<string, number>> = {
  ArrowUp: STEP,
  ArrowDown: -STEP,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

function setLanes(rem: number): void {
  usePreferences.setState({ lanes: Math.min(LANES.most, Math.max(LANES.least, rem)) });
}

/** Between the picture and the timeline: dragged, or moved by its keys, it gives the lanes more room or less. */
export function Splitter() {
  const lanes = usePreferences((preferences) => preferences.lanes);
  /** Where it was taken hold of, and how high the lanes were then. */
  const held = useRef({ y: 0, lanes: 0 });
  const drag = ({ currentTarget, clientY, pointerId }: PointerEvent<HTMLElement>) => {
    if (!currentTarget.hasPointerCapture(pointerId)) return;
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    setLanes(held.current.lanes + (held.current.y - clientY) / rem);
  };
  const press = (event: KeyboardEvent) => {
    const step = KEYS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setLanes(lanes + step);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved.
    <div
      className="splitter"
      role="separator"
      tabIndex={0}
      aria-orientation="horizontal"
      aria-label={strings.timeline.splitter}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round((100 * (lanes - LANES.least)) / (LANES.most - LANES.least))}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        held.current = { y: event.clientY, lanes };
      }}
      onPointerMove={drag}
      onDoubleClick={() => setLanes(LANES.usual)}
      onKeyDown={press}
    />
  );
}
