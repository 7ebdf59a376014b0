/** COCO's instances and YouTube-VIS's videos: JSON with run-length masks. */
import { encodeRles, type Rle } from '../../lib/rle.ts';
import type { ClipInfo } from '../video/types.ts';
import type { ExportFrame } from './frames.ts';
import { measureAll } from './measure.ts';
import type { ExportObject } from './types.ts';

/** What the pictures of a clip are called in annotations: `CLIP/00000.jpg`. */
type FileName = (frame: number) => string;

/**
 * COCO instances, written frame by frame. Images are numbered from 1 in the frames' order; `track_id` is the object's
 * number, the same in every frame.
 */
export async function* cocoOf(
  frames: AsyncIterable<ExportFrame>,
  objects: readonly ExportObject[],
  info: ClipInfo,
  range: { start: number; count: number },
  fileName: FileName,
): AsyncGenerator<string, void, undefined> {
  const { width, height } = info;
  const { categories, idOf } = categoriesOf(objects);
  const images = Array.from({ length: range.count }, (_, place) => ({
    id: place + 1,
    width,
    height,
    file_name: fileName(range.start + place),
    frame_index: range.start + place,
    seconds: info.timestamps[range.start + place],
  }));
  yield `{"info":${JSON.stringify(about(info))},"licenses":[],\n"categories":${JSON.stringify(categories)},\n`;
  yield `"images":${JSON.stringify(images)},\n"annotations":[`;
  let id = 0;
  for await (const { index, places } of frames) {
    const measures = measureAll(places, width, objects.length);
    const masks = encodeRles(places, height, width, objects.length);
    for (const [place, object] of objects.entries()) {
      const { area, box } = measures[place]!;
      if (!box) continue;
      const annotation = {
        id: ++id,
        image_id: index - range.start + 1,
        category_id: idOf(object),
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

interface Track {
  segmentations: (Rle | null)[];
  bboxes: (readonly number[] | null)[];
  areas: (number | null)[];
}

/** YouTube-VIS: one video, one annotation an object, with a mask or null for every frame. */
export async function* youtubeVisOf(
  frames: AsyncIterable<ExportFrame>,
  objects: readonly ExportObject[],
  info: ClipInfo,
  range: { start: number; count: number },
  fileName: FileName,
): AsyncGenerator<string, void, undefined> {
  const { width, height } = info;
  const { categories, idOf } = categoriesOf(objects);
  const tracks = objects.map((): Track => ({ segmentations: [], bboxes: [], areas: [] }));
  for await (const { places } of frames) {
    const measures = measureAll(places, width, objects.length);
    const masks = encodeRles(places, height, width, objects.length);
    for (const [place, track] of tracks.entries()) {
      const { area, box } = measures[place]!;
      track.segmentations.push(masks[place]!);
      track.bboxes.push(box);
      track.areas.push(box && area);
    }
  }
  const file_names = Array.from({ length: range.count }, (_, place) => fileName(range.start + place));
  const video = { id: 1, width, height, length: range.count, file_names };
  yield `{"info":${JSON.stringify(about(info))},"licenses":[],\n"categories":${JSON.stringify(categories)},\n`;
  yield `"videos":${JSON.stringify([video])},\n"annotations":[`;
  for (const [place, object] of objects.entries()) {
    const annotation = {
      id: object.index,
      video_id: 1,
      category_id: idOf(object),
      iscrowd: 0,
      width,
      height,
      length: range.count,
      ...tracks[place]!,
    };
    yield `${place === 0 ? '' : ','}\n${JSON.stringify(annotation)}`;
  }
  yield ']}\n';
}

const about = ({ name }: ClipInfo) => ({ description: `Objects found in ${name} by Unprompted` });

/** The objects' classes, numbered from 1 in the order in which they first come. */
function categoriesOf(objects: readonly ExportObject[]) {
  const names = [...new Set(objects.map(({ category }) => category))];
  return {
    categories: names.map((name, place) => ({ id: place + 1, name, supercategory: 'object' })),
    idOf: ({ category }: ExportObject): number => names.indexOf(category) + 1,
  };
}
