import { describe, expect, test } from 'vitest';
import {
  fitted,
  fittedPair,
  frameAt,
  frameRate,
  frameUnder,
  gapsBetween,
  lanePath,
  nearest,
  playedFrom,
  positionOf,
  spansOf,
} from './timeline.ts';

const TIMES = [0, 0.04, 0.08, 0.5, 0.54];

test('the frame at a time is the last that has begun, whatever the gaps', () => {
  expect([-1, 0, 0.039, 0.04, 0.3, 0.5, 9].map((time) => frameAt(TIMES, time))).toEqual([
    0, 0, 0, 1, 2, 3, 4,
  ]);
});

test.each<[what: string, frame: number, part: [number, number | null] | null, from: number, length: number]>([
  ['no part: the whole clip', 1, null, 0, 0.6],
  ['within the part: that', 2, [1, 3], 0.04, 0.46],
  ['up to the clip’s end', 4, [3, null], 0.5, 0.1],
  ['before it: the whole clip', 0, [1, 3], 0, 0.6],
  ['after it: the whole clip', 3, [1, 3], 0, 0.6],
])('played is, %s', (_, frame, part, from, length) => {
  const clip = { timestamps: TIMES, duration: 0.6 };
  const played = playedFrom(frame, clip, part && { start: part[0], end: part[1] });
  expect(played.from).toBeCloseTo(from);
  expect(played.length).toBeCloseTo(length);
});

test('the nearest processed frame, the earlier on a tie', () => {
  const frames = Int32Array.of(0, 4, 8);
  expect([0, 1, 2, 3, 6, 7, 30].map((frame) => nearest(frames, frame))).toEqual([0, 0, 0, 1, 1, 2, 2]);
});

test('position and frame are each other’s inverse', () => {
  for (const count of [1, 2, 7, 452])
    for (let frame = 0; frame < count; frame++)
      expect(frameUnder(positionOf(frame, count), count)).toBe(frame);
  expect(frameUnder(-0.2, 10)).toBe(0);
  expect(frameUnder(1, 10)).toBe(9);
});

test('the frame rate is not moved by a pause', () => {
  expect(frameRate(TIMES)).toBeCloseTo(25);
  expect(frameRate([0])).toBe(0);
});

describe('a lane', () => {
  test('is drawn only where the object is, each processed frame reaching halfway to its neighbours', () => {
    expect(lanePath([1, 0, 1], [0, 4, 8])).toBe('M0 1V0H1V1ZM8 1V0H9V1Z');
  });
  test('of an object that is nowhere is empty', () => {
    expect(lanePath([0, 0], [0, 4])).toBe('');
  });
  test('of a long clip shares columns, each as high as the most in it', () => {
    const frames = Array.from({ length: 2048 }, (_, i) => i);
    const presence = frames.map((i) => (i === 5 ? 1 : i === 2047 ? 0.25 : 0));
    expect(lanePath(presence, frames)).toBe('M4 1V0H6V1ZM2046 1V0.375H2048V1Z');
  });
  test('says nothing of the frames between, which are gaps', () => {
    expect(gapsBetween([2, 6, 7], 0, 10)).toEqual([
      [0, 2],
      [3, 6],
      [8, 10],
    ]);
    expect(gapsBetween([0, 1], 0, 2)).toEqual([]);
  });
});

test('a picture fits the box by its tighter side', () => {
  expect(fitted({ width: 16, height: 9 }, { width: 320, height: 320 })).toEqual({ width: 320, height: 180 });
  expect(fitted({ width: 9, height: 16 }, { width: 320, height: 320 })).toEqual({ width: 180, height: 320 });
});

test('two pictures lie so that both are largest', () => {
  const shape = { width: 16, height: 9 };
  expect(fittedPair(shape, { width: 330, height: 400 }, 10)).toMatchObject({ width: 330, beside: false });
  const beside = fittedPair(shape, { width: 1010, height: 400 }, 10);
  expect(beside).toMatchObject({ width: 500, height: 281.25, beside: true });
});

test('spans of what holds, half open', () => {
  expect(spansOf([0, 0, 1, 0, 2, 0, 0], (value) => value === 0)).toEqual([
    [0, 2],
    [3, 4],
    [5, 7],
  ]);
  expect(spansOf([1, 1], (value) => value === 0)).toEqual([]);
});
