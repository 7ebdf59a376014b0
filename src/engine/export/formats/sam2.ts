import { encodeRles } from '../../../lib/rle.ts';
import { about } from '../annotations.ts';
import { defineFormat, type Job } from '../format.ts';
import { innerPoints } from '../inner-points.ts';
import { measureAll } from '../measure.ts';

/**
 * Prompts of SAM 2's video predictor for one frame: of every object in it a box [left, top, right, bottom], points inside
 * with their labels (all 1), in pixels, and the mask as COCO's run lengths.
 */
export const sam2 = defineFormat({
  id: 'sam2',
  group: 'data',
  suffix: 'sam2',
  extension: () => 'json',
  options: [],
  frames: 'one',
  write: (job) => job.writeText(prompts(job)),
});

async function* prompts({ info, selection, masks }: Job) {
  const { width, height } = info;
  const { objects } = selection;
  for await (const { index, places } of masks()) {
    const measures = measureAll(places, width, objects.length);
    const points = innerPoints(places, width, objects.length);
    const rles = encodeRles(places, height, width, objects.length);
    const seen = objects.flatMap((object, place) => {
      const { box } = measures[place]!;
      if (!box) return [];
      const [left, top, boxWidth, boxHeight] = box;
      return [
        {
          obj_id: object.index,
          name: object.name,
          category: object.category,
          box: [left, top, left + boxWidth, top + boxHeight],
          points: points[place]!,
          labels: points[place]!.map(() => 1),
          mask: rles[place]!,
        },
      ];
    });
    const video = { name: info.name, width, height, frames: info.frameCount };
    const head = { info: { description: about(info) }, video, frame_idx: index };
    yield `${JSON.stringify({ ...head, seconds: info.timestamps[index], objects: seen }, null, 1)}\n`;
  }
}
