import { useEffect } from 'react';
import { frameAt } from '../../model/timeline.ts';
import { useClip } from '../../stores/clip.ts';
import { useView } from '../../stores/view.ts';

/** Moves the playhead by the clip's own timestamps while it plays, round and round. */
export function usePlayback(): void {
  const speed = useView((view) => view.speed);
  const info = useClip((clip) => clip.info);
  useEffect(() => {
    if (speed === 0 || !info) return;
    const { timestamps } = info;
    const first = timestamps[0] ?? 0;
    const length = info.duration > 0 ? info.duration : timestamps.length;
    let time = timestamps[useView.getState().frame] ?? first;
    let before: number | null = null;
    let request = requestAnimationFrame(function tick(now) {
      if (before !== null) time += ((now - before) / 1000) * speed;
      before = now;
      time = first + ((((time - first) % length) + length) % length);
      const frame = frameAt(timestamps, time);
      if (frame !== useView.getState().frame) useView.setState({ frame });
      request = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(request);
  }, [speed, info]);
}
