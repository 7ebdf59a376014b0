import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { decodeRle } from '../../lib/rle.ts';
import { decodeMask } from '../mask/mask-png.ts';
import type { Clip } from '../video/types.ts';
import type { ExportContent, ExportOrder } from './formats/index.ts';
import { innerPoints } from './inner-points.ts';
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
  const source = { clip: { info } as Clip, files: [], labels };
  const order = { content, objects, start: 0, end: null, ...part };
  const { signal } = new AbortController();
  const { file, ...result } = await runExport(source, order, blobSink(''), () => {}, signal);
  return { ...result, name: file!.name, bytes: new Uint8Array(await file!.arrayBuffer()) };
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
