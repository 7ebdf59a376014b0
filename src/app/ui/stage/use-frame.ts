import { type RefObject, useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { conflated } from '../../../lib/task.ts';
import { showClipFailure, useClip } from '../../stores/clip.ts';
import { useView } from '../../stores/view.ts';
import { workers } from '../../workers/connection.ts';

interface Request {
  canvases: readonly RefObject<HTMLCanvasElement | null>[];
  frame: number;
  width: number;
  height: number;
}

/**
 * Draws the current frame of the clip on a canvas, and on the one beside it where there is one; while frames come slower
 * than they are asked for, the newest wins.
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
    conflated<Request>(async (request) => {
      const bitmap = await workers().viewer.frame(request.frame, request.width, request.height);
      for (const { current: target } of request.canvases) {
        if (!target) continue;
        if (target.width !== bitmap.width || target.height !== bitmap.height) {
          target.width = bitmap.width;
          target.height = bitmap.height;
        }
        target.getContext('2d', { alpha: false })!.drawImage(bitmap, 0, 0);
        target.dataset.frame = String(request.frame);
      }
      bitmap.close();
      // Its masks are painted in the same breath: neither is ever seen over the other's frame.
      flushSync(() => useView.setState({ pictured: { frame: request.frame } }));
    }, showClipFailure),
  );
  useEffect(() => {
    const canvases = beside ? [canvas, beside] : [canvas];
    if (info && width > 0 && height > 0) draw({ canvases, frame, width, height });
  }, [canvas, beside, info, frame, width, height, draw]);
}
