import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { inWords } from '../../lib/phrases.ts';
import { decodeRle } from '../../lib/rle.ts';
import { decodeMask } from '../mask/mask-png.ts';
import type { Clip } from '../video/types.ts';
import type { ExportContent, ExportOrder } from './formats/index.ts';
import { innerPoints } from './inner-points.ts';
import { EXPORT_NOTES } from './notes.ts';
import { runExport } from './run/export.ts';
import { blobSink } from './sink.ts';

/**
 * Eight by six pixels, three frames: cluster 1 is a frame of two by two around a hole that moves right, cluster 2 a bar of
 * the last column, and in the last frame alone.
 */
const [WIDTH, HEIGHT] = [8, 6];
const labels = (frame: number, width: number, height: number) =>
  Uint16Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (x === 7) return frame === 2 ? 2 : 0;
    const inside = x >= frame && x < frame + 3 && y >= 1 && y < 4;
    return inside && !(x === frame + 1 && y === 2) ? 1 : 0;
  });
const objects: ExportOrder['objects'] = [
  { index: 1, name: 'Ring', category: 'a "ring" & co', clusters: [1] },
  { index: 2, name: 'Bar', category: 'bar', clusters: [2] },
];

async function exported(content: ExportContent, part: Partial<ExportOrder> = {}) {
  const info = {
    name: 'clip.mp4',
    width: WIDTH,
    height: HEIGHT,
    frameCount: 3,
    timestamps: Float64Array.of(0, 0.04, 0.08),
    duration: 0.12,
  };
  const source = { clip: { info } as Clip, files: [], isMasked: () => true, labels };
  const order = { content, objects, start: 0, end: null, ...part };
  const { signal } = new AbortController();
  const { file, ...result } = await runExport(source, order, blobSink(''), () => {}, signal);
  return { ...result, name: file!.name, bytes: new Uint8Array(await file!.arrayBuffer()) };
}

async function json(content: ExportContent, part: Partial<ExportOrder>) {
  const { bytes } = await exported(content, part);
  return JSON.parse(new TextDecoder().decode(bytes));
}

async function filesOf(content: ExportContent, part: Partial<ExportOrder> = {}) {
  const { bytes, name } = await exported(content, part);
  const files = unzipSync(bytes);
  const text = (path: string) => new TextDecoder().decode(files[path]);
  return { name, files, text, paths: Object.keys(files) };
}

test('YOLO: data.yaml, and one line per object with its outline as shares, the hole joined to it', async () => {
  const { name, text, paths } = await filesOf({ kind: 'yolo' });
  expect(name).toBe('clip-yolo.zip');
  expect(paths).toEqual([
    'data.yaml',
    'labels/train/clip_00000.txt',
    'labels/train/clip_00001.txt',
    'labels/train/clip_00002.txt',
  ]);
  expect(text('data.yaml')).toContain('train: images/train\n');
  expect(text('data.yaml')).toContain('names:\n  0: "a \\"ring\\" & co"\n  1: "bar"\n');
  const [ring] = text('labels/train/clip_00000.txt').trim().split('\n');
  const [kind, ...shares] = ring!.split(' ').map(Number);
  expect(kind).toBe(0);
  const corners = shares.map((share, i) => share * (i % 2 === 0 ? WIDTH : HEIGHT));
  // Four corners outside, the way to the hole, its four and the first again, and the way back.
  expect(corners).toHaveLength(2 * 10);
  corners.forEach((corner) => {
    expect(corner).toBeCloseTo(Math.round(corner), 4);
  });
  expect(text('labels/train/clip_00002.txt').trim().split('\n')[1]).toBe('1 0.875 0 1 0 1 1 0.875 1');
});

test('Pascal VOC: boxes from pixel 1 on, both ends within, and masks of classes and objects', async () => {
  const { text, files, paths } = await filesOf({ kind: 'voc' });
  expect(paths).toHaveLength(2 + 3 * 3);
  expect(text('labelmap.txt')).toBe(
    '# label:color_rgb:parts:actions\nbackground:0,0,0::\na "ring" & co:128,0,0::\nbar:0,128,0::\n',
  );
  expect(text('ImageSets/Segmentation/default.txt')).toBe('clip_00000\nclip_00001\nclip_00002\n');
  const first = text('Annotations/clip_00000.xml');
  expect(first).toContain('<filename>clip_00000.jpg</filename>');
  expect(first).toContain('<name>a &quot;ring&quot; &amp; co</name>');
  expect(first).toContain('<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox>');
  expect(first.match(/<object>/g)).toHaveLength(1);
  expect(text('Annotations/clip_00002.xml').match(/<object>/g)).toHaveLength(2);
  for (const folder of ['SegmentationClass', 'SegmentationObject']) {
    const mask = await decodeMask(files[`${folder}/clip_00002.png`]!, 'mask');
    expect([...mask.labels]).toEqual([...labels(2, WIDTH, HEIGHT)]);
  }
});

test('Pascal VOC: classes are distinguished from objects', async () => {
  const alike = objects.map((object) => ({ ...object, category: 'thing' }));
  const { files } = await filesOf({ kind: 'voc' }, { objects: alike });
  const most = async (folder: string) =>
    Math.max(...(await decodeMask(files[`${folder}/clip_00002.png`]!, 'mask')).labels);
  expect([await most('SegmentationClass'), await most('SegmentationObject')]).toEqual([1, 2]);
});

test('MOT: frames, objects, classes and pixels from 1, of a part as of the whole', async () => {
  const { text, paths } = await filesOf({ kind: 'mot' }, { start: 1 });
  expect(paths).toEqual(['clip/gt/gt.txt', 'clip/gt/labels.txt', 'clip/seqinfo.ini']);
  expect(text('clip/gt/gt.txt')).toBe('1,1,2,2,3,3,1,1,1\n2,1,3,2,3,3,1,1,1\n2,2,8,1,1,6,1,2,1\n');
  expect(text('clip/gt/labels.txt')).toBe('a "ring" & co\nbar\n');
  expect(text('clip/seqinfo.ini')).toContain('frameRate=25\nseqLength=2\nimWidth=8\nimHeight=6\n');
});

test('MOTS: run lengths that hold the object’s pixels, ids that hold its class', async () => {
  const { text } = await filesOf({ kind: 'mots' });
  const lines = text('clip/gt/gt.txt').trim().split('\n');
  expect(lines.map((line) => line.split(' ').slice(0, 5).join(' '))).toEqual([
    '1 1001 1 6 8',
    '2 1001 1 6 8',
    '3 1001 1 6 8',
    '3 2002 2 6 8',
  ]);
  const counts = lines[2]!.split(' ')[5]!;
  const wanted = [...labels(2, WIDTH, HEIGHT)].map((label) => Number(label === 1));
  expect([...decodeRle({ size: [HEIGHT, WIDTH], counts })]).toEqual(wanted);
});

test('SAM 2: of the one frame a box, points inside and a mask an object; what is not in it is left out', async () => {
  const { bytes, frames, name } = await exported({ kind: 'sam2' }, { start: 2, end: 3 });
  expect([frames, name]).toEqual([1, 'clip-sam2.json']);
  const read = JSON.parse(new TextDecoder().decode(bytes));
  expect(read).toMatchObject({ frame_idx: 2, seconds: 0.08, video: { width: WIDTH, frames: 3 } });
  const [ring, bar] = read.objects;
  expect(ring).toMatchObject({ obj_id: 1, name: 'Ring', box: [2, 1, 5, 4], labels: [1] });
  expect(bar).toMatchObject({ obj_id: 2, category: 'bar', box: [7, 0, 8, 6] });
  for (const { points, mask } of read.objects)
    for (const [x, y] of points) expect(decodeRle(mask)[y * WIDTH + x]).toBe(1);
  const earlier = await exported({ kind: 'sam2' }, { start: 0, end: 1 });
  expect(JSON.parse(new TextDecoder().decode(earlier.bytes)).objects).toHaveLength(1);
});

test('points lie deepest inside, one in each of the large parts', () => {
  const width = 16;
  const places = Uint16Array.from({ length: width * 9 }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (x < 7 && y > 0 && y < 8) return 0;
    if (x >= 8 && x < 13 && y < 5) return 0;
    return x === 15 && y === 8 ? 0 : 1;
  });
  const [parts, rest] = innerPoints(places, width, 2);
  expect(parts).toEqual([
    [3, 4],
    [10, 2],
  ]);
  expect(rest!.length).toBeGreaterThan(0);
  expect(innerPoints(new Uint16Array(9).fill(2), 3, 2)).toEqual([[], []]);
});

test('classes of the user’s own come first, in their order, in every clip’s files; other names after them', async () => {
  const classes = ['cat', 'bar', 'dog'];
  const yolo = await filesOf({ kind: 'yolo' }, { classes });
  expect(yolo.text('data.yaml')).toContain(
    'names:\n  0: "cat"\n  1: "bar"\n  2: "dog"\n  3: "a \\"ring\\" & co"\n',
  );
  const kinds = yolo.text('labels/train/clip_00002.txt').trim().split('\n');
  expect(kinds.map((line) => line.split(' ')[0])).toEqual(['3', '1']);
  const coco = await json({ kind: 'coco' }, { classes });
  expect(coco.categories.map(({ id, name }: { id: number; name: string }) => [id, name])).toEqual([
    [1, 'cat'],
    [2, 'bar'],
    [3, 'dog'],
    [4, 'a "ring" & co'],
  ]);
  expect(coco.annotations.at(-1)).toMatchObject({ track_id: 2, category_id: 2 });
  const mot = await filesOf({ kind: 'mot' }, { classes });
  expect(mot.text('clip/gt/labels.txt')).toBe('cat\nbar\ndog\na "ring" & co\n');
  expect(mot.text('clip/gt/gt.txt').trim().split('\n').at(-1)).toBe('3,2,8,1,1,6,1,2,1');
  const mots = await filesOf({ kind: 'mots' }, { classes });
  expect(mots.text('clip/gt/gt.txt').trim().split('\n').at(-1)).toMatch(/^3 2002 2 /);
  const voc = await filesOf({ kind: 'voc' }, { classes });
  expect(
    voc
      .text('labelmap.txt')
      .split('\n')
      .slice(1, 4)
      .map((line) => line.split(':')[0]),
  ).toEqual(['background', 'cat', 'bar']);
  const mask = await decodeMask(voc.files['SegmentationClass/clip_00002.png']!, 'mask');
  expect(new Set(mask.labels)).toEqual(new Set([0, 4, 2]));
  const vis = await json({ kind: 'youtube-vis' }, { classes });
  expect(vis.annotations.map(({ category_id }: { category_id: number }) => category_id)).toEqual([4, 2]);
});

test('Pascal VOC says what has a class that an indexed PNG cannot hold', async () => {
  const classes = Array.from({ length: 254 }, (_, i) => `class ${i}`);
  const { notes } = await exported({ kind: 'voc' }, { classes });
  expect(notes.map((note) => inWords(EXPORT_NOTES, note))).toEqual([
    expect.stringContaining('last 2 of the list are left out'),
  ]);
});

test('only reviewed frames are written where each stands for itself', async () => {
  const only: Partial<ExportOrder> = {
    reviewed: [
      [0, 1],
      [2, 3],
    ],
    reviewedOnly: true,
  };
  const coco = await json({ kind: 'coco' }, only);
  expect(coco.images).toMatchObject([
    { id: 1, frame_index: 0, seconds: 0, reviewed: true },
    { id: 2, frame_index: 2, seconds: 0.08, reviewed: true },
  ]);
  expect(coco.annotations.map(({ image_id }: { image_id: number }) => image_id)).toEqual([1, 2, 2]);
  expect((await filesOf({ kind: 'yolo' }, only)).paths).toEqual([
    'data.yaml',
    'labels/train/clip_00000.txt',
    'labels/train/clip_00002.txt',
  ]);
  const voc = await filesOf({ kind: 'voc' }, only);
  expect(voc.text('ImageSets/Segmentation/default.txt')).toBe('clip_00000\nclip_00002\n');
  expect(voc.paths).toHaveLength(2 + 3 * 2);
  const vis = await json({ kind: 'youtube-vis' }, only);
  expect(vis.videos).toMatchObject([{ length: 2, file_names: ['clip/00000.jpg', 'clip/00002.jpg'] }]);
  expect(vis.annotations[1]).toMatchObject({ length: 2, bboxes: [null, [7, 0, 1, 6]] });
  const part = await exported({ kind: 'davis' }, { ...only, start: 1 });
  expect(part.frames).toBe(1);
  expect(Object.keys(unzipSync(part.bytes))).toEqual(['clip/00002.png']);
});

test('which frames were reviewed is said where all are written', async () => {
  const reviewed: ExportOrder['reviewed'] = [[1, 2]];
  const coco = await json({ kind: 'coco' }, { reviewed });
  expect(coco.images.map((image: { reviewed: boolean }) => image.reviewed)).toEqual([false, true, false]);
  const { bytes } = await exported({ kind: 'csv' }, { reviewed });
  const rows = new TextDecoder().decode(bytes).trim().split('\r\n').slice(1);
  expect(rows.map((row) => row.split(',').slice(-2).join())).toEqual(
    [0, 1, 0].flatMap((flag) => [`"a ""ring"" & co",${flag}`, `bar,${flag}`]),
  );
});
