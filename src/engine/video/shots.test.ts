import { expect, test } from 'vitest';
import { createRandom } from '../../lib/random.ts';
import { type Signature, shotsOf, signatureOf, THUMBNAIL } from './shots.ts';

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

test('a cut ends a shot, and frames count from the first', () => {
  const frames = [...shot(MEADOW, 20), ...shot(ROOM, 15), ...shot(NIGHT, 9)];
  expect(shotsOf(frames)).toEqual([
    { start: 0, end: 20 },
    { start: 20, end: 35 },
    { start: 35, end: 44 },
  ]);
  expect(shotsOf(frames, 100)[1]).toEqual({ start: 120, end: 135 });
});

test.each([
  ['one frame', 1],
  ['two frames', 2],
])('a flash of %s is no cut', (_, length) => {
  const frames = [...shot(MEADOW, 12), ...shot(WHITE, length), ...shot(MEADOW, 12)];
  expect(shotsOf(frames)).toEqual([{ start: 0, end: frames.length }]);
});

test('a slow fade from one picture to another is no cut', () => {
  const fade = Array.from({ length: 24 }, (_, i) => picture(MEADOW, 0, { base: ROOM, share: (i + 1) / 25 }));
  const frames = [...shot(MEADOW, 10, 0), ...fade, ...shot(ROOM, 10, 0)];
  expect(shotsOf(frames)).toEqual([{ start: 0, end: frames.length }]);
});

test('a fast pan is no cut: the picture changes, its colours do not', () => {
  expect(shotsOf(shot(MEADOW, 20, 9))).toEqual([{ start: 0, end: 20 }]);
});

test('noise that changes in every frame is no series of cuts', () => {
  const random = createRandom(1);
  const frames = Array.from({ length: 20 }, () =>
    picture([255 * random.next(), 255 * random.next(), 255 * random.next()]),
  );
  expect(shotsOf(frames)).toEqual([{ start: 0, end: 20 }]);
});

test('no shot has fewer than four frames', () => {
  const frames = [...shot(MEADOW, 3), ...shot(ROOM, 10), ...shot(NIGHT, 3)];
  expect(shotsOf(frames)).toEqual([{ start: 0, end: 16 }]);
  expect(shotsOf([...shot(MEADOW, 4), ...shot(ROOM, 4)])).toEqual([
    { start: 0, end: 4 },
    { start: 4, end: 8 },
  ]);
});

test('one frame is one shot', () => {
  expect(shotsOf(shot(MEADOW, 1), 7)).toEqual([{ start: 7, end: 8 }]);
});
