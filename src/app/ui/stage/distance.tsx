import { useMemo } from 'react';
import type { RunResult } from '../../../engine/session/result.ts';
import { pinDistances, unpin } from '../../actions/attention.ts';
import { nearness } from '../../model/heat.ts';
import { css, heat } from '../../model/palette.ts';
import { nearest } from '../../model/timeline.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { HeatMap } from '../parts/heat-map.tsx';
import { NeedsRun } from './needs-run.tsx';
import { TokenSurface } from './token-surface.tsx';

/** Place of the frame whose distances are shown: of a followed run only the frames that its objects were found in have any. */
function placeShown({ frames, followed }: RunResult, frame: number): number {
  const sample = followed?.samples[nearest(followed.samples, frame)];
  return nearest(frames, sample ?? frame);
}

/** D (Eq. 2) of a pinned token to the tokens of the frame: warm is what the run's τ would join with it. */
export function DistanceLayer() {
  const result = useRun((run) => run.result)!;
  const { grid, settings } = result;
  const frame = useView((view) => view.frame);
  const pinned = useView((view) => view.pinned);
  const distances = useView((view) => view.distances);
  const opacity = usePreferences((preferences) => preferences.opacity);
  const place = placeShown(result, frame);
  const found = distances?.frames[place];
  const shares = useMemo(() => found && nearness(found, settings.tau), [found, settings.tau]);
  return (
    <>
      {shares && <HeatMap shares={shares} grid={grid} opacity={0.3 + 0.7 * opacity} />}
      <TokenSurface
        label={strings.stage.distanceSurface}
        grid={grid}
        frame={place}
        pinned={pinned}
        onPin={(token) => void pinDistances(token, place)}
        onUnpin={unpin}
      />
      {pinned && <Legend />}
    </>
  );
}

/** What can be done, and how many frames' distances have come. */
export function DistanceHint() {
  const result = useRun((run) => run.result)!;
  const frame = useView((view) => view.frame);
  const distances = useView((view) => view.distances);
  const restored = useRun((run) => run.restored);
  if (restored) return <NeedsRun />;
  if (!distances) return <p className="stage-hint">{strings.stage.distanceHint}</p>;
  const { length } = result.followed?.samples ?? result.frames;
  const shown = result.frames[placeShown(result, frame)]!;
  const done = distances.frames.filter((map) => map !== null).length;
  return (
    <p className="stage-hint">
      {strings.stage.distancePinned}
      {shown !== frame && <span> {strings.stage.nearestMap(shown + 1)}</span>}
      {done < length && <span> {strings.stage.distanceDone(done, length)}</span>}
    </p>
  );
}

const COLOURS = Array.from({ length: 9 }, (_, i) => {
  const [r, g, b] = heat(1 - i / 8);
  return css((r << 16) | (g << 8) | b);
});

/** The mark is where what is nearer becomes one, in the middle of the colours. */
function Legend() {
  const { alike, detail, different } = strings.stage.distanceLegend;
  return (
    <div className="legend" aria-hidden="true">
      <span>{alike}</span>
      <span className="legend-scale" style={{ background: `linear-gradient(90deg, ${COLOURS.join()})` }}>
        <span className="legend-tau">{detail}</span>
      </span>
      <span>{different}</span>
    </div>
  );
}
