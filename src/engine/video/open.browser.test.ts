import { describe, expect, test } from 'vitest';
import { fixture } from '../../../test/videofiles.ts';
import { openClip } from './open.ts';
import type { Clip, DecodedFrame } from './types.ts';

type Colour = readonly [number, number, number];
const RED: Colour = [220, 20, 20];
const GREEN: Colour = [20, 200, 20];
const BLUE: Colour = [20, 20, 220];
const WHITE: Colour = [220, 220, 220];
/** The quadrants as they were painted: from the top left, row by row. */
const UPRIGHT = [RED, GREEN, BLUE, WHITE];

/** What a frame shows when drawn at width × height: the place shown by its middle, and its quadrants' colours. */
function read(frame: DecodedFrame, width: number, height: number): { index: number; quadrants: number[][] } {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  frame.draw(context, width, height);
  const colour = (x: number, y: number) => {
    const at = [Math.round(x * width), Math.round(y * height)] as const;
    return [...context.getImageData(...at, 1, 1).data.slice(0, 3)];
  };
  return {
    index: Math.max(0, Math.round((colour(0.5, 0.5)[1]! - 20) / 10)),
    quadrants: [colour(0.15, 0.15), colour(0.85, 0.15), colour(0.15, 0.85), colour(0.85, 0.85)],
  };
}

async function readAll(clip: Clip, indices: readonly number[]): Promise<number[]> {
  const seen: number[] = [];
  for await (const frame of clip.frames(indices)) {
    seen.push(read(frame, clip.info.width, clip.info.height).index);
    expect(frame.timestamp).toBe(clip.info.timestamps[frame.index]);
    frame.close();
  }
  return seen;
}

const opened = async (name: string) => openClip([await fixture(name)]);
const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const tenths = range(20).map((index) => index / 10);

test.each(['bframes.mp4', 'bframes.mkv', 'bframes.mpegts', 'moving.gif'])(
  'opening %s reports how much of it has been read',
  async (name) => {
    const parts: number[] = [];
    (await openClip([await fixture(name)], undefined, (part) => parts.push(part))).close();
    expect(parts.length).toBeGreaterThan(0);
    expect(Math.min(...parts)).toBeGreaterThan(0);
    expect(Math.max(...parts)).toBeLessThanOrEqual(1);
    expect(parts).toEqual(parts.toSorted((a, b) => a - b));
  },
);

describe('every frame is the one asked for, upright and in its colours', () => {
  test.each([
    ['bframes.mp4', 'MP4', 'avc', 96, 64, 0, UPRIGHT, tenths],
    ['fragmented.mp4', 'MP4', 'avc', 96, 64, 0, UPRIGHT, tenths.map((time) => time + 0.2)],
    ['bframes.mov', 'QuickTime', 'avc', 96, 64, 0, UPRIGHT, tenths],
    ['bframes.mkv', 'Matroska', 'avc', 96, 64, 0, UPRIGHT, tenths],
    ['bframes.mpegts', 'MPEG-TS', 'avc', 96, 64, 0, UPRIGHT, null],
    ['rotated-90.mp4', 'MP4', 'avc', 64, 96, 90, [BLUE, RED, WHITE, GREEN], tenths],
    ['rotated-180.mp4', 'MP4', 'avc', 96, 64, 180, [WHITE, BLUE, GREEN, RED], tenths],
    ['rotated-270.mp4', 'MP4', 'avc', 64, 96, 270, [GREEN, WHITE, RED, BLUE], tenths],
    ['anamorphic.mp4', 'MP4', 'avc', 96, 64, 0, UPRIGHT, tenths],
    ['variable.mp4', 'MP4', 'avc', 96, 64, 0, UPRIGHT, range(20).map((n) => (n * n) / 100 + n / 20)],
    ['hidden.webm', 'WebM', 'vp8', 96, 64, 0, UPRIGHT, tenths],
    ['odd.webm', 'WebM', 'vp9', 97, 65, 0, UPRIGHT, tenths],
    ['av1.webm', 'WebM', 'av1', 96, 64, 0, UPRIGHT, tenths],
    ['moving.gif', 'GIF', 'image/gif', 96, 64, 0, UPRIGHT, tenths],
    ['moving.webp', 'WebP', 'image/webp', 96, 64, 0, UPRIGHT, tenths],
    ['moving.png', 'APNG', 'image/png', 96, 64, 0, UPRIGHT, tenths],
  ] as const)('%s', async (name, container, codec, width, height, rotation, quadrants, timestamps) => {
    const clip = await opened(name);
    expect(clip.info).toMatchObject({ name, container, codec, width, height, rotation, frameCount: 20 });
    const times = [...clip.info.timestamps];
    timestamps?.forEach((time, index) => {
      expect(times[index]).toBeCloseTo(time, 5);
    });
    expect(times).toEqual([...times].sort((a, b) => a - b));
    if (timestamps === tenths) expect(clip.info.duration).toBeCloseTo(2, 1);

    expect(await readAll(clip, range(20))).toEqual(range(20));
    expect(await readAll(clip, [3, 4, 11, 18])).toEqual([3, 4, 11, 18]);
    for await (const frame of clip.frames([5])) {
      for (const [place, colour] of read(frame, width, height).quadrants.entries())
        for (const [channel, value] of colour.entries())
          expect(Math.abs(value - quadrants[place]![channel]!), `quadrant ${place}`).toBeLessThan(25);
      expect([frame.width, frame.height]).toEqual([width, height]);
      frame.close();
    }
    clip.close();
  });

  test('trimmed-start.mp4: what an edit list cuts away is decoded, not shown', async () => {
    const clip = await opened('trimmed-start.mp4');
    expect(clip.info.frameCount).toBe(15);
    expect(await readAll(clip, range(15))).toEqual(range(15).map((index) => index + 5));
  });

  test('an edit that ends early', async () => {
    const bytes = new Uint8Array(await (await fixture('bframes.mp4')).arrayBuffer());
    const list = new TextDecoder('latin1').decode(bytes).indexOf('elst');
    new DataView(bytes.buffer).setUint32(list + 12, 1500);
    const clip = await openClip([new File([bytes], 'cut.mp4')]);
    expect(clip.info.frameCount).toBe(15);
    expect(await readAll(clip, range(15))).toEqual(range(15));
    expect(clip.info.duration).toBeCloseTo(1.5, 3);
  });
});

describe('decoding can be left and taken up', () => {
  test('a reader goes forwards, back, and on after an abort', async () => {
    const clip = await opened('bframes.mp4');
    const reader = clip.reader();
    const at = async (index: number, signal?: AbortSignal) => {
      const frame = await reader.at(index, signal);
      const seen = read(frame, 96, 64).index;
      frame.close();
      return seen;
    };
    expect(await at(2)).toBe(2);
    expect(await at(19)).toBe(19);
    expect(await at(0)).toBe(0);
    const stop = new AbortController();
    const aborted = at(12, stop.signal);
    stop.abort();
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
    expect(await at(13)).toBe(13);
    await expect(at(20)).rejects.toBeInstanceOf(RangeError);
    clip.close();
  });

  test('a generator left early, or aborted, leaves the clip usable', async () => {
    const clip = await opened('odd.webm');
    for await (const frame of clip.frames(range(20))) {
      frame.close();
      break;
    }
    const stop = new AbortController();
    const aborted = (async () => {
      for await (const frame of clip.frames(range(20), stop.signal)) {
        frame.close();
        if (frame.index === 4) stop.abort();
      }
    })();
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readAll(clip, [7, 8])).toEqual([7, 8]);
    clip.close();
  });
});

test('a handful of frames is alive while the caller is slow, and none once it has left', async () => {
  const alive = new Set<VideoFrame>();
  let most = 0;
  const { close } = VideoFrame.prototype;
  const Decoder = globalThis.VideoDecoder;
  VideoFrame.prototype.close = function (this: VideoFrame) {
    alive.delete(this);
    close.call(this);
  };
  globalThis.VideoDecoder = class extends Decoder {
    constructor({ output, error }: VideoDecoderInit) {
      const counted = (frame: VideoFrame) => {
        alive.add(frame);
        output(frame);
        most = Math.max(most, alive.size);
      };
      super({ output: counted, error });
    }
  };
  try {
    const clip = await opened('hidden.webm');
    for await (const frame of clip.frames(range(20))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      frame.close();
      if (frame.index === 12) break;
    }
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(9);
    expect(alive.size).toBe(0);
    clip.close();
  } finally {
    VideoFrame.prototype.close = close;
    globalThis.VideoDecoder = Decoder;
  }
});

describe('stills', () => {
  const painted = async (name: string, colour: string, width = 8, height = 6, type = 'image/png') => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d')!;
    context.fillStyle = colour;
    context.fillRect(0, 0, width, height);
    return new File([await canvas.convertToBlob({ type })], name);
  };

  test('several are the frames of a clip, in natural order; litter is left out', async () => {
    const litter = new File(['x'], '.DS_Store');
    const files = [await painted('f10.png', '#0f0'), litter, await painted('f2.png', '#f00')];
    const clip = await openClip(files);
    expect(clip.info).toMatchObject({ container: 'images', frameCount: 2, width: 8, height: 6 });
    expect([...clip.info.timestamps]).toEqual([0, 1 / 24]);
    const colours: number[][] = [];
    for await (const frame of clip.frames([0, 1])) {
      colours.push(read(frame, 8, 6).quadrants[0]!);
      frame.close();
    }
    expect(colours).toEqual([
      [255, 0, 0],
      [0, 255, 0],
    ]);
  });

  test('one alone is a clip of one frame, turned as its EXIF says', async () => {
    const jpeg = new Uint8Array(await (await fixture('still.jpg')).arrayBuffer());
    // An APP1 segment with one entry: orientation 6, to be turned clockwise by 90°.
    const exif = [
      ...[0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8],
      ...[0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0],
    ];
    const turned = new File([jpeg.slice(0, 2), new Uint8Array(exif), jpeg.slice(2)], 'turned.jpg');
    const clip = await openClip([turned]);
    expect(clip.info).toMatchObject({ width: 64, height: 96, frameCount: 1, container: 'JPEG' });
    for await (const frame of clip.frames([0])) {
      expect(read(frame, 64, 96).quadrants[1]![0]).toBeGreaterThan(180);
      frame.close();
    }
  });

  test('of different sizes: the odd one is named', async () => {
    const files = [await painted('a.png', '#000'), await painted('b.png', '#000', 9, 6)];
    await expect(openClip(files)).rejects.toMatchObject({
      code: 'video/odd-size',
      message: expect.stringContaining('b.png is 9×6'),
    });
  });

  test('with something else among them', async () => {
    const files = [await painted('a.png', '#000'), new File(['hello'], 'notes.txt')];
    await expect(openClip(files)).rejects.toMatchObject({
      code: 'video/mixed-files',
      message: expect.stringContaining('notes.txt is a text file'),
    });
  });
});

describe('what cannot be read says why', () => {
  test.each([
    ['mpeg4.avi', 'video/container', 'AVI'],
    ['old.flv', 'video/container', 'FLV'],
    ['old.wmv', 'video/container', 'WMV/ASF'],
    ['old.ogv', 'video/container', 'Ogg'],
    ['mpeg4.mp4', 'video/codec', 'MPEG-4 Part 2'],
    ['sampling.webm', 'video/codec', 'VP9 profile 1'],
    ['sound.m4a', 'video/no-picture', 'MP4'],
    ['make.sh', 'video/not-media', 'a text file'],
  ])('%s', async (name, code, word) => {
    const error = await opened(name).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringContaining(word) });
  });

  test('HEVC opens where the platform decodes it, and else is named', async () => {
    const result = await opened('hevc.mp4').then(
      (clip) => clip.info,
      (error: unknown) => error,
    );
    const { supported } = await VideoDecoder.isConfigSupported({ codec: 'hvc1.1.6.L30.90' });
    expect(result).toMatchObject(
      supported
        ? { codec: 'hevc', frameCount: 3 }
        : { code: 'video/codec', message: expect.stringContaining('HEVC (H.265)') },
    );
  });

  test('nothing, and an empty file', async () => {
    await expect(openClip([])).rejects.toMatchObject({ code: 'video/empty' });
    await expect(openClip([new File([], 'none.mp4')])).rejects.toMatchObject({ code: 'video/empty' });
  });

  test('of a file that ends too early, the message says how much is there', async () => {
    const whole = await fixture('bframes.mp4');
    const half = new File([whole.slice(0, whole.size * 0.6)], 'half.mp4');
    await expect(openClip([half])).rejects.toMatchObject({
      code: 'video/truncated',
      message: expect.stringMatching(/of its 20 frames only the first \d+ are there/),
    });
    const indexless = new File([(await fixture('bframes.mov')).slice(0, 1500)], 'half.mov');
    await expect(openClip([indexless])).rejects.toMatchObject({ code: 'video/damaged' });
  });

  test('damage in the middle spares what comes before it and after the next key frame', async () => {
    const bytes = new Uint8Array(await (await fixture('odd.webm')).arrayBuffer());
    const clip = await openClip([new File([bytes], 'whole.webm')]);
    expect([...clip.keyFrames]).toEqual([0, 8, 16]);
    const cluster = bytes.length >> 1;
    bytes.fill(0x55, cluster, cluster + 40);
    const damaged = await openClip([new File([bytes], 'damaged.webm')]);
    expect(await readAll(damaged, [0, 1])).toEqual([0, 1]);
    expect(await readAll(damaged, [damaged.info.frameCount - 1])).toEqual([19]);
  });
});
