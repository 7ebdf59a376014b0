import { type CSSProperties, useEffect, useRef } from 'react';
import { within } from '../../model/lens.ts';
import { fitted, fittedPair } from '../../model/timeline.ts';
import { useClip } from '../../stores/clip.ts';
import { usePrompt } from '../../stores/prompt.ts';
import { type Mode, useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { AttentionHint, AttentionLayer, FrameAttention } from './attention.tsx';
import { BrushBar, BrushLayer } from './brush.tsx';
import { ClickBar } from './click.tsx';
import { DistanceHint, DistanceLayer } from './distance.tsx';
import { Divider } from './divider.tsx';
import { HierarchyLayer } from './hierarchy-layer.tsx';
import { LensBar } from './lens-bar.tsx';
import { type LayerProps, ObjectsLayer, type Size } from './mask-layer.tsx';
import { MotionHint, MotionLayer } from './motion.tsx';
import { RunCard } from './run-card.tsx';
import { StageMark } from './stage-mark.tsx';
import { TruthLayer } from './truth-layer.tsx';
import { useFrame } from './use-frame.ts';
import { useLens, usePlaced, useRestedScale } from './use-lens.ts';
import { useSize } from './use-size.ts';

/** Longest side of what is painted over the frame, in pixels: more would not be seen, and would cost frames. */
const PAINTED = 1024;
/** Longest side of the frame's own picture. */
const PICTURED = 2560;
/** Pixels between two pictures. */
const GAP = 12;

/** What lies over the frame in each way of looking. */
const LAYERS: Record<Mode, (painted: LayerProps) => React.ReactNode> = {
  masks: ObjectsLayer,
  attention: AttentionLayer,
  hierarchy: HierarchyLayer,
  distance: DistanceLayer,
  motion: MotionLayer,
};

export function Stage() {
  const box = useRef<HTMLDivElement>(null);
  const room = useSize(box);
  const info = useClip((clip) => clip.info)!;
  const mode = useView((view) => view.mode);
  const pinned = useView((view) => view.pinned !== null);
  const brushing = useView((view) => view.brush !== null);
  const compare = useView((view) => view.compare);
  const compared = compare !== null && mode === 'masks';
  const clicking = usePrompt((prompt) => prompt.tool || prompt.clicks.length > 0);
  const pair = mode === 'attention' ? fittedPair(info, room, GAP) : null;
  const size = pair ?? fitted(info, room);
  const { width, height } = size;
  const scale = useRestedScale();
  const whole = {
    width: pair?.beside ? 2 * width + GAP : width,
    height: pair && !pair.beside ? 2 * height + GAP : height,
  };
  const closer = { width: width * Math.max(1, scale), height: height * Math.max(1, scale) };
  const picture = pixels(closer, Math.min(PICTURED, Math.max(info.width, info.height)));
  const pictures = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLCanvasElement>(null);
  const beside = useRef<HTMLCanvasElement>(null);
  // The picture beside stays at the frame of a pinned token.
  useFrame(frame, pair && !pinned ? beside : null, room.width > 0 ? picture.width : 0, picture.height);
  useLens(box);
  usePlaced(pictures);
  useEffect(() => {
    if (room.width === 0) return;
    const framing = {
      picture: { width: whole.width, height: whole.height },
      room: { width: room.width, height: room.height },
      actual: info.width / (width * devicePixelRatio),
    };
    useView.setState(({ lens }) => ({ framing, lens: within(lens, framing) }));
  }, [info, width, whole.width, whole.height, room.width, room.height]);
  const Layer = LAYERS[mode];
  return (
    <div className="stage" ref={box}>
      <div className="pictures" ref={pictures} style={{ gap: GAP }} data-beside={pair?.beside || undefined}>
        {pair && (
          <div className="picture" style={{ width, height }}>
            <FrameAttention canvas={beside} />
          </div>
        )}
        <div
          className="picture"
          key="clip"
          style={{ width, height, '--compare': compare ?? 0 } as CSSProperties}
          data-compare={compared || undefined}
        >
          <canvas ref={frame} role="img" aria-label={strings.stage.picture} />
          {room.width > 0 && <Layer {...pixels(size, PAINTED)} picture={frame} />}
          <TruthLayer />
          {brushing && mode === 'masks' && <BrushLayer />}
          {compared && <Divider at={compare ?? 0} />}
        </div>
      </div>
      {brushing && mode === 'masks' && <BrushBar />}
      {clicking && mode === 'masks' && <ClickBar />}
      {mode === 'attention' && <AttentionHint />}
      {mode === 'distance' && <DistanceHint />}
      {mode === 'motion' && <MotionHint />}
      {(mode === 'masks' || mode === 'hierarchy') && <StageMark />}
      <LensBar />
      <RunCard />
    </div>
  );
}

/** Pixels for something shown at a size: as many as the screen has, its longest side no longer than `most`. */
function pixels({ width, height }: Size, most: number): Size {
  const scale = Math.min(devicePixelRatio, most / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
