import { type PointerEvent, useEffect, useMemo, useRef } from 'react';
import { paint } from '../../../engine/mask/paint.ts';
import { nameOf } from '../../actions/edits.ts';
import { select } from '../../actions/objects.ts';
import { isShown, paintsOf } from '../../model/look.ts';
import { placesOf } from '../../model/objects.ts';
import { css } from '../../model/palette.ts';
import { fitted } from '../../model/timeline.ts';
import { useClip } from '../../stores/clip.ts';
import { useObjects } from '../../stores/objects.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../strings.ts';
import { AttentionLayer } from './attention.tsx';
import { RunCard } from './run-card.tsx';
import { TruthLayer } from './truth-layer.tsx';
import { useFrame } from './use-frame.ts';
import { useLabels } from './use-labels.ts';
import { useSize } from './use-size.ts';

/** Longest side of what is painted over the frame, in pixels: more would not be seen, and would cost frames. */
const PAINTED = 1024;
/** Longest side of the frame's own picture. */
const PICTURED = 2560;

export function Stage() {
  const box = useRef<HTMLDivElement>(null);
  const room = useSize(box);
  const info = useClip((clip) => clip.info)!;
  const mode = useView((view) => view.mode);
  const size = fitted(info, room);
  const picture = pixels(size, Math.min(PICTURED, Math.max(info.width, info.height)));
  const frame = useRef<HTMLCanvasElement>(null);
  useFrame(frame, room.width > 0 ? picture.width : 0, picture.height);
  return (
    <div className="stage" ref={box}>
      <div className="picture" style={{ width: size.width, height: size.height }}>
        <canvas ref={frame} role="img" aria-label={strings.stage.picture} />
        {room.width > 0 &&
          (mode === 'attention' ? <AttentionLayer /> : <MaskLayer {...pixels(size, PAINTED)} />)}
        <TruthLayer />
      </div>
      <RunCard />
    </div>
  );
}

/** Pixels for something shown at a size: as many as the screen has, its longest side no longer than `most`. */
function pixels(
  { width, height }: { width: number; height: number },
  most: number,
): { width: number; height: number } {
  const scale = Math.min(devicePixelRatio, most / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** The objects over the frame. Pointing at one lights it up here and in the list; a click selects it. */
function MaskLayer({ width, height }: { width: number; height: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const bytes = useRef<Uint8ClampedArray | undefined>(undefined);
  const map = useLabels(width, height);
  const { objects, hovered, selected, solo } = useObjects();
  const overlay = usePreferences();
  const clusters = useRun((run) => run.result?.clustering.clusters ?? 0);
  const places = useMemo(() => placesOf(objects, clusters), [objects, clusters]);

  useEffect(() => {
    const target = canvas.current;
    if (!target) return;
    const context = target.getContext('2d')!;
    if (!map) {
      context.clearRect(0, 0, target.width, target.height);
      return;
    }
    target.width = map.width;
    target.height = map.height;
    const scale = map.width / (target.clientWidth || map.width);
    bytes.current = paint(
      map,
      {
        objectOf: places,
        paints: paintsOf(objects, { overlay, hovered, selected, solo }),
        outlineWidth: 1.6 * scale,
        patternScale: Math.max(1, Math.round(1.5 * scale)),
      },
      bytes.current,
    );
    const image = context.createImageData(map.width, map.height);
    image.data.set(bytes.current);
    context.putImageData(image, 0, 0);
  }, [map, places, objects, overlay, hovered, selected, solo]);

  const under = (event: PointerEvent): number | null => {
    if (!map) return null;
    const bounds = event.currentTarget.getBoundingClientRect();
    const x = Math.floor(((event.clientX - bounds.left) / bounds.width) * map.width);
    const y = Math.floor(((event.clientY - bounds.top) / bounds.height) * map.height);
    const label = map.labels[y * map.width + x];
    return label === undefined ? null : (objects[places[label]!]?.id ?? null);
  };
  const point = (id: number | null) => {
    if (useObjects.getState().hovered !== id) useObjects.setState({ hovered: id });
  };
  const pointed = objects.find(
    (object) => object.id === hovered && (!object.background || isShown(object, solo)),
  );

  return (
    <>
      <canvas
        ref={canvas}
        className="overlay"
        onPointerMove={(event) => point(under(event))}
        onPointerLeave={() => point(null)}
        onPointerDown={(event) => select(under(event), event.shiftKey || event.metaKey || event.ctrlKey)}
      />
      {pointed && (
        <p className="pointed" aria-hidden="true">
          <span className="dot" style={{ background: css(pointed.colour) }} />
          {nameOf(pointed, objects)}
        </p>
      )}
    </>
  );
}
