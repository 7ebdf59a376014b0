import { encodeRles } from '../../../lib/rle.ts';
import { isWithin } from '../../../lib/spans.ts';
import { about, besidePictures, classesOf } from '../annotations.ts';
import { defineFormat, type Job } from '../format.ts';
import type { ExportFrame } from '../frames.ts';
import { measureAll } from '../measure.ts';
import { frameName } from '../names.ts';

/**
 * COCO instances: an image a frame, an annotation an object and frame, masks as run lengths. With pictures a zip of these
 * and the JSON, whose `file_name` they have.
 */
export const coco = defineFormat({
  id: 'coco',
  group: 'data',
  suffix: 'coco',
  extension: ({ pictures }) => (pictures ? 'zip' : 'json'),
  options: ['pictures'],
  frames: 'each',
  write(job, { pictures }) {
    if (!pictures) return job.writeText(instances(job, job.masks()));
    const document = (frames: AsyncIterable<ExportFrame>) => instances(job, frames);
    const name = (frame: number) => pictureName(job, frame);
    return job.writeZip(besidePictures(job.annotated(true), name, `${job.stem}-coco.json`, document));
  },
});

const pictureName = ({ stem }: Job, frame: number) => `${stem}/${frameName(frame, 'jpg')}`;

/**
 * The JSON, frame by frame. Images are numbered from 1 in the frames' order; `track_id` is the object's number, the same
 * in every frame, `reviewed` whether a user marked the frame so.
 */
async function* instances(job: Job, frames: AsyncIterable<ExportFrame>) {
  const { info, frames: written, selection } = job;
  const { width, height } = info;
  const { objects, reviewed } = selection;
  const { names, classOf } = classesOf(selection);
  const categories = names.map((name, place) => ({ id: place + 1, name, supercategory: 'object' }));
  const images = written.map((frame, place) => ({
    id: place + 1,
    width,
    height,
    file_name: pictureName(job, frame),
    frame_index: frame,
    seconds: info.timestamps[frame],
    ...(reviewed && { reviewed: isWithin(reviewed, frame) }),
  }));
  const head = { description: about(info) };
  yield `{"info":${JSON.stringify(head)},"licenses":[],\n"categories":${JSON.stringify(categories)},\n`;
  yield `"images":${JSON.stringify(images)},\n"annotations":[`;
  let id = 0;
  let image = 0;
  for await (const { places } of frames) {
    image++;
    const measures = measureAll(places, width, objects.length);
    const masks = encodeRles(places, height, width, objects.length);
    for (const [place, object] of objects.entries()) {
      const { area, box } = measures[place]!;
      if (!box) continue;
      const annotation = {
        id: ++id,
        image_id: image,
        category_id: classOf(object) + 1,
        track_id: object.index,
        segmentation: masks[place],
        area,
        bbox: box,
        iscrowd: 0,
      };
      yield `${id === 1 ? '' : ','}\n${JSON.stringify(annotation)}`;
    }
  }
  yield ']}\n';
}
