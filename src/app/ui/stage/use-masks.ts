import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { LabelMap } from '../../../engine/mask/types.ts';
import type { RunResult } from '../../../engine/session/result.ts';
import { conflated } from '../../../lib/task.ts';
import type { EarlierMaps, LabelCache } from '../../model/label-cache.ts';
import { maskOrder } from '../../model/mask-order.ts';
import type { VideoObject } from '../../model/objects.ts';
import { showClipFailure, useClip } from '../../stores/clip.ts';
import { answers, isPreview, isReady, pendingIn, useRun } from '../../stores/run.ts';
import { shownFrame, useView } from '../../stores/view.ts';
import { runMasks } from '../../workers/engine.ts';

interface Request {
  maps: LabelCache;
  frame: number;
  /** How often frames had got masks when it was asked: what was pending then is asked again. */
  followed: number;
}

/** A label map and the objects that its labels are found in. */
export interface Shown {
  map: LabelMap;
  objects: readonly VideoObject[];
  /** It is the frame's map from before an edit or a later result, until the one of now has come. */
  waiting: boolean;
}

/**
 * What to paint over the picture on the stage: its frame's map, or until that has come, its map from before an edit or a later result, with the
 * objects that that was of. Never another frame's.
 */
export function useMasks(maps: LabelCache, objects: readonly VideoObject[]): Shown | null {
  const free = useRun((run) => answers(run.phase));
  const followed = useRun((run) => run.followed);
  const frameCount = useClip((clip) => clip.info?.frameCount ?? 0);
  const frame = useView(shownFrame);
  const wanted = useView((view) => view.frame);
  const direction = useView((view) => Math.sign(view.speed));
  useSyncExternalStore(maps.subscribe, maps.fetched);

  const own = maps.get(frame);
  const [earlier, setEarlier] = useEarlier(maps, objects);
  const pending = maps.of !== null && !isReady(maps.of, frame);
  // Unpacked once, and not at every rendering.
  const outdated = useMemo(
    () => (own || pending ? null : (earlier?.get(frame) ?? null)),
    [own, pending, earlier, frame],
  );

  const [fetchLabels] = useState(() =>
    conflated<Request>(async ({ maps, frame }) => {
      // Its clip or run was closed while it waited.
      if (useRun.getState().result !== maps.of) return;
      // The frame that was looked at is shown for longest, and is the first that a user sees.
      const preview = maps.of !== null && isPreview(maps.of, frame);
      const { width, height } = preview && !isSample(maps.of!, frame) ? previewSize(maps) : maps;
      const map = await runMasks().labels(frame, width, height, maps.masks);
      if (!map) return;
      maps.set(frame, map, preview);
      // Set once: every change re-renders whatever subscribes to the run.
      if (!useRun.getState().masked) useRun.setState({ masked: true });
    }, showClipFailure),
  );
  // Before a run has found anything the engine is busy, and what it holds is about to change.
  const fetching = maps.of !== null && free && maps.width > 0;
  const missing = fetching
    ? maps.missing(
        maskOrder({
          frame: wanted,
          direction,
          frameCount,
          room: !maps.full,
          ready: (at) => isReady(maps.of!, at),
          preview: (at) => isPreview(maps.of!, at),
        }),
        (at) => isPreview(maps.of!, at),
      )
    : undefined;
  useEffect(() => {
    if (missing !== undefined) fetchLabels({ maps, frame: missing, followed });
  }, [maps, missing, followed, fetchLabels]);

  const whole = fetching && missing === undefined && pendingIn(maps.of) === 0;
  useEffect(() => {
    if (whole) setEarlier(null);
  }, [whole, setEarlier]);

  if (own) return { map: own, objects, waiting: false };
  return outdated && maps.of ? { ...outdated, waiting: true } : null;
}

/** The maps that the current ones replace; never those of another clip. */
function useEarlier(maps: LabelCache, objects: readonly VideoObject[]) {
  const [now, setNow] = useState({ maps, objects, earlier: null as EarlierMaps | null });
  const { maps: before, objects: named } = now;
  let { earlier } = now;
  if (before !== maps || named !== objects) {
    if (maps.of === null) earlier = null;
    else if (before !== maps && before.of !== null) earlier = before.earlier(named, earlier);
    setNow({ maps, objects, earlier });
  }
  const [setEarlier] = useState(
    () => (earlier: EarlierMaps | null) => setNow((now) => ({ ...now, earlier })),
  );
  return [earlier, setEarlier] as const;
}

const isSample = ({ followed }: RunResult, frame: number) => followed?.samples.includes(frame) === true;

/** Masks of a quick look are shown for a moment: at half the size they take a quarter of the time. */
const previewSize = ({ width, height }: Pick<LabelCache, 'width' | 'height'>) => ({
  width: Math.ceil(width / 2),
  height: Math.ceil(height / 2),
});
