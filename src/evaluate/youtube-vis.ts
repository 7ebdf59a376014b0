/** YouTube-VIS 2019 and 2021: one JSON file of videos and run-length encoded objects. */

import type { MaskImage } from '../engine/mask/mask-png.ts';
import { MAX_PIXELS } from '../lib/png.ts';
import { decodeRle, type Rle } from '../lib/rle.ts';
import { failure } from './errors.ts';
import { frameKeys } from './frame-names.ts';
import type { Dataset, DatasetSequence } from './sequences.ts';

interface Video {
  id: number;
  height: number;
  width: number;
  /** `VIDEO/00000.jpg`, below JPEGImages. */
  file_names: string[];
}

interface Annotation {
  video_id: number;
  /** One per frame; null where the object is not seen. */
  segmentations: (Rle | null)[];
}

/** Reads the list of annotations; `paths` are the data set's files. Throws `dataset/bad-json`. */
export function readYoutubeVis(bytes: Uint8Array, name: string, paths: readonly string[]): Dataset {
  const { videos, annotations } = parse(bytes, name);
  const images = new Map(paths.map((path) => [path.split('/').slice(-2).join('/'), path]));
  const objects = new Map<number, Annotation[]>();
  for (const annotation of annotations) {
    const list = objects.get(annotation.video_id);
    if (list) list.push(annotation);
    else objects.set(annotation.video_id, [annotation]);
  }
  const oddities: string[] = [];
  const sequences = videos.map((video): DatasetSequence => {
    const own = objects.get(video.id);
    const keys = frameKeys(video.file_names);
    const frames = video.file_names.map((file, i) => {
      const image = images.get(file) ?? null;
      if (!image) oddities.push(`${file} is listed in ${name}, but the file is missing.`);
      const truth = own && {
        rles: own.map(({ segmentations }) => segmentations[i] ?? null),
        size: [video.height, video.width] as const,
      };
      return { key: keys[i]!, image, truth: truth ?? null };
    });
    return { name: video.file_names[0]!.split('/')[0]!, frames };
  });
  return { sequences, oddities };
}

/** Objects in one map, numbered in order from 1; where they overlap the later one wins. Throws `dataset/bad-rle`. */
export function mergeRles(
  rles: readonly (Rle | null)[],
  [height, width]: readonly [number, number],
): MaskImage {
  const labels = new Uint16Array(height * width);
  for (const [place, rle] of rles.entries()) {
    if (!rle) continue;
    if (rle.size[0] !== height || rle.size[1] !== width) {
      throw failure('dataset/bad-rle', { detail: 'its size is not that of its video' });
    }
    const mask = decodeRle(rle);
    for (let i = 0; i < labels.length; i++) if (mask[i]) labels[i] = place + 1;
  }
  return { width, height, labels, values: null, grey: false, soft: false };
}

function parse(bytes: Uint8Array, name: string): { videos: Video[]; annotations: Annotation[] } {
  const bad = (detail: string, cause?: unknown) => failure('dataset/bad-json', { name, detail }, { cause });
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw bad('it is no JSON', cause);
  }
  const { videos, annotations } = isObject(json) ? json : {};
  if (!Array.isArray(videos) || !videos.every(isVideo)) throw bad('it lists no videos');
  if (!Array.isArray(annotations) || !annotations.every(isAnnotation))
    throw bad('it lists no annotated objects');
  return { videos, annotations };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function isVideo(value: unknown): value is Video {
  if (!isObject(value)) return false;
  const { id, width, height, file_names: names } = value;
  return (
    typeof id === 'number' &&
    isCount(width) &&
    isCount(height) &&
    width * height > 0 &&
    width * height <= MAX_PIXELS &&
    Array.isArray(names) &&
    names.length > 0 &&
    names.every((name) => typeof name === 'string')
  );
}

function isAnnotation(value: unknown): value is Annotation {
  if (!isObject(value) || typeof value.video_id !== 'number') return false;
  return Array.isArray(value.segmentations) && value.segmentations.every((rle) => rle === null || isRle(rle));
}

function isRle(value: unknown): value is Rle {
  if (!isObject(value) || !Array.isArray(value.size)) return false;
  const { counts } = value;
  return typeof counts === 'string' || (Array.isArray(counts) && counts.every(isCount));
}
