import { useEffect, useRef } from 'react';
import { type Paint, paint } from '../../../engine/mask/paint.ts';
import type { LabelMap } from '../../../engine/session/api.ts';
import { evaluator } from '../../connection.ts';
import { showFailure } from '../../stores/notices.ts';
import { useTruth } from '../../stores/truth.ts';
import { useView } from '../../stores/view.ts';

const BARE: Paint = { colour: 0, fill: 0, outline: 0, pattern: 'solid' };
const OUTLINED: Paint = { colour: 0xffffff, fill: 0, outline: 1, pattern: 'solid' };
/** Width of the outlines in pixels of the screen. */
const WIDTH = 1.6;
/** Most pixels across. */
const DRAWN = 1280;

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
    evaluator()
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

/** Drawn at the size of the screen, so that the outlines of small masks are no wider than others. */
function outline(target: HTMLCanvasElement, map: LabelMap): void {
  const most = map.labels.reduce((greatest, label) => Math.max(greatest, label), 0);
  const across = Math.min(DRAWN, Math.round(target.clientWidth * devicePixelRatio)) || map.width;
  const scaled = resized(map, across, Math.max(1, Math.round((across * map.height) / map.width)));
  target.width = scaled.width;
  target.height = scaled.height;
  const bytes = paint(scaled, {
    objectOf: Uint16Array.from({ length: most + 1 }, (_, label) => label),
    paints: Array.from({ length: most + 1 }, (_, label) => (label === 0 ? BARE : OUTLINED)),
    outlineWidth: (WIDTH * across) / (target.clientWidth || across),
    patternScale: 1,
  });
  const context = target.getContext('2d')!;
  const image = context.createImageData(scaled.width, scaled.height);
  image.data.set(bytes);
  context.putImageData(image, 0, 0);
}

/** Every pixel takes the label of the nearest. */
function resized(map: LabelMap, width: number, height: number): LabelMap {
  const labels = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = map.width * Math.floor(((y + 0.5) * map.height) / height);
    for (let x = 0; x < width; x++)
      labels[y * width + x] = map.labels[row + Math.floor(((x + 0.5) * map.width) / width)]!;
  }
  return { width, height, labels };
}
