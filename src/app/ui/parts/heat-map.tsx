import { useEffect, useRef } from 'react';
import type { Cells } from '../../../lib/size.ts';
import { heat } from '../../model/palette.ts';

/** Numbers of 0..1, [rows, columns], as a picture of the grid's size, smoothed by the browser as it is scaled up. */
export function HeatMap({
  shares,
  grid: { rows, columns },
  opacity,
}: {
  shares: Float32Array;
  grid: Cells;
  opacity: number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (!canvas.current) return;
    canvas.current.width = columns;
    canvas.current.height = rows;
    const image = new ImageData(columns, rows);
    shares.forEach((share, i) => {
      image.data.set([...heat(share), Math.round(255 * (0.55 + 0.35 * share))], 4 * i);
    });
    canvas.current.getContext('2d')!.putImageData(image, 0, 0);
  }, [shares, rows, columns]);
  return <canvas ref={canvas} className="heat" style={{ opacity }} />;
}
