import { useEffect, useState, useSyncExternalStore } from 'react';
import type { LabelMap } from '../../../engine/session/api.ts';
import { workers } from '../../connection.ts';
import type { LabelCache } from '../../model/label-cache.ts';
import { latest } from '../../model/latest.ts';
import type { VideoObject } from '../../model/objects.ts';
import { superseded } from '../../stores/aborts.ts';
import { useClip } from '../../stores/clip.ts';
import { showFailure } from '../../stores/notices.ts';
import { useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';

/** Frames fetched ahead of the playhead while it moves. */
const AHEAD = 10;

interface Wish {
  maps: LabelCache;
  frame: number;
}

/** A label map and the objects that its labels are found in. */
export interface Shown {
  map: LabelMap;
  objects: readonly VideoObject[];
  /** It is what was painted last, until the frame's own has come. */
  waiting: boolean;
}

/**
 * What to paint at the current frame: its own map, or until that has come, what was painted last, with the objects that
 * that was of.
 */
export function useMasks(maps: LabelCache, objects: readonly VideoObject[]): Shown | null {
  const idle = useRun((run) => run.phase === 'idle');
  const frameCount = useClip((clip) => clip.info?.frameCount ?? 0);
  const frame = useView((view) => view.frame);
  const direction = useView((view) => Math.sign(view.speed));
  useSyncExternalStore(maps.subscribe, maps.fetched);

  const own = maps.get(frame);
  const [last, setLast] = useState<(Omit<Shown, 'waiting'> & { maps: LabelCache }) | null>(null);
  useEffect(() => {
    if (own) setLast({ maps, map: own, objects });
  }, [maps, own, objects]);

  const [fetchLabels] = useState(() =>
    latest<Wish>(
      async ({ maps, frame }) => {
        maps.set(frame, await workers().engine.labels(frame, maps.width, maps.height, maps.masks));
      },
      (thrown) => {
        if (!superseded(thrown)) showFailure(thrown);
      },
    ),
  );
  const wanted = direction === 0 ? [frame] : Array.from({ length: AHEAD }, (_, i) => frame + i * direction);
  // While a run is going the engine is busy, and what it holds is about to change.
  const missing =
    maps.of && idle && maps.width > 0
      ? maps.missing(wanted.filter((at) => at >= 0 && at < frameCount))
      : undefined;
  useEffect(() => {
    if (missing !== undefined) fetchLabels({ maps, frame: missing });
  }, [maps, missing, fetchLabels]);

  if (own) return { map: own, objects, waiting: false };
  if (!last || !maps.of) return null;
  return { map: last.map, objects: last.maps === maps ? objects : last.objects, waiting: true };
}
