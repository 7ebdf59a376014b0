import { type RefObject, useLayoutEffect, useRef } from 'react';
import { composerHere } from '../../../engine/mask/compose.ts';
import { changesPicture, type Looks, sceneOf } from '../../../engine/mask/compositor.ts';
import type { Effects } from '../../../engine/mask/effects.ts';
import type { LabelMap } from '../../../engine/mask/types.ts';
import { useClip } from '../../stores/clip.ts';
import { useView } from '../../stores/view.ts';

interface Props {
  /** The clip's own picture. */
  picture: RefObject<HTMLCanvasElement | null>;
  /** Masks of the frame; null until they have come. */
  map: LabelMap | null;
  frame: number;
  /** Place in `looks` of every label. */
  places: Uint16Array;
  looks: Looks;
  effects: Effects;
}

/** What the effects make of the picture, over it. */
export function EffectsCanvas(props: Props) {
  return changesPicture(props.effects, props.looks) ? <Composed {...props} /> : null;
}

function Composed({ picture, map, frame, places, looks, effects }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  // Until the frame's picture has come, that of the frame before stays, with its own effects. One of another size changes
  // nothing: effects are of the size of the masks.
  const pictured = useView((view) => view.pictured?.frame === frame);
  const clip = useClip((state) => state.info);
  const drawn = useRef({ frame, map });
  useLayoutEffect(() => {
    const target = canvas.current;
    const source = picture.current;
    if (!target || !source || !clip || !pictured) return;
    const draw = () => {
      const { compose, onGpu } = composerHere();
      const context = target.getContext('2d', { alpha: true, willReadFrequently: !onGpu })!;
      if (!map) {
        context.clearRect(0, 0, target.width, target.height);
        delete target.dataset.frame;
        return;
      }
      const { width, height } = map;
      if (target.width !== width || target.height !== height) Object.assign(target, { width, height });
      context.imageSmoothingQuality = 'high';
      context.drawImage(source, 0, 0, width, height);
      compose(context, sceneOf(map, places, looks, effects, width / clip.width));
      target.dataset.frame = String(frame);
    };
    const before = drawn.current;
    drawn.current = { frame, map };
    // A new picture is drawn with its effects at once. When other effects are chosen the controls repaint first: effects take a while.
    if (before.frame !== frame || before.map !== map) return draw();
    delete target.dataset.frame;
    return afterPaint(draw);
  }, [picture, pictured, map, frame, places, looks, effects, clip]);
  return <canvas ref={canvas} className="effects" />;
}

/** Does something once the browser has painted; gives a way to leave it. */
function afterPaint(job: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(job);
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
