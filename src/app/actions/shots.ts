import { paint } from '../../engine/mask/paint.ts';
import { LABELS, NOTHING } from '../../engine/mask/strokes.ts';
import { paintsOf } from '../model/appearance.ts';
import { inAllNodes, masksFor } from '../model/corrected.ts';
import { hierarchyOf } from '../model/hierarchy.ts';
import { placesOf } from '../model/objects.ts';
import { fitted } from '../model/timeline.ts';
import { useClip } from '../stores/clip.ts';
import { useDocument } from '../stores/document.ts';
import { usePreferences } from '../stores/preferences.ts';
import { useRun } from '../stores/run.ts';
import { workers } from '../workers/connection.ts';
import { runMasks } from '../workers/engine.ts';

/**
 * Clip frames with the objects of the run on the page painted on them, none of them pointed at or selected; at most
 * `most` pixels wide or high. There has to be a run, and nothing else may be asking the viewer for frames.
 */
export async function shoot(frames: readonly number[], most: number): Promise<ImageBitmap[]> {
  const shots: ImageBitmap[] = [];
  for (const frame of frames) shots.push(await shootOne(frame, most));
  return shots;
}

async function shootOne(frame: number, most: number): Promise<ImageBitmap> {
  const { viewer } = workers();
  const result = useRun.getState().result!;
  const { objects, strokes, solo } = useDocument.getState();
  const overlay = usePreferences.getState();
  const hierarchy = hierarchyOf(result);

  const fits = fitted(useClip.getState().info!, { width: most, height: most });
  const picture = await viewer.frame(frame, Math.round(fits.width), Math.round(fits.height));
  const { width, height } = picture;
  const map = await runMasks().labels(frame, width, height, masksFor(hierarchy, objects, strokes));
  const painted = paint(map ?? { width, height, labels: new Uint16Array(width * height).fill(NOTHING) }, {
    objectOf: placesOf(inAllNodes(hierarchy, objects), LABELS),
    paints: paintsOf(objects, { overlay, usual: 'fill', hovered: null, selected: new Set(), solo }),
    outlineWidth: Math.max(1.6, most / 400),
    patternScale: 2,
  });
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  const image = context.createImageData(width, height);
  image.data.set(painted);
  context.putImageData(image, 0, 0);
  context.globalCompositeOperation = 'destination-over';
  context.drawImage(picture, 0, 0);
  picture.close();
  return context.canvas.transferToImageBitmap();
}
