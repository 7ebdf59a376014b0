import { type CSSProperties, memo } from 'react';
import { isWithin } from '../../../lib/spans.ts';
import { setPart } from '../../actions/part.ts';
import * as playback from '../../actions/playback.ts';
import { CLOSEST, goTo } from '../../actions/playback.ts';
import { frameUnder, positionOf } from '../../model/timeline.ts';
import { useClip } from '../../stores/clip.ts';
import { useDocument } from '../../stores/document.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { timecode } from '../../words/format.ts';
import { strings } from '../../words/strings.ts';
import { IconButton } from '../parts/button.tsx';
import { Filmstrip } from './filmstrip.tsx';
import { Lanes } from './lanes.tsx';
import { AttentionStrip, DistanceStrip } from './map-strip.tsx';
import { Review, ReviewedLine } from './review.tsx';
import { RunStatus } from './run-status.tsx';
import { ScoreLane } from './score-lane.tsx';
import { Splitter } from './splitter.tsx';
import { Trims } from './trims.tsx';
import { Zoomed } from './zoomed.tsx';

/** What has the place of the lanes, and is as high: maps of what was pointed at, over the frames. */
const stripOf = ({ mode, attention, distances }: ReturnType<typeof useView.getState>) =>
  mode === 'attention' && attention ? mode : mode === 'distance' && distances ? mode : null;

export function Timeline() {
  const strip = useView(stripOf);
  const several = useClip((clip) => (clip.info?.frameCount ?? 0) > 1);
  const lanes = usePreferences((preferences) => preferences.lanes);
  return (
    <section
      className="timeline"
      aria-label={strings.timeline.region}
      style={{ '--lanes': `${lanes}rem` } as CSSProperties}
    >
      {several && <Splitter />}
      <Transport />
      <Zoomed>
        <div className="scrubber-room">
          <Scrubber />
          <Trims />
        </div>
        <ScoreLane />
        {several && !strip && <Lanes />}
        <Playhead />
      </Zoomed>
      {several && strip === 'attention' && <AttentionStrip />}
      {several && strip === 'distance' && <DistanceStrip />}
    </section>
  );
}

/** Only what shows the time hears of every frame: there are many buttons here. */
function Transport() {
  const zoom = useView((view) => view.zoom);
  return (
    <div className="transport">
      <div className="transport-buttons">
        <IconButton icon="back" label={strings.timeline.back} action={playback.back} />
        <PlayButton />
        <IconButton icon="forward" label={strings.timeline.forward} action={playback.forward} />
      </div>
      <Time />
      <Review />
      <RunStatus />
      <div className="zoom">
        <IconButton
          icon="zoomOut"
          label={strings.timeline.zoomOut}
          action={playback.zoomOut}
          isDisabled={zoom === 1}
        />
        <IconButton
          icon="zoomIn"
          label={strings.timeline.zoomIn}
          action={playback.zoomIn}
          isDisabled={zoom === CLOSEST}
        />
      </div>
      <Part />
    </div>
  );
}

function PlayButton() {
  const stands = useView((view) => view.speed === 0);
  return (
    <IconButton
      icon={stands ? 'play' : 'pause'}
      label={stands ? strings.timeline.play : strings.timeline.pause}
      action={playback.playPause}
    />
  );
}

function Time() {
  const info = useClip((clip) => clip.info)!;
  const frame = useView((view) => view.frame);
  const speed = useView((view) => view.speed);
  return (
    <p className="time">
      <span className="timecode">{timecode((info.timestamps[frame] ?? 0) - (info.timestamps[0] ?? 0))}</span>
      <span className="frame-number">{strings.timeline.frame(frame + 1, info.frameCount)}</span>
      {Math.abs(speed) > 1 || speed < 0 ? <span>{strings.timeline.speed(speed)}</span> : null}
    </p>
  );
}

/** Which part of the clip is meant, where it is not all. */
function Part() {
  const info = useClip((clip) => clip.info)!;
  const settings = useRun((run) => run.settings);
  if (!settings || (settings.start === 0 && settings.end === null)) return null;
  return (
    <p className="part">
      <span>{strings.timeline.part(settings.start + 1, settings.end ?? info.frameCount)}</span>
      <IconButton
        icon="close"
        label={strings.timeline.clearPart}
        onPress={() => setPart(0, info.frameCount)}
      />
    </p>
  );
}

/** The filmstrip, to be dragged over; it takes the keys of the playhead while focused. */
function Scrubber() {
  const info = useClip((clip) => clip.info)!;
  const frame = useView((view) => view.frame);
  const settings = useRun((run) => run.settings);
  const time = timecode((info.timestamps[frame] ?? 0) - (info.timestamps[0] ?? 0));
  const value = strings.timeline.value(frame + 1, info.frameCount, time);
  const isReviewed = useDocument((state) => isWithin(state.reviewed, frame));
  const start = (settings?.start ?? 0) / info.frameCount;
  const end = (settings?.end ?? info.frameCount) / info.frameCount;
  return (
    <div
      className="scrubber"
      role="slider"
      data-playhead=""
      tabIndex={0}
      aria-label={strings.timeline.playhead}
      aria-valuemin={1}
      aria-valuemax={info.frameCount}
      aria-valuenow={frame + 1}
      aria-valuetext={isReviewed ? strings.review.value(value) : value}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        scrub(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) scrub(event);
      }}
    >
      <Filmstrip />
      <Ticks />
      <ReviewedLine />
      {start > 0 && <div className="outside" style={{ left: 0, width: `${start * 100}%` }} />}
      {end < 1 && <div className="outside" style={{ right: 0, width: `${(1 - end) * 100}%` }} />}
    </div>
  );
}

function scrub(event: React.PointerEvent): void {
  const bounds = event.currentTarget.getBoundingClientRect();
  const count = useClip.getState().info?.frameCount ?? 0;
  goTo(frameUnder((event.clientX - bounds.left) / bounds.width, count));
}

/** A mark at every processed frame; where all are, at those that objects were found in. */
const Ticks = memo(function Ticks() {
  const count = useClip((clip) => clip.info?.frameCount ?? 0);
  const frames = useRun((run) => run.result?.followed?.samples ?? run.result?.frames);
  if (!frames) return null;
  const path = Array.from(frames, (frame) => `M${frame + 0.5} 0V1`).join('');
  return (
    <svg className="ticks" viewBox={`0 0 ${count} 1`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path} vectorEffect="non-scaling-stroke" />
    </svg>
  );
});

function Playhead() {
  const count = useClip((clip) => clip.info?.frameCount ?? 0);
  const frame = useView((view) => view.frame);
  return (
    <div className="playhead-track" aria-hidden="true">
      <div className="playhead" style={{ left: `${positionOf(frame, count) * 100}%` }} />
    </div>
  );
}
