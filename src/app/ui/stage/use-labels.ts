import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { LabelMap } from '../../../engine/api.ts';
import { workers } from '../../connection.ts';
import { latest } from '../../model/latest.ts';
import { useClip } from '../../stores/clip.ts';
import { showFailure } from '../../stores/notices.ts';
import { useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { LabelCache } from './label-cache.ts';

/** Frames fetched ahead of the playhead while it moves. */
const AHEAD = 10;

interface Wish {
  cache: LabelCache;
  frame: number;
}

/** The label map to show at the current frame: its own, or until that has come, the last one shown. */
export function useLabels(width: number, height: number): LabelMap | null {
  const result = useRun((run) => run.result);
  const idle = useRun((run) => run.phase === 'idle');
  const frameCount = useClip((clip) => clip.info?.frameCount ?? 0);
  const frame = useView((view) => view.frame);
  const direction = useView((view) => Math.sign(view.speed));
  // A new run or size makes every map kept worthless: its clusters mean something else.
  const maps = useMemo(() => new LabelCache(width, height, result), [result, width, height]);
  useSyncExternalStore(maps.subscribe, maps.fetched);

  const own = maps.get(frame);
  const [shown, setShown] = useState<{ maps: LabelCache; map: LabelMap } | null>(null);
  useEffect(() => {
    if (own) setShown({ maps, map: own });
  }, [maps, own]);

  const [fetchLabels] = useState(() =>
    latest<Wish>(async (wish) => {
      const map = await workers().engine.labels(wish.frame, wish.cache.width, wish.cache.height);
      wish.cache.set(wish.frame, map);
    }, showFailure),
  );
  const wanted = direction === 0 ? [frame] : Array.from({ length: AHEAD }, (_, i) => frame + i * direction);
  // While a run is going the engine is busy, and what it holds is about to change.
  const missing =
    maps.of && idle && width > 0
      ? maps.missing(wanted.filter((at) => at >= 0 && at < frameCount))
      : undefined;
  useEffect(() => {
    if (missing !== undefined) fetchLabels({ cache: maps, frame: missing });
  }, [maps, missing, fetchLabels]);

  return own ?? (shown?.maps === maps ? shown.map : null);
}
