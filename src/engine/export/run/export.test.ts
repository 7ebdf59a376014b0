import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { readYoutubeVis } from '../../../evaluate/youtube-vis.ts';
import { inWords } from '../../../lib/phrases.ts';
import { decodeRle } from '../../../lib/rle.ts';
import { davisPalette, decodeMask } from '../../mask/mask-png.ts';
import type { Clip } from '../../video/types.ts';
import type { ExportContent, ExportOrder } from '../formats/index.ts';
import { EXPORT_NOTES } from '../notes.ts';
import { blobSink } from '../sink.ts';
import type { ExportProgress, ExportSource } from '../types.ts';
import { runExport } from './export.ts';

/** Seven by five pixels, four frames: cluster 1 is a bar of two columns that moves right, cluster 3 only in frame 2. */
const [WIDTH, HEIGHT] = [7, 5];
const labels = (frame: number, width: number, height: number) =>
  Uint16Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (frame === 2 && y === 4 && x === 6) return 3;
    return x >= frame && x < frame + 2 && y >= 1 && y < 4 ? 1 : 0;
  });
const source: ExportSource = {
  clip: {
    info: {
      name: 'two words.v2.mp4',
      width: WIDTH,
      height: HEIGHT,
      frameCount: 4,
      timestamps: Float64Array.of(0, 0.04, 0.08, 0.12),
      duration: 0.16,
    },
  } as Clip,
  files: [],
  isMasked: () => true,
  labels,
};
const objects: ExportOrder['objects'] = [
  { index: 1, name: 'Bar, "left"', category: 'bar', clusters: [1] },
  { index: 2, name: 'Object 2', category: 'object', clusters: [2, 3] },
];

async function exported(content: ExportContent, order: Partial<ExportOrder> = {}) {
  const reported: ExportProgress[] = [];
  const { signal } = new AbortController();
  const whole = { content, objects, start: 0, end: null, ...order };
  const result = await runExport(source, whole, blobSink(''), (progress) => reported.push(progress), signal);
  const bytes = new Uint8Array(await result.file!.arrayBuffer());
  expect(result.bytes).toBe(bytes.length);
  expect(reported.map(({ done }) => done)).toEqual(Array.from({ length: result.frames + 1 }, (_, i) => i));
  return { ...result, bytes, text: new TextDecoder().decode(bytes) };
}

test('frames without masks are left out where each stands for itself, and shown without objects in a sequence', async () => {
  const some: ExportSource = {
    ...source,
    isMasked: (frame) => frame % 2 === 0,
    labels: (frame, width, height) => (frame % 2 === 0 ? labels(frame, width, height) : null),
  };
  const run = async (kind: 'davis' | 'mot') => {
    const order = { content: { kind }, objects, start: 0, end: null };
    const { signal } = new AbortController();
    const { file, frames, notes } = await runExport(some, order, blobSink(''), () => {}, signal);
    return { files: unzipSync(new Uint8Array(await file!.arrayBuffer())), frames, notes };
  };
  const davis = await run('davis');
  expect(Object.keys(davis.files)).toEqual(['two words.v2/00000.png', 'two words.v2/00002.png']);
  expect([davis.frames, ...davis.notes]).toEqual([
    2,
    { code: 'export/unmasked-left-out', params: { count: 2 } },
  ]);
  const mot = await run('mot');
  const lines = new TextDecoder().decode(mot.files['two words.v2/gt/gt.txt']).trim().split('\n');
  expect(lines.map((line) => line.split(',')[0])).toEqual(['1', '3', '3']);
  expect([mot.frames, ...mot.notes]).toEqual([4, { code: 'export/unmasked', params: { count: 2 } }]);
});

describe('DAVIS', () => {
  test('a zip of one indexed PNG a frame, with DAVIS’s palette and the clip’s size', async () => {
    const { bytes, file } = await exported({ kind: 'davis' });
    expect(file!.name).toBe('two words.v2-masks.zip');
    const files = unzipSync(bytes);
    expect(Object.keys(files)).toEqual([0, 1, 2, 3].map((frame) => `two words.v2/0000${frame}.png`));
    for (const [frame, png] of Object.values(files).entries()) {
      const view = new DataView(png.buffer, png.byteOffset);
      // Header: width, height, 8 bits, colour type 3; then the palette's 256 triples.
      expect([view.getUint32(16), view.getUint32(20), png[24], png[25]]).toEqual([WIDTH, HEIGHT, 8, 3]);
      expect(new TextDecoder().decode(png.subarray(37, 41))).toBe('PLTE');
      expect(view.getUint32(33)).toBe(768);
      expect([...png.subarray(41, 41 + 768)]).toEqual([...davisPalette()]);
      expect([...png.subarray(41, 41 + 9)]).toEqual([0, 0, 0, 128, 0, 0, 0, 128, 0]);
      const mask = await decodeMask(png, 'mask');
      const wanted = [...labels(frame, WIDTH, HEIGHT)].map((cluster) => [0, 1, 2, 2][cluster]);
      expect([...mask.labels]).toEqual(wanted);
    }
  });

  test('a part of the clip keeps the clip’s numbers', async () => {
    const { bytes, frames } = await exported({ kind: 'davis' }, { start: 1, end: 3 });
    expect(frames).toBe(2);
    expect(Object.keys(unzipSync(bytes))).toEqual(['two words.v2/00001.png', 'two words.v2/00002.png']);
  });

  test('of more objects than indices the last are left out, and counted; 255 is no index', async () => {
    const many = Array.from({ length: 257 }, (_, i) => ({ ...objects[0]!, index: i + 1, clusters: [] }));
    const shown = [...many.slice(0, 253), { ...many[253]!, clusters: [1] }, { ...many[254]!, clusters: [2] }];
    const { bytes, notes } = await exported({ kind: 'davis' }, { objects: [...shown, ...many.slice(255)] });
    expect(notes.map((note) => inWords(EXPORT_NOTES, note))).toEqual([
      expect.stringContaining('last 3 of the list are left out'),
    ]);
    for (const png of Object.values(unzipSync(bytes))) {
      expect([png[24], png[25]]).toEqual([8, 3]);
      expect(Math.max(...(await decodeMask(png, 'mask')).labels)).toBeLessThanOrEqual(254);
    }
  });

  test('no objects are refused', async () => {
    await expect(exported({ kind: 'davis' }, { objects: [] })).rejects.toMatchObject({
      code: 'export/no-objects',
    });
  });
});

test('COCO: images, categories, and a run-length mask with area and box an object and frame', async () => {
  const { text } = await exported({ kind: 'coco' });
  const coco = JSON.parse(text);
  expect(coco.images).toHaveLength(4);
  expect(coco.images[3]).toMatchObject({
    id: 4,
    width: WIDTH,
    height: HEIGHT,
    file_name: 'two words.v2/00003.jpg',
  });
  expect(coco.categories.map(({ id, name }: { id: number; name: string }) => [id, name])).toEqual([
    [1, 'bar'],
    [2, 'object'],
  ]);
  expect(coco.annotations).toHaveLength(5);
  // Column by column: a zero, three of the bar, two zeros, three of the bar, the rest. As text each is a character from '0' on; from the fourth on less the one two before: 1 3 2 0 24, of which 24 takes two (8 + 16 with more to come, and 0).
  expect(coco.annotations[0]).toEqual({
    id: 1,
    image_id: 1,
    category_id: 1,
    track_id: 1,
    segmentation: { size: [HEIGHT, WIDTH], counts: '1320h0' },
    area: 6,
    bbox: [0, 1, 2, 3],
    iscrowd: 0,
  });
  expect(decodeRle({ size: [HEIGHT, WIDTH], counts: [1, 3, 2, 3, 26] })).toEqual(
    decodeRle(coco.annotations[0].segmentation),
  );
  expect(coco.annotations.find((a: { category_id: number }) => a.category_id === 2)).toMatchObject({
    image_id: 3,
    track_id: 2,
    area: 1,
    bbox: [6, 4, 1, 1],
  });
});

test('YouTube-VIS: one annotation an object, with a mask or null a frame, as the scorer reads it', async () => {
  const { text, bytes } = await exported({ kind: 'youtube-vis' });
  const { videos, annotations } = JSON.parse(text);
  expect(videos).toEqual([expect.objectContaining({ id: 1, length: 4, width: WIDTH, height: HEIGHT })]);
  expect(annotations).toHaveLength(2);
  expect(annotations[1].segmentations.map(Boolean)).toEqual([false, false, true, false]);
  expect(annotations[1].areas).toEqual([null, null, 1, null]);
  expect(annotations[0].bboxes[1]).toEqual([1, 1, 2, 3]);
  const { sequences } = readYoutubeVis(bytes, 'export.json', []);
  expect(sequences.map(({ name, frames }) => [name, frames.length])).toEqual([['two words.v2', 4]]);
});

test('CSV: one row per object and frame, quoted where it must be', async () => {
  const { text } = await exported({ kind: 'csv' });
  const rows = text.split('\r\n');
  expect(rows).toHaveLength(1 + 4 * 2 + 1);
  expect(rows[0]).toBe(
    'frame,seconds,object,name,area,share,x,y,width,height,centroid_x,centroid_y,class,reviewed',
  );
  expect(rows[3]).toBe('1,0.04,1,"Bar, ""left""",6,0.171429,1,1,2,3,2,2.5,bar,0');
  expect(rows[4]).toBe('1,0.04,2,Object 2,0,0,,,,,,,object,0');
  expect(rows[6]).toBe('2,0.08,2,Object 2,1,0.028571,6,4,1,1,6.5,4.5,object,0');
});

test('a cancelled export ends at the next frame and leaves nothing', async () => {
  const stop = new AbortController();
  const sink = blobSink('');
  const seen: number[] = [];
  const order = { content: { kind: 'davis' } as const, objects, start: 0, end: null };
  const work = runExport(
    source,
    order,
    sink,
    ({ done }) => {
      seen.push(done);
      if (done === 2) stop.abort();
    },
    stop.signal,
  );
  await expect(work).rejects.toMatchObject({ name: 'AbortError' });
  expect(seen).toEqual([0, 1, 2]);
  expect((await sink.close())!.size).toBe(0);
});

test('a sink puts later writes where they belong', async () => {
  const sink = blobSink('');
  await sink.write(Uint8Array.of(1, 2, 3), 0);
  await sink.write(Uint8Array.of(4), 3);
  await sink.write(Uint8Array.of(9, 9), 1);
  await sink.write(Uint8Array.of(7), 6);
  const blob = (await sink.close())!;
  expect([...new Uint8Array(await blob.arrayBuffer())]).toEqual([1, 9, 9, 4, 0, 0, 7]);
});
