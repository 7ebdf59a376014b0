import { type RefObject, useEffect, useState } from 'react';
import { workers } from '../../connection.ts';
import { latest } from '../../model/latest.ts';
import { useClip } from '../../stores/clip.ts';
import { showFailure } from '../../stores/notices.ts';
import { useView } from '../../stores/view.ts';

interface Wish {
  frame: number;
  width: number;
  height: number;
}

const overtaken = (thrown: unknown): boolean =>
  thrown instanceof DOMException && thrown.name === 'AbortError';

/** Draws the current frame of the clip on a canvas; while frames come slower than they are wished, the newest wins. */
export function useFrame(canvas: RefObject<HTMLCanvasElement | null>, width: number, height: number): void {
  const info = useClip((clip) => clip.info);
  const frame = useView((view) => view.frame);
  const [draw] = useState(() =>
    latest<Wish>(
      async (wish) => {
        const bitmap = await workers().viewer.frame(wish.frame, wish.width, wish.height);
        const target = canvas.current;
        if (target) {
          if (target.width !== bitmap.width || target.height !== bitmap.height) {
            target.width = bitmap.width;
            target.height = bitmap.height;
          }
          target.getContext('2d', { alpha: false })!.drawImage(bitmap, 0, 0);
          target.dataset.frame = String(wish.frame);
        }
        bitmap.close();
      },
      (thrown) => {
        if (!overtaken(thrown)) showFailure(thrown);
      },
    ),
  );
  useEffect(() => {
    if (info && width > 0 && height > 0) draw({ frame, width, height });
  }, [info, frame, width, height, draw]);
}
