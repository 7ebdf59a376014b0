import { expect, test } from 'vitest';
import { maskOrder } from './mask-order.ts';

const range = (start: number, end: number) => Array.from({ length: end - start }, (_, i) => start + i);
const order = (
  frame: number,
  frameCount: number,
  {
    direction = 0,
    room = true,
    ready = (_: number): boolean => true,
    preview = (_: number): boolean => false,
  } = {},
) => [...maskOrder({ frame, direction, frameCount, room, ready, preview })];

test('at rest: the frame, then runs that ascend, behind it and before it in turn', () => {
  expect(order(70, 150)).toEqual([
    70,
    ...range(71, 103),
    ...range(38, 70),
    ...range(103, 135),
    ...range(6, 38),
    ...range(135, 150),
    ...range(0, 6),
  ]);
});

test.each([0, 1, 31, 32, 33, 99])('from frame %i every frame of a clip comes once', (frame) => {
  expect(order(frame, 100).sort((a, b) => a - b)).toEqual(range(0, 100));
});

test('while playing, what is about to be shown comes first', () => {
  expect(order(50, 200, { direction: 1 }).slice(0, 11)).toEqual(range(50, 61));
  expect(order(50, 200, { direction: -1 }).slice(0, 11)).toEqual(range(40, 51).reverse());
  expect(order(197, 200, { direction: 1, room: false })).toEqual([197, 198, 199]);
});

test('without room there is no more', () => {
  expect(order(50, 200, { room: false })).toEqual([50]);
  expect(order(3, 200, { direction: -1, room: false })).toEqual([3, 2, 1, 0]);
});

test('what has no masks is left out', () => {
  const ready = (frame: number) => frame % 2 === 1;
  expect(order(4, 10, { ready, direction: 1 })).toEqual([5, 7, 9, 5, 7, 9, 1, 3]);
});

test('it goes back once a run, not once a frame', () => {
  const frames = order(500, 1000);
  const back = frames.filter((frame, i) => frame < (frames[i - 1] ?? 0));
  expect(back.length).toBeLessThanOrEqual(1000 / 32);
});

test('previews are wanted only near what is shown: other masks replace them soon', () => {
  const preview = (frame: number) => frame < 200;
  expect(order(50, 210, { preview })).toEqual([
    50,
    ...range(51, 83),
    ...range(18, 50),
    ...range(83, 147),
    ...range(200, 210),
  ]);
});
