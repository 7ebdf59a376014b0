/**
 * Data sets in their own layouts, recognised by the paths of their files, so that a folder on disk and one that was dropped
 * on the page are read alike.
 *
 * | data set | images | masks |
 * |---|---|---|
 * | DAVIS-2016/2017 | `JPEGImages/480p/SEQ/*.jpg` | `Annotations[_unsupervised]/480p/SEQ/*.png` |
 * | YouTube-VIS | `JPEGImages/SEQ/*.jpg` | `instances.json` or `train.json`: run-length encoded |
 * | SegTrack-v2 | `JPEGImages/SEQ/*` | `GroundTruth/SEQ/*` or, an object each, `GroundTruth/SEQ/1/*` |
 * | FBMS-59 | `SEQ/*.jpg` | `SEQ/GroundTruth/*_gt.ppm` (or .pgm, .png), every 20th frame |
 * | MOVi as pictures | `SEQ/rgba_*.png` | `SEQ/segmentation_*.png` |
 * | any pair | `frames/[SEQ/]*` or `[SEQ/]frames/*` | `masks/[SEQ/]*` or `[SEQ/]masks/*` |
 * | masks alone | | `[SEQ/]*.png` |
 */

import type { MaskImage } from '../engine/mask/mask-png.ts';
import { isMaskName, natural } from '../engine/video/names.ts';
import { failure } from './errors.ts';
import { frameKeys } from './frame-names.ts';
import { mergeObjects, readMask } from './pictures.ts';
import type { Dataset, DatasetSequence, FileSource, Truth } from './sequences.ts';
import { mergeRles, readYoutubeVis } from './youtube-vis.ts';

export interface DatasetOptions {
  /** Folder of masks to take where there are several, such as `Annotations_unsupervised`. */
  masks?: string;
  /** Resolution folder to take where there are several, such as `480p`. */
  resolution?: string;
}

/** In order of preference. */
const MASK_FOLDERS = [
  'annotations_unsupervised',
  'annotations',
  'groundtruth',
  'ground_truth',
  'gt',
  'masks',
  'truth',
  'segmentations',
];
const IMAGE_FOLDERS = ['jpegimages', 'frames', 'images', 'rgb'];
const RESOLUTION = /^(\d+p|full-resolution)$/i;
const IMAGE = /\.(jpe?g|png|bmp|webp)$/i;
/** FBMS-59 keeps maps of doubt beside its truth. */
const NOT_TRUTH = /PROB_gt\.\w+$/;
const MOVI_IMAGE = /^rgba?_\d+\.\w+$/i;
const MOVI_MASK = /^segmentations?_\d+\.\w+$/i;
const YOUTUBE_VIS = /^(?:[^/]+\/)?(?:instances|train)\w*\.json$/;

/** One file and what it is. */
interface Entry {
  path: string;
  role: 'image' | 'mask';
  /** Folders that name the sequence, and below it the object where masks have a folder each. */
  place: string[];
  /** The folder that names its role, in lower case; empty where its own name does. */
  folder: string;
  resolution: string;
}

/** Finds the sequences of a data set. Throws `dataset/bad-json`; gives none where nothing fits a layout. */
export async function openDataset(source: FileSource, options: DatasetOptions = {}): Promise<Dataset> {
  const annotations = source.paths.filter((path) => YOUTUBE_VIS.test(path)).sort(natural)[0];
  if (annotations) return readYoutubeVis(await source.read(annotations), annotations, source.paths);
  return group(chosen(entriesOf(source.paths), options));
}

/** Reads the truth of a frame; objects that have a file or code each are numbered in order. Throws `png/…`, `mask/…`. */
export async function readTruth(truth: Truth, source: FileSource): Promise<MaskImage> {
  if ('rles' in truth) return mergeRles(truth.rles, truth.size);
  const masks = await Promise.all(truth.files.map(async (path) => readMask(await source.read(path), path)));
  return masks.length === 1 ? masks[0]! : mergeObjects(masks);
}

/** Whether one of a file's folders says that it holds masks. */
export function inMaskFolder(path: string): boolean {
  return folders(path).some((part) => MASK_FOLDERS.includes(part.toLowerCase()));
}

/** Sequence names in a list such as DAVIS's ImageSets: a name a line, or (2016) a line of paths a frame. */
export function listedSequences(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim().split(/\s+/)[0]!);
  const names = lines.filter(Boolean).map((line) => (/\.\w+$/.test(line) ? line.split('/').at(-2)! : line));
  return [...new Set(names)];
}

/** The sequences with these names, in this order. Throws `dataset/no-sequence`. */
export function selectSequences(dataset: Dataset, names: readonly string[]): Dataset {
  const byName = new Map(dataset.sequences.map((sequence) => [sequence.name, sequence]));
  const sequences = names.map((name) => {
    const found = byName.get(name);
    if (!found) throw failure('dataset/no-sequence', { name, known: [...byName.keys()].join(', ') });
    return found;
  });
  return { ...dataset, sequences };
}

function entriesOf(paths: readonly string[]): Entry[] {
  const visible = paths.filter((path) => !path.split('/').some((part) => part.startsWith('.')));
  const named = visible.flatMap((path) => entryOf(path) ?? []);
  if (named.length === 0) {
    const masks = visible.filter(isMaskName);
    return masks.map((path) => ({ path, role: 'mask', place: folders(path), folder: '', resolution: '' }));
  }
  // FBMS-59 keeps its images beside the folder of masks.
  const owners = new Set(named.filter(({ role }) => role === 'mask').map(({ place }) => place.join('/')));
  const beside = visible.filter(
    (path) => IMAGE.test(path) && !entryOf(path) && owners.has(folders(path).join('/')),
  );
  const images = named.some(({ role }) => role === 'image') ? [] : beside;
  return [
    ...named,
    ...images.map(
      (path): Entry => ({ path, role: 'image', place: folders(path), folder: '', resolution: '' }),
    ),
  ];
}

function entryOf(path: string): Entry | null {
  const parts = folders(path);
  const file = path.slice(path.lastIndexOf('/') + 1);
  const at = parts.findIndex((part) => [...MASK_FOLDERS, ...IMAGE_FOLDERS].includes(part.toLowerCase()));
  const folder = parts[at]?.toLowerCase() ?? '';
  const maskFolder = MASK_FOLDERS.includes(folder);
  const isMask = maskFolder ? isMaskName(file) && !NOT_TRUTH.test(file) : at < 0 && MOVI_MASK.test(file);
  const isImage = at < 0 ? MOVI_IMAGE.test(file) : !maskFolder && IMAGE.test(file);
  if (!isMask && !isImage) return null;
  const resolution = at < 0 ? '' : (parts.slice(at + 1).find((part) => RESOLUTION.test(part)) ?? '');
  const place = parts.filter((part, i) => i !== at && !(i > at && part === resolution));
  return { path, role: isMask ? 'mask' : 'image', place, folder, resolution };
}

/** Keeps one folder of masks and one resolution where the data set has several. */
function chosen(entries: Entry[], options: DatasetOptions): Entry[] {
  const masks = new Set(entries.filter(({ role }) => role === 'mask').map(({ folder }) => folder));
  const folder = options.masks?.toLowerCase() ?? MASK_FOLDERS.find((name) => masks.has(name)) ?? '';
  const known = [...new Set(entries.map(({ resolution }) => resolution))].sort(natural);
  const resolution = options.resolution ?? (known.includes('480p') ? '480p' : known.at(-1));
  return entries.filter(
    (entry) => entry.resolution === resolution && (entry.role === 'image' || entry.folder === folder),
  );
}

/** The frame of every file, by the names of those of its kind in its folder. */
function keysOf(entries: readonly Entry[]): Map<string, string> {
  const folders = new Map<string, string[]>();
  for (const { path, role } of entries) {
    const folder = `${role} ${path.slice(0, path.lastIndexOf('/') + 1)}`;
    const beside = folders.get(folder);
    if (beside) beside.push(path);
    else folders.set(folder, [path]);
  }
  const keyed = [...folders.values()].flatMap((paths) => {
    const keys = frameKeys(paths);
    return paths.map((path, i) => [path, keys[i]!] as const);
  });
  return new Map(keyed);
}

function group(entries: Entry[]): Dataset {
  const oddities: string[] = [];
  const withImages = new Set(
    entries.filter(({ role }) => role === 'image').map(({ place }) => place.join('/')),
  );
  const sequences = new Map<string, Map<string, { image: string | null; masks: Map<string, string> }>>();
  const keys = keysOf(entries);
  for (const entry of [...entries].sort((a, b) => natural(a.path, b.path))) {
    const own = entry.place.join('/');
    const above = entry.place.slice(0, -1).join('/');
    const isObject = entry.role === 'mask' && !withImages.has(own) && withImages.has(above);
    const name = isObject ? above : own;
    const frames = sequences.get(name) ?? sequences.set(name, new Map()).get(name)!;
    const key = keys.get(entry.path)!;
    const frame = frames.get(key) ?? frames.set(key, { image: null, masks: new Map() }).get(key)!;
    const object = isObject ? entry.place.at(-1)! : '';
    const taken = entry.role === 'image' ? frame.image : frame.masks.get(object);
    if (taken)
      oddities.push(`${entry.path} is a second ${entry.role} for the frame of ${taken}; it is left out.`);
    else if (entry.role === 'image') frame.image = entry.path;
    else frame.masks.set(object, entry.path);
  }
  const list = [...sequences].map(([name, frames]): DatasetSequence => {
    const sorted = [...frames].sort(([a], [b]) => natural(a, b));
    return {
      name,
      frames: sorted.map(([key, { image, masks }]) => ({
        key,
        image,
        truth: masks.size > 0 ? { files: [...masks.values()] } : null,
      })),
    };
  });
  const hasImages = withImages.size > 0;
  for (const sequence of list) oddities.push(...missing(sequence, hasImages));
  return { sequences: list.sort((a, b) => natural(a.name, b.name)), oddities };
}

/** Names masks without an image, and images without a mask where most have one (FBMS-59 annotates every 20th). */
function missing({ name, frames }: DatasetSequence, hasImages: boolean): string[] {
  if (!hasImages) return [];
  const bare = frames.filter(({ image }) => !image).map(({ key }) => key);
  const withoutTruth = frames.filter(({ truth }) => !truth).map(({ key }) => key);
  return [
    ...(bare.length > 0 ? [`${name} has masks but no image for frames ${bare.join(', ')}.`] : []),
    ...(withoutTruth.length > 0 && withoutTruth.length * 2 < frames.length
      ? [`${name} has no mask for frames ${withoutTruth.join(', ')}.`]
      : []),
  ];
}

function folders(path: string): string[] {
  return path.split('/').slice(0, -1);
}
