import { encodeRles, type Rle } from '../../../lib/rle.ts';
import { about, classesOf } from '../annotations.ts';
import { defineFormat, type Job } from '../format.ts';
import { measureAll } from '../measure.ts';
import { frameName } from '../names.ts';

/** YouTube-VIS: one video, one annotation an object, with a run-length mask or null for every frame. */
export const youtubeVis = defineFormat({
  id: 'youtube-vis',
  group: 'data',
  suffix: 'youtube-vis',
  extension: () => 'json',
  options: [],
  frames: 'each',
  write: (job) => job.writeText(tracksOf(job)),
});

interface Track {
  segmentations: (Rle | null)[];
  bboxes: (readonly number[] | null)[];
  areas: (number | null)[];
}

async function* tracksOf({ info, frames, selection, stem, masks }: Job) {
  const { width, height } = info;
  const { objects } = selection;
  const { names, classOf } = classesOf(selection);
  const categories = names.map((name, place) => ({ id: place + 1, name, supercategory: 'object' }));
  const tracks = objects.map((): Track => ({ segmentations: [], bboxes: [], areas: [] }));
  for await (const { places } of masks()) {
    const measures = measureAll(places, width, objects.length);
    const rles = encodeRles(places, height, width, objects.length);
    for (const [place, track] of tracks.entries()) {
      const { area, box } = measures[place]!;
      track.segmentations.push(rles[place]!);
      track.bboxes.push(box);
      track.areas.push(box && area);
    }
  }
  const file_names = frames.map((frame) => `${stem}/${frameName(frame, 'jpg')}`);
  const video = { id: 1, width, height, length: frames.length, file_names };
  const head = { description: about(info) };
  yield `{"info":${JSON.stringify(head)},"licenses":[],\n"categories":${JSON.stringify(categories)},\n`;
  yield `"videos":${JSON.stringify([video])},\n"annotations":[`;
  for (const [place, object] of objects.entries()) {
    const annotation = {
      id: object.index,
      video_id: 1,
      category_id: classOf(object) + 1,
      iscrowd: 0,
      width,
      height,
      length: frames.length,
      ...tracks[place]!,
    };
    yield `${place === 0 ? '' : ','}\n${JSON.stringify(annotation)}`;
  }
  yield ']}\n';
}
