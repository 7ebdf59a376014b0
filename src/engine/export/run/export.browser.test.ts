import { unzipSync } from 'fflate';
import { ALL_FORMATS, BlobSource, Input, VideoSampleSink } from 'mediabunny';
import { describe, expect, test } from 'vitest';
import { fixture } from '../../../../test/videofiles.ts';
import { inWords } from '../../../lib/phrases.ts';
import { USUAL_EFFECTS } from '../../mask/effects.ts';
import type { Paint } from '../../mask/paint.ts';
import { openClip } from '../../video/open.ts';
import { videoFormats } from '../encoders.ts';
import type { ExportContent, ExportOrder } from '../formats/index.ts';
import { EXPORT_NOTES } from '../notes.ts';
import { blobSink, fileSink } from '../sink.ts';
import type { Overlay } from '../types.ts';
import { runExport } from './export.ts';

/** The fixtures show red, green, blue and white quadrants; the object is the left half, red over blue. */
const leftHalf = (_frame: number, width: number, height: number) =>
  Uint16Array.from({ length: width * height }, (_, i) => Number(i % width < width / 2));
const objects: ExportOrder['objects'] = [{ index: 1, name: 'Left', category: 'object', clusters: [1] }];
const [RED, GREEN, YELLOW] = [
  [220, 20, 20],
  [20, 200, 20],
  [255, 255, 0],
] as const;
const plain: Paint = { colour: 0xffff00, fill: 1, outline: 0, pattern: 'solid' };
const overlay: Overlay = {
  paints: [plain, { ...plain, fill: 0 }],
  looks: ['fill'],
  effects: USUAL_EFFECTS,
  trails: null,
};
const edge = { feather: 0, shift: 0 };

async function exported(name: string, content: ExportContent, part: Partial<ExportOrder> = {}) {
  const files = [await fixture(name)];
  const clip = await openClip(files);
  const order = { content, objects, start: 0, end: null, ...part };
  const { signal } = new AbortController();
  const sink = blobSink('');
  const result = await runExport(
    { clip, files, isMasked: () => true, labels: leftHalf },
    order,
    sink,
    () => {},
    signal,
  );
  clip.close();
  return { ...result, file: result.file!, info: clip.info };
}

/** Reads a video with the demuxer and the browser's decoder: every frame's time, and colours of the first. */
async function read(file: File) {
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  const track = (await input.getPrimaryVideoTrack())!;
  const sound = await input.getPrimaryAudioTrack();
  const times: number[] = [];
  let colours: number[][] = [];
  let end = 0;
  for await (const sample of new VideoSampleSink(track).samples()) {
    times.push(sample.timestamp);
    end = sample.timestamp + sample.duration;
    if (times.length === 1) {
      const [width, height] = [sample.displayWidth, sample.displayHeight];
      const context = new OffscreenCanvas(width, height).getContext('2d')!;
      sample.draw(context, 0, 0);
      const at = (x: number, y: number) => [...context.getImageData(x * width, y * height, 1, 1).data];
      colours = [at(0.15, 0.15), at(0.85, 0.15), at(0.15, 0.85), at(0.85, 0.85)];
    }
    sample.close();
  }
  const found = {
    codec: await track.getCodec(),
    size: [await track.getDisplayWidth(), await track.getDisplayHeight()],
    transparent: await track.canBeTransparent(),
    sound: sound && { codec: await sound.getCodec(), duration: await sound.computeDuration() },
    times,
    end,
    colours,
  };
  input.dispose();
  return found;
}

function near(colour: readonly number[] | undefined, wanted: readonly number[], by = 30): void {
  wanted.forEach((value, channel) => {
    expect(Math.abs(colour![channel]! - value), `${colour} is not ${wanted}`).toBeLessThan(by);
  });
}

const tenths = Array.from({ length: 20 }, (_, index) => index / 10);
const { mp4 } = await videoFormats({ width: 96, height: 64 }, 10, 'good');

describe('overlay', () => {
  test('WebM: as many frames as the clip, at its times, in its colours', async () => {
    const content = { kind: 'overlay', overlay, container: 'webm', quality: 'best', sound: true } as const;
    const { file, frames, notes } = await exported('bframes.mp4', content);
    expect([file.name, file.type]).toEqual(['bframes-overlay.webm', 'video/webm']);
    expect([frames, notes]).toEqual([20, []]);
    const video = await read(file);
    expect(video).toMatchObject({ codec: 'vp9', size: [96, 64], transparent: false, sound: null });
    expect(video.times).toEqual(tenths);
    expect(video.end).toBeCloseTo(2, 3);
    near(video.colours[0], YELLOW);
    near(video.colours[1], GREEN);
  });

  test.skipIf(!mp4)('MP4 (skipped where no H.264 encoder is)', async () => {
    const content = { kind: 'overlay', overlay, container: 'mp4', quality: 'best', sound: true } as const;
    const { file, frames, notes } = await exported('with-sound.mp4', content);
    expect([frames, notes]).toEqual([20, []]);
    const video = await read(file);
    expect(video).toMatchObject({ codec: 'avc', size: [96, 64] });
    expect(video.sound!.codec).toBe('aac');
    expect(video.times).toEqual(tenths);
    near(video.colours[0], YELLOW);
    near(video.colours[1], GREEN);
  });

  test('frames that last unequally keep their times', async () => {
    const content = { kind: 'overlay', overlay, container: 'webm', quality: 'good', sound: true } as const;
    const { file, info } = await exported('variable.mp4', content);
    const { times } = await read(file);
    expect(times).toHaveLength(20);
    times.forEach((time, index) => {
      expect(time).toBeCloseTo(info.timestamps[index]!, 3);
    });
  });

  test('odd sizes, and only a part of the clip', async () => {
    const content = { kind: 'overlay', overlay, container: 'webm', quality: 'best', sound: true } as const;
    const { file, frames, notes } = await exported('odd.webm', content, { start: 5, end: 9 });
    expect([frames, notes]).toEqual([4, []]);
    const { size, times, end } = await read(file);
    expect(size).toEqual([97, 65]);
    expect(times).toEqual([0, 0.1, 0.2, 0.3]);
    expect(end).toBeCloseTo(0.4, 3);
  });

  test.skipIf(!mp4)('odd sizes become even for H.264, and that is said', async () => {
    const content = { kind: 'overlay', overlay, container: 'mp4', quality: 'best', sound: true } as const;
    const { file, notes } = await exported('odd.webm', content);
    expect(notes.map((note) => inWords(EXPORT_NOTES, note))).toEqual([
      expect.stringContaining('97 × 65 became 98 × 66'),
    ]);
    expect((await read(file)).size).toEqual([98, 66]);
  });
});

describe('sound', () => {
  const content = { kind: 'overlay', overlay, container: 'webm', quality: 'small', sound: true } as const;

  test('is copied where the container takes it', async () => {
    const { file, notes } = await exported('with-sound.webm', content);
    const { sound } = await read(file);
    expect(sound!.codec).toBe('opus');
    expect(sound!.duration).toBeCloseTo(2, 1);
    expect(notes).toEqual([]);
  });

  test('is cut with the part', async () => {
    const { file } = await exported('with-sound.webm', content, { start: 10 });
    const { sound, times } = await read(file);
    expect(times).toHaveLength(10);
    expect(sound!.duration).toBeCloseTo(1, 1);
  });

  test('is re-encoded where it does not, and that is said', async () => {
    const { file, notes } = await exported('with-sound.mp4', content);
    const { sound } = await read(file);
    expect(sound!.codec).toBe('opus');
    expect(sound!.duration).toBeCloseTo(2, 1);
    expect(notes.map((note) => inWords(EXPORT_NOTES, note))).toEqual([
      expect.stringMatching(/re-encoded as Opus: WEBM does not take AAC/),
    ]);
  });

  test('is left out when it is not wanted', async () => {
    const { file } = await exported('with-sound.webm', { ...content, sound: false });
    expect((await read(file)).sound).toBeNull();
  });
});

test('cut-out: the object’s colours, and transparency around it', async () => {
  const { file, frames } = await exported('bframes.mp4', {
    kind: 'cutout',
    edge,
    quality: 'best',
    sound: true,
  });
  expect(frames).toBe(20);
  const video = await read(file);
  expect(video).toMatchObject({ codec: 'vp9', transparent: true });
  expect(video.times).toEqual(tenths);
  near(video.colours[0], [...RED, 255]);
  expect(video.colours[1]![3]).toBeLessThan(10);
  expect(video.colours[3]![3]).toBeLessThan(10);
});

test('a cut-out that is opened again is the object on black, without a rim of what lay around it', async () => {
  const { file } = await exported('bframes.mp4', {
    kind: 'cutout',
    edge,
    quality: 'best',
    sound: false,
  });
  const clip = await openClip([file]);
  const { width, height } = clip.info;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  const shown: number[] = [];
  for await (const frame of clip.frames([0, 10, 19])) {
    shown.push(frame.index);
    frame.draw(context, width, height);
    frame.close();
    // The object ends in the middle; a codec may smear its last pixel.
    for (const y of [height / 4, (3 * height) / 4]) {
      const row = context.getImageData(0, y, width, 1).data;
      const lit = Array.from({ length: width }, (_, x) => Math.max(...row.subarray(4 * x, 4 * x + 3)) > 40);
      expect(lit.lastIndexOf(true), `row ${y}`).toBeLessThanOrEqual(width / 2);
      expect(lit.indexOf(false), `row ${y}`).toBeGreaterThanOrEqual(width / 2 - 1);
    }
    near([...context.getImageData(width / 4, height / 4, 1, 1).data], RED);
  }
  expect(shown).toEqual([0, 10, 19]);
  clip.close();
});

describe('background', () => {
  const base = { kind: 'background', edge, container: 'webm', quality: 'best', sound: true } as const;

  test('in one colour', async () => {
    const backdrop = { fill: 'colour', colour: 0xffff00 } as const;
    const { colours, times } = await read((await exported('bframes.mp4', { ...base, backdrop })).file);
    expect(times).toEqual(tenths);
    near(colours[0], RED);
    near(colours[1], YELLOW);
  });

  test('blurred: green and white run into each other, the object stays as it was', async () => {
    const backdrop = { fill: 'blur', radius: 0.5 } as const;
    const { colours } = await read((await exported('bframes.mp4', { ...base, backdrop })).file);
    near(colours[0], RED);
    const [red, green] = colours[1]!;
    expect(green).toBeGreaterThan(150);
    expect(red).toBeGreaterThan(50);
    expect(red).toBeLessThan(190);
  });
});

test('effects: a grey background, the object as it is; a still is one small picture of the same', async () => {
  const bare = { ...plain, fill: 0 };
  const content = {
    kind: 'overlay',
    overlay: {
      paints: [bare, bare],
      looks: ['none'],
      effects: { ...USUAL_EFFECTS, background: 'grey', feather: 0 },
      trails: null,
    },
    container: 'webm',
    quality: 'best',
    sound: false,
  } as const;
  const { colours } = await read((await exported('bframes.mp4', content)).file);
  near(colours[0], RED);
  const luma = 0.2126 * GREEN[0] + 0.7152 * GREEN[1] + 0.0722 * GREEN[2];
  near(colours[1], [luma, luma, luma], 12);

  const { file } = await exported('bframes.mp4', content, { start: 3, end: 4, still: 48 });
  expect([file.name, file.type]).toEqual(['bframes.png', 'image/png']);
  const bitmap = await createImageBitmap(file);
  expect([bitmap.width, bitmap.height]).toEqual([48, 32]);
  const context = new OffscreenCanvas(48, 32).getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  near([...context.getImageData(5, 5, 1, 1).data], RED);
  near([...context.getImageData(42, 5, 1, 1).data], [luma, luma, luma], 4);
});

test('GIF: every frame, as long as it was', async () => {
  const { file } = await exported('bframes.mp4', { kind: 'gif', overlay, width: 48 });
  const decoder = new ImageDecoder({ data: await file.arrayBuffer(), type: 'image/gif' });
  await Promise.all([decoder.completed, decoder.tracks.ready]);
  expect(decoder.tracks.selectedTrack!.frameCount).toBe(20);
  const { image } = await decoder.decode({ frameIndex: 19 });
  expect([image.displayWidth, image.displayHeight, image.duration]).toEqual([48, 32, 100_000]);
  const context = new OffscreenCanvas(48, 32).getContext('2d')!;
  context.drawImage(image, 0, 0);
  near([...context.getImageData(6, 4, 1, 1).data], YELLOW);
  near([...context.getImageData(42, 4, 1, 1).data], GREEN);
  image.close();
  decoder.close();
});

test('objects as PNG: opaque inside, transparent around', async () => {
  const { file } = await exported('bframes.mp4', { kind: 'objects' });
  const files = unzipSync(new Uint8Array(await file.arrayBuffer()));
  expect(Object.keys(files)).toHaveLength(20);
  const bitmap = await createImageBitmap(new Blob([files['bframes/1-Left/00007.png']! as BlobPart]));
  const context = new OffscreenCanvas(96, 64).getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  near([...context.getImageData(10, 10, 1, 1).data], [...RED, 255]);
  expect([...context.getImageData(80, 10, 1, 1).data]).toEqual([0, 0, 0, 0]);
});

test.each([
  ['coco', 'bframes/00007.jpg', 'bframes-coco.json'],
  ['yolo', 'images/train/bframes_00007.jpg', 'labels/train/bframes_00007.txt'],
  ['voc', 'JPEGImages/bframes_00007.jpg', 'Annotations/bframes_00007.xml'],
] as const)(
  '%s with the frames: a picture beside each frame’s annotation',
  async (kind, picture, annotation) => {
    const { file, frames } = await exported('bframes.mp4', { kind, pictures: true });
    expect([frames, file.type]).toEqual([20, 'application/zip']);
    const files = unzipSync(new Uint8Array(await file.arrayBuffer()));
    expect(Object.keys(files).filter((name) => name.endsWith('.jpg'))).toHaveLength(20);
    expect(files[annotation]!.length).toBeGreaterThan(0);
    const bitmap = await createImageBitmap(new Blob([files[picture]! as BlobPart]));
    const context = new OffscreenCanvas(96, 64).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    near([...context.getImageData(10, 10, 1, 1).data], [...RED, 255]);
  },
);

test('a chosen file is written at the end, and not at all when cancelled', async () => {
  const folder = await navigator.storage.getDirectory();
  const choose = () => folder.getFileHandle('chosen.webm', { create: true });
  const clip = await openClip([await fixture('bframes.mp4')]);
  const content = { kind: 'overlay', overlay, container: 'webm', quality: 'small', sound: false } as const;
  const order = { content, objects, start: 0, end: null };
  const go = async (handle: FileSystemFileHandle, stopAt: number) => {
    const stop = new AbortController();
    const watch = ({ done }: { done: number }) => {
      if (done === stopAt) stop.abort();
    };
    return runExport(
      { clip, files: [], isMasked: () => true, labels: leftHalf },
      order,
      await fileSink(handle),
      watch,
      stop.signal,
    );
  };
  await expect(go(await choose(), 5)).rejects.toMatchObject({ name: 'AbortError' });
  await expect(folder.getFileHandle('chosen.webm')).rejects.toMatchObject({ name: 'NotFoundError' });
  const handle = await choose();
  const { file, bytes } = await go(handle, -1);
  expect(file).toBeNull();
  const written = await handle.getFile();
  expect(written.size).toBe(bytes);
  expect((await read(written)).times).toEqual(tenths);
  clip.close();
  await folder.removeEntry('chosen.webm');
});
