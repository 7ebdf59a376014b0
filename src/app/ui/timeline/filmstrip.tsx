import { memo, useEffect, useRef } from 'react';
import { type Thumbnail, useClip } from '../../stores/clip.ts';

/** Pictures spread over the clip, each cropped to its share of the width. */
export const Filmstrip = memo(function Filmstrip() {
  const thumbnails = useClip((clip) => clip.thumbnails);
  return (
    <div className="filmstrip" aria-hidden="true">
      {thumbnails.map(({ place, bitmap }) => (
        <Picture key={place} bitmap={bitmap} />
      ))}
    </div>
  );
});

function Picture({ bitmap }: Pick<Thumbnail, 'bitmap'>) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (!canvas.current || !bitmap) return;
    canvas.current.width = bitmap.width;
    canvas.current.height = bitmap.height;
    canvas.current.getContext('2d', { alpha: false })!.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  return <canvas ref={canvas} data-ready={bitmap ? '' : undefined} />;
}
