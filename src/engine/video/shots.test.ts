import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRandom } from '../../lib/random.ts';
import { failure } from './errors.ts';
import { changeFrom, type Signature, shotsOf, signatureOf, surveyClip, THUMBNAIL } from './shots.ts';
import type { Clip } from './types.ts';

const { width, height } = THUMBNAIL;

/** A picture in a few colours around `base`, its texture moved by `shift` pixels, and mixed with another's colours. */
function picture(base: readonly number[], shift = 0, mixed?: { base: readonly number[]; share: number }) {
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const wave = 24 * Math.sin(((pixel % width) + shift) / 3);
    for (let channel = 0; channel < 3; channel++) {
      const own = base[channel]! + wave;
      const other = mixed ? mixed.base[channel]! + wave : own;
      rgba[4 * pixel + channel] = own + (mixed?.share ?? 0) * (other - own);
    }
    rgba[4 * pixel + 3] = 255;
  }
  return signatureOf(rgba);
}

const MEADOW = [60, 140, 70];
const ROOM = [190, 120, 60];
const NIGHT = [20, 20, 50];
const WHITE = [250, 250, 250];
const shot = (base: readonly number[], frames: number, pan = 0.3): Signature[] =>
  Array.from({ length: frames }, (_, i) => picture(base, pan * i));

const shotsIn = (frames: readonly Signature[], first?: number) =>
  shotsOf(
    frames.map((frame, i) => changeFrom(frame, frames.slice(Math.max(0, i - 3), i).reverse())),
    first,
  );

test('a cut ends a shot, and frames count from the first', () => {
  const frames = [...shot(MEADOW, 20), ...shot(ROOM, 15), ...shot(NIGHT, 9)];
  expect(shotsIn(frames)).toEqual([
    { start: 0, end: 20 },
    { start: 20, end: 35 },
    { start: 35, end: 44 },
  ]);
  expect(shotsIn(frames, 100)[1]).toEqual({ start: 120, end: 135 });
});

test.each([
  ['one frame', 1],
  ['two frames', 2],
])('a flash of %s is no cut', (_, length) => {
  const frames = [...shot(MEADOW, 12), ...shot(WHITE, length), ...shot(MEADOW, 12)];
  expect(shotsIn(frames)).toEqual([{ start: 0, end: frames.length }]);
});

test('a slow fade from one picture to another is no cut', () => {
  const fade = Array.from({ length: 24 }, (_, i) => picture(MEADOW, 0, { base: ROOM, share: (i + 1) / 25 }));
  const frames = [...shot(MEADOW, 10, 0), ...fade, ...shot(ROOM, 10, 0)];
  expect(shotsIn(frames)).toEqual([{ start: 0, end: frames.length }]);
});

test('a fast pan is no cut: the picture changes, its colours do not', () => {
  expect(shotsIn(shot(MEADOW, 20, 9))).toEqual([{ start: 0, end: 20 }]);
});

test('noise that changes in every frame is no series of cuts', () => {
  const random = createRandom(1);
  const frames = Array.from({ length: 20 }, () =>
    picture([255 * random.next(), 255 * random.next(), 255 * random.next()]),
  );
  expect(shotsIn(frames)).toEqual([{ start: 0, end: 20 }]);
});

test('no shot has fewer than four frames', () => {
  const frames = [...shot(MEADOW, 3), ...shot(ROOM, 10), ...shot(NIGHT, 3)];
  expect(shotsIn(frames)).toEqual([{ start: 0, end: 16 }]);
  expect(shotsIn([...shot(MEADOW, 4), ...shot(ROOM, 4)])).toEqual([
    { start: 0, end: 4 },
    { start: 4, end: 8 },
  ]);
});

test('one frame is one shot', () => {
  expect(shotsIn(shot(MEADOW, 1), 7)).toEqual([{ start: 7, end: 8 }]);
});

describe('going through a clip', () => {
  const { signal } = new AbortController();

  const filled = (colour: readonly number[]) =>
    Uint8ClampedArray.from({ length: 4 * 4 * width * height }, (_, i) => colour[i % 4]!);
  const pixels = new Map([MEADOW, ROOM].map((colour) => [colour, filled([...colour, 255])]));

  /** A canvas that is what was drawn on it last. */
  class OneColour {
    colour = MEADOW;
    getContext = () => this;
    fillRect = () => undefined;
    getImageData = () => ({ data: pixels.get(this.colour) });
  }
  beforeEach(() => void vi.stubGlobal('OffscreenCanvas', OneColour));
  afterEach(() => void vi.unstubAllGlobals());

  /** A clip of frames of one colour each. @param fails what decoding a frame throws, if anything */
  const clipOf = (colourOf: (index: number) => number[], fails: (index: number) => unknown) => {
    const at = vi.fn(async (index: number) => {
      const thrown = fails(index);
      if (thrown !== undefined) throw thrown;
      const draw = (context: unknown) => {
        (context as OneColour).colour = colourOf(index);
      };
      return { index, draw, close: () => undefined };
    });
    const info = { name: 'clip', frameCount: 5000 };
    const reader = () => ({ at, close: () => undefined });
    return { at, clip: { reader, info, keyFrames: Int32Array.of(0, 40) } as unknown as Clip };
  };
  const cutAt = (cut: number) => (index: number) => (index < cut ? MEADOW : ROOM);
  const survey = (clip: Clip, start: number, end: number) =>
    surveyClip(clip, { start, end }, () => undefined, signal);

  test('cuts are found in a clip of any length, in one pass', async () => {
    const { clip, at } = clipOf(cutAt(4100), () => undefined);
    expect(await survey(clip, 100, 4600)).toEqual({
      shots: [
        { start: 100, end: 4100 },
        { start: 4100, end: 4600 },
      ],
      lost: new Set(),
    });
    expect(at).toHaveBeenCalledTimes(4500);
  });

  test('a frame that cannot be decoded is reported, and is no cut', async () => {
    const lost = (index: number) =>
      index === 4 || index === 9 ? failure('video/frame-lost', { name: 'clip', index }) : undefined;
    const { clip } = clipOf(cutAt(20), lost);
    expect(await survey(clip, 4, 30)).toEqual({
      shots: [
        { start: 4, end: 20 },
        { start: 20, end: 30 },
      ],
      lost: new Set([4, 9]),
    });
  });

  test('where the decoder gives up, it is not asked again before the next key frame', async () => {
    const damaged = failure('video/damaged', {
      name: 'clip',
      detail: { code: 'decoder', params: { detail: '' } },
    });
    const { clip, at } = clipOf(cutAt(50), (index) => (index >= 30 && index < 40 ? damaged : undefined));
    const { shots, lost } = await survey(clip, 0, 60);
    expect(shots.map(({ start }) => start)).toEqual([0, 50]);
    expect([...lost]).toEqual(Array.from({ length: 10 }, (_, i) => 30 + i));
    expect(at).toHaveBeenCalledTimes(51);
  });

  test('where nothing can be decoded it says so', async () => {
    const { clip } = clipOf(cutAt(9), (index) => failure('video/frame-lost', { name: 'clip', index }));
    await expect(survey(clip, 3, 9)).rejects.toMatchObject({ code: 'video/frame-lost' });
  });
});
