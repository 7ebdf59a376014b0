import { useEffect, useRef } from 'react';
import type { LabelMap } from '../../../engine/api.ts';
import { type Paint, paint } from '../../../engine/mask/paint.ts';
import { judge } from '../../connection.ts';
import { showFailure } from '../../stores/notices.ts';
import { useTruth } from '../../stores/truth.ts';
import { useView } from '../../stores/view.ts';

const BARE: Paint = { colour: 0, fill: 0, outline: 0, pattern: 'solid' };
const OUTLINED: Paint = { colour: 0xffffff, fill: 0, outline: 1, pattern: 'solid' };
/** Width of the outlines in pixels of the screen. */
const WIDTH = 1.6;

/** The outlines of the truth over the frame, where the frame has any. */
export function TruthLayer() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { info, outlines } = useTruth();
  const frame = useView((view) => view.frame);
  const drawn = outlines && info?.frames.includes(frame);

  useEffect(() => {
    const target = canvas.current;
    if (!target || !outlines || !info?.frames.includes(frame)) return;
    let wanted = true;
    judge()
      .truth(frame)
      .then((map) => {
        if (wanted && map) outline(target, map);
      })
      .catch(showFailure);
    return () => {
      wanted = false;
    };
  }, [info, outlines, frame]);

  return drawn ? <canvas ref={canvas} className="overlay truth" data-truth-frame={frame} /> : null;
}

function outline(target: HTMLCanvasElement, map: LabelMap): void {
  const most = map.labels.reduce((greatest, label) => Math.max(greatest, label), 0);
  target.width = map.width;
  target.height = map.height;
  const bytes = paint(map, {
    objectOf: Uint16Array.from({ length: most + 1 }, (_, label) => label),
    paints: Array.from({ length: most + 1 }, (_, label) => (label === 0 ? BARE : OUTLINED)),
    outlineWidth: (WIDTH * map.width) / (target.clientWidth || map.width),
    patternScale: 1,
  });
  const context = target.getContext('2d')!;
  const image = context.createImageData(map.width, map.height);
  image.data.set(bytes);
  context.putImageData(image, 0, 0);
}
