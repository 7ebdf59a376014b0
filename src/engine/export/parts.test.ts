import { expect, test } from 'vitest';
import { fileOf } from './formats/index.ts';
import { frameTimes } from './frames.ts';
import { measureAll } from './measure.ts';
import { folderOf, stemOf } from './names.ts';
import { cutOut } from './picture.ts';
import { constantRate, usualRate } from './rate.ts';
import { frameRange } from './types.ts';

test('frames keep their times: the first at 0, the last as long as the clip says or until the next', () => {
  const info = { timestamps: Float64Array.of(0.2, 0.3, 0.5, 0.6), duration: 0.5 };
  const whole = frameTimes(info, 0, 4);
  const part = frameTimes(info, 1, 2);
  const near = (values: Float64Array, wanted: number[]) =>
    wanted.forEach((value, at) => {
      expect(values[at]).toBeCloseTo(value, 9);
    });
  near(whole.start, [0, 0.1, 0.3, 0.4]);
  near(whole.duration, [0.1, 0.2, 0.1, 0.1]);
  near(part.start, [0, 0.2]);
  near(part.duration, [0.2, 0.1]);
});

test('a range stays within the clip and holds at least one frame', () => {
  expect(frameRange({ start: 0, end: null }, 7)).toEqual({ start: 0, end: 7, count: 7 });
  expect(frameRange({ start: 2, end: 5 }, 7)).toEqual({ start: 2, end: 5, count: 3 });
  expect(frameRange({ start: 9, end: 3 }, 7)).toEqual({ start: 6, end: 7, count: 1 });
});

const ticks = (count: number, rate: number, to = (seconds: number) => seconds) =>
  Float64Array.from({ length: count }, (_, frame) => to(frame / rate));
const thousandths = (seconds: number) => Math.round(seconds * 1000) / 1000;

test.each([24, 25, 30, 60, 24000 / 1001, 30000 / 1001, 60000 / 1001])(
  'a clip at %d frames a second is known as such',
  (rate) => {
    expect(constantRate(ticks(300, rate))).toBe(rate);
    expect(constantRate(ticks(300, rate, thousandths))).toBe(rate);
  },
);

test('unequal frames have no rate of their own', () => {
  expect(constantRate(Float64Array.of(0, 0.06, 0.14, 0.24))).toBeNull();
  expect(constantRate(Float64Array.of(0))).toBeNull();
  expect(usualRate(Float64Array.of(0.04, 0.04, 0.5))).toBeCloseTo(25);
  expect(usualRate(Float64Array.of(0))).toBe(1);
});

test('names are safe in every file system', () => {
  expect(stemOf('../a/b: "c"?.mp4')).toBe('a-b- -c-');
  expect(stemOf('.mp4')).toBe('clip');
  expect(stemOf('???')).toBe('clip');
  expect(folderOf({ index: 3, name: 'a/b', category: '', clusters: [] })).toBe('3-a-b');
  expect(fileOf({ kind: 'csv' }, 'horse.mov')).toEqual({
    name: 'horse-objects.csv',
    ending: 'csv',
    type: 'text/csv',
  });
});

test('frames at one time are spread until the next: exported times rise', () => {
  const info = { timestamps: Float64Array.of(0, 0, 0.1, 0.1, 0.1, 0.4), duration: 0.4 };
  const { start, duration } = frameTimes(info, 0, 6);
  expect([...start].map((time) => Math.round(time * 1000))).toEqual([0, 50, 100, 200, 300, 400]);
  expect(duration.every((length) => length > 0)).toBe(true);
  const all = frameTimes({ timestamps: new Float64Array(4).fill(2), duration: 0 }, 0, 4);
  expect(all.start.every((time, at) => at === 0 || time > all.start[at - 1]!)).toBe(true);
});

test('boxes and centroids cover whole pixels', () => {
  // Two objects and 2 for none, 4 × 3.
  const places = Uint16Array.of(2, 0, 0, 2, 2, 0, 0, 2, 2, 2, 2, 2);
  expect(measureAll(places, 4, 2)).toEqual([
    { area: 4, box: [1, 0, 2, 2], centroid: [2, 1] },
    { area: 0, box: null, centroid: null },
  ]);
});

test('a cut-out is opaque inside, keeps colour a hair beyond its edge, and holds nothing farther away', () => {
  const [width, height] = [40, 30];
  const alpha = new Uint8Array(width * height);
  alpha[15 * width + 20] = 180;
  const pixels = new Uint8ClampedArray(width * height * 4).fill(200);
  cutOut(pixels, alpha, width);
  const at = (x: number, y: number) => [...pixels.subarray(4 * (y * width + x), 4 * (y * width + x) + 4)];
  expect(at(20, 15)).toEqual([200, 200, 200, 180]);
  expect(at(22, 15)).toEqual([200, 200, 200, 0]);
  expect(at(20, 13)).toEqual([200, 200, 200, 0]);
  expect(at(23, 15)).toEqual([0, 0, 0, 0]);
  expect(at(20, 12)).toEqual([0, 0, 0, 0]);
});
