import { type RefObject, useEffect, useState } from 'react';
import { workers } from '../../connection.ts';
import { latest } from '../../model/latest.ts';
import { superseded } from '../../stores/aborts.ts';
import { useClip } from '../../stores/clip.ts';
import { showFailure } from '../../stores/notices.ts';
import { useView } from '../../stores/view.ts';

interface Wish {
  canvases: readonly RefObject<HTMLCanvasElement | null>[];
  frame: number;
  width: number;
  height: number;
}

/**
 * Draws the current frame of the clip on a canvas, and on the one beside it where there is one; while frames come slower
 * than they are wished, the newest wins.
 */
export function useFrame(
  canvas: RefObject<HTMLCanvasElement | null>,
  beside: RefObject<HTMLCanvasElement | null> | null,
  width: number,
  height: number,
): void {
  const info = useClip((clip) => clip.info);
  const frame = useView((view) => view.frame);
  const [draw] = useState(() =>
    latest<Wish>(
      async (wish) => {
        const bitmap = await workers().viewer.frame(wish.frame, wish.width, wish.height);
        for (const { current: target } of wish.canvases) {
          if (!target) continue;
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
        if (!superseded(thrown)) showFailure(thrown);
      },
    ),
  );
  useEffect(() => {
    const canvases = beside ? [canvas, beside] : [canvas];
    if (info && width > 0 && height > 0) draw({ canvases, frame, width, height });
  }, [canvas, beside, info, frame, width, height, draw]);
}
