import type { ZipEntry } from '../../../lib/zip.ts';
import { davisPalette } from '../../mask/mask-png.ts';
import { classesOf, textEntry } from '../annotations.ts';
import { defineFormat, type Job } from '../format.ts';
import { indexedPng, leftOutNotes } from '../indexed.ts';
import { type Measure, measureAll } from '../measure.ts';
import { frameName } from '../names.ts';
import type { ExportObject } from '../types.ts';

/**
 * Pascal VOC: of every frame boxes (`Annotations/*.xml`, in pixels from 1, both ends within) and two indexed PNG, of
 * classes and of objects; `labelmap.txt` has the classes' colours. Pictures lie under `JPEGImages`.
 */
export const voc = defineFormat({
  id: 'voc',
  group: 'data',
  suffix: 'voc',
  extension: () => 'zip',
  options: ['pictures'],
  frames: 'each',
  write: (job, { pictures }) => {
    const numbers = job.selection.objects.map(({ index }) => index);
    const { classOf } = classesOf(job.selection);
    const highest = job.selection.objects.map((object) => Math.max(object.index, classOf(object) + 1));
    return job.writeZip(entries(job, numbers, pictures), leftOutNotes(highest));
  },
});

async function* entries(
  job: Job,
  numbers: readonly number[],
  pictures: boolean | undefined,
): AsyncGenerator<ZipEntry> {
  const { selection, size, stem } = job;
  const { objects } = selection;
  const { names, classOf } = classesOf(selection);
  const classes = objects.map((object) => classOf(object) + 1);
  const nameOf = (frame: number, ending: string) => `${stem}_${frameName(frame, ending)}`;
  yield textEntry('labelmap.txt', labelMap(names));
  const frames = job.frames.map((frame) => `${nameOf(frame, '').slice(0, -1)}\n`);
  yield textEntry('ImageSets/Segmentation/default.txt', frames.join(''));
  for await (const { index, places, picture } of job.annotated(pictures)) {
    const measures = measureAll(places, size.width, objects.length);
    const xml = annotation(nameOf(index, 'jpg'), job, measures);
    yield textEntry(`Annotations/${nameOf(index, 'xml')}`, xml);
    const png = nameOf(index, 'png');
    yield { name: `SegmentationClass/${png}`, input: await indexedPng({ index, places }, classes, size) };
    yield { name: `SegmentationObject/${png}`, input: await indexedPng({ index, places }, numbers, size) };
    if (picture) yield { name: `JPEGImages/${nameOf(index, 'jpg')}`, input: picture };
  }
}

/** Classes and their colours, as CVAT writes and reads them. */
function labelMap(names: readonly string[]): string {
  const palette = davisPalette();
  const line = (name: string, index: number) =>
    `${name.replace(/[:\r\n]/g, ' ')}:${palette.subarray(3 * index, 3 * index + 3).join()}::\n`;
  return `# label:color_rgb:parts:actions\n${['background', ...names].map(line).join('')}`;
}

function annotation(file: string, { size, selection, stem }: Job, measures: readonly Measure[]): string {
  return [
    '<annotation>',
    `  <folder>${xml(stem)}</folder>`,
    `  <filename>${xml(file)}</filename>`,
    `  <size><width>${size.width}</width><height>${size.height}</height><depth>3</depth></size>`,
    '  <segmented>1</segmented>',
    ...selection.objects.flatMap((object, place) => boxed(object, measures[place]!)),
    '</annotation>\n',
  ].join('\n');
}

function boxed({ index, category }: ExportObject, { box }: Measure): string[] {
  if (!box) return [];
  const [x, y, width, height] = box;
  const corners = `<xmin>${x + 1}</xmin><ymin>${y + 1}</ymin><xmax>${x + width}</xmax><ymax>${y + height}</ymax>`;
  return [
    '  <object>',
    `    <name>${xml(category)}</name>`,
    '    <pose>Unspecified</pose><truncated>0</truncated><difficult>0</difficult>',
    `    <bndbox>${corners}</bndbox>`,
    `    <attributes><attribute><name>track_id</name><value>${index}</value></attribute></attributes>`,
    '  </object>',
  ];
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const xml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
