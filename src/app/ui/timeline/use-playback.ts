import { useEffect } from 'react';
import { frameAt, playedFrom } from '../../model/timeline.ts';
import { useClip } from '../../stores/clip.ts';
import { useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';

/** Moves the playhead by the clip's own timestamps while it plays, round and round: in the part, where it began there. */
export function usePlayback(): void {
  const speed = useView((view) => view.speed);
  const info = useClip((clip) => clip.info);
  useEffect(() => {
    if (speed === 0 || !info) return;
    const { timestamps } = info;
    const start = useView.getState().frame;
    const { from, length } = playedFrom(start, info, useRun.getState().settings);
    let time = timestamps[start] ?? from;
    let before: number | null = null;
    let request = requestAnimationFrame(function tick(now) {
      if (before !== null) time += ((now - before) / 1000) * speed;
      before = now;
      time = from + ((((time - from) % length) + length) % length);
      const frame = frameAt(timestamps, time);
      if (frame !== useView.getState().frame) useView.setState({ frame });
      request = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(request);
  }, [speed, info]);
}
