import { memo, useEffect, useMemo, useRef } from 'react';
import { isMade } from '../../../engine/mask/corrections.ts';
import type { LabelMap, Masks } from '../../../engine/mask/types.ts';
import type { RunResult } from '../../../engine/session/result.ts';
import { inAllNodes, masksFor } from '../../model/corrected.ts';
import { hierarchyOf } from '../../model/hierarchy.ts';
import { placesOf, presenceOf, type VideoObject } from '../../model/objects.ts';
import { cropAround, largest } from '../../model/portrait.ts';
import { nearest } from '../../model/timeline.ts';
import { showClipFailure, type Thumbnail, useClip } from '../../stores/clip.ts';
import { useDocument } from '../../stores/document.ts';
import { answers, isPreview, isReady, useRun } from '../../stores/run.ts';
import { runMasks } from '../../workers/engine.ts';

/** Pixels of a portrait's side: twice what is shown, for dense screens. */
const SIDE = 112;
/** How much of the picture around the object stays. */
const AROUND = 0.5;

const sameArea = (a: Props, b: Props): boolean => a.object.clusters === b.object.clusters;

interface Props {
  object: VideoObject;
}

/** An object cut out of the frame of the filmstrip that shows most of it: of its area, whatever else becomes of it. */
export const Portrait = memo(function Portrait({ object }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const result = useRun((run) => run.result);
  const counts = useRun((run) => run.counts);
  const free = useRun((run) => answers(run.phase));
  const thumbnails = useClip((clip) => clip.thumbnails);
  const strokes = useDocument((state) => state.strokes);
  const complete = thumbnails.every(({ bitmap }) => bitmap !== null);
  const shown = useMemo(() => {
    if (!result || !complete || thumbnails.length === 0) return null;
    const presence = presenceOf(object, counts, result.grid);
    // A frame that was not analysed has no masks to cut out by.
    const shares = thumbnails.map(({ frame }) =>
      result.followed || isReady(result, frame) ? presence[nearest(result.frames, frame)]! : 0,
    );
    // A new run's result comes before its objects: for a moment they do not belong together.
    return shares.some(Number.isNaN) ? null : thumbnails[largest(shares)]!;
  }, [object, result, counts, complete, thumbnails]);
  const place = result && shown && nearest(result.frames, shown.frame);
  const processed = result && place !== null ? result.frames[place]! : null;
  const ready = result !== null && processed !== null && isReady(result, processed);
  const preview = result !== null && processed !== null && isPreview(result, processed);

  // While frames get their masks, a portrait is drawn again where another frame shows more of the object.
  useEffect(() => {
    if (!result || !free || !shown || !ready) return;
    let left = false;
    const { frame, bitmap } = shown;
    const hierarchy = hierarchyOf(result);
    const making = strokes.filter(({ to }) => isMade(to) && object.clusters.includes(to));
    const masks = masksFor(hierarchy, [object], making);
    const [whole] = inAllNodes(hierarchy, [object]);
    mapAt(result, frame, bitmap!, masks, preview).then((map) => {
      if (map && !left && canvas.current) draw(canvas.current, bitmap!, map, whole!);
    }, showClipFailure);
    return () => {
      left = true;
    };
  }, [object, result, strokes, free, shown, ready, preview]);
  return <canvas ref={canvas} className="portrait" width={SIDE} height={SIDE} />;
}, sameArea);

/** Masks of the filmstrip's frames, kept as long as the run that they are of. */
const maps = new WeakMap<RunResult, Map<string, Promise<LabelMap | null>>>();

function mapAt(
  result: RunResult,
  frame: number,
  { width, height }: ImageBitmap,
  masks: Masks,
  preview: boolean,
): Promise<LabelMap | null> {
  // What is made by hand may change: only what the run itself found is kept.
  if (masks.strokes?.length) return runMasks().labels(frame, width, height, masks);
  const key = `${frame} ${masks.parts ? 'parts' : ''} ${preview ? 'preview' : ''}`;
  const kept = maps.get(result) ?? new Map<string, Promise<LabelMap | null>>();
  maps.set(result, kept);
  const map = kept.get(key) ?? runMasks().labels(frame, width, height, masks);
  kept.set(key, map);
  // A frame that is pending may have masks later.
  map.then(
    (found) => found ?? kept.delete(key),
    () => kept.delete(key),
  );
  return map;
}

function draw(
  canvas: HTMLCanvasElement,
  bitmap: NonNullable<Thumbnail['bitmap']>,
  map: LabelMap,
  object: VideoObject,
): void {
  const places = placesOf([object], Math.max(...object.clusters) + 1);
  const crop = cropAround(map, places, 0);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.clearRect(0, 0, SIDE, SIDE);
  // Another clip's filmstrip may have taken this one's place: its pictures are closed and have no size.
  if (!crop || bitmap.width === 0) return;
  const scale = SIDE / crop.side;
  context.drawImage(
    bitmap,
    -crop.left * scale,
    -crop.top * scale,
    bitmap.width * scale,
    bitmap.height * scale,
  );
  const image = context.getImageData(0, 0, SIDE, SIDE);
  for (let y = 0; y < SIDE; y++) {
    const row: number = Math.floor(crop.top + (y + 0.5) / scale) * map.width;
    for (let x = 0; x < SIDE; x++) {
      const label = map.labels[row + Math.floor(crop.left + (x + 0.5) / scale)];
      if (label === undefined || places[label] !== 0) image.data[4 * (y * SIDE + x) + 3]! *= AROUND;
    }
  }
  context.putImageData(image, 0, 0);
}
