import { type RefObject, useMemo } from 'react';
import { askAttention, pinAttention, unpin } from '../../actions/attention.ts';
import { stretched } from '../../model/heat.ts';
import { nearest } from '../../model/timeline.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { HeatMap } from '../parts/heat-map.tsx';
import { NeedsRun } from './needs-run.tsx';
import { TokenSurface } from './token-surface.tsx';

/**
 * A_v over the frame (Fig. 1d): point at a token to see where it attends in the clip, click to pin it. A frame between two
 * key frames shows the map of the nearest.
 */
export function AttentionLayer() {
  const result = useRun((run) => run.result)!;
  const frame = useView((view) => view.frame);
  const attention = useView((view) => view.attention);
  const opacity = usePreferences((preferences) => preferences.opacity);
  const maps = useMemo(() => attention && stretched(attention.map, attention.frames.length), [attention]);
  const map = maps?.[nearest(attention!.frames, frame)];
  return (
    <>
      {map && <HeatMap shares={map} grid={result.grid} opacity={0.3 + 0.7 * opacity} />}
      <AttentionSurface label={strings.stage.attentionSurface} />
      <p className="pane-name">{strings.stage.clipAttention}</p>
    </>
  );
}

/** What can be done, and which key frame's map is seen. */
export function AttentionHint() {
  const frame = useView((view) => view.frame);
  const pinned = useView((view) => view.pinned);
  const attention = useView((view) => view.attention);
  const restored = useRun((run) => run.restored);
  if (restored) return <NeedsRun />;
  const key = attention?.frames[nearest(attention.frames, frame)];
  return (
    <p className="stage-hint">
      {pinned ? strings.stage.attentionPinned : strings.stage.attentionHint}
      {key !== undefined && key !== frame && <span> {strings.stage.nearestKeyFrame(key + 1)}</span>}
    </p>
  );
}

/** The backbone's own A beside it (Fig. 1b): the same token within its own frame, which stays while it is pinned. */
export function FrameAttention({ canvas }: { canvas: RefObject<HTMLCanvasElement | null> }) {
  const result = useRun((run) => run.result)!;
  const found = useView((view) => view.frameMap);
  const opacity = usePreferences((preferences) => preferences.opacity);
  const map = useMemo(() => found && stretched(found.map, 1)[0]!, [found]);
  return (
    <>
      <canvas ref={canvas} />
      {map && <HeatMap shares={map} grid={result.grid} opacity={0.3 + 0.7 * opacity} />}
      <AttentionSurface label={strings.stage.frameAttentionSurface} />
      <p className="pane-name">{strings.stage.frameAttention}</p>
    </>
  );
}

function AttentionSurface({ label }: { label: string }) {
  const { grid, frames } = useRun((run) => run.result)!;
  const frame = useView((view) => view.frame);
  const pinned = useView((view) => view.pinned);
  return (
    <TokenSurface
      label={label}
      grid={grid}
      frame={nearest(frames, frame)}
      pinned={pinned}
      onPoint={(token) => pinned === null && askAttention(token)}
      onPin={pinAttention}
      onUnpin={unpin}
    />
  );
}
