import { expect, test } from 'vitest';
import { keyFrames } from './keyframes.ts';

test.each([
  [7, 1, [0, 1, 2, 3, 4, 5, 6]],
  [7, 0.3, [0, 3]],
  [1, 0.1, [0]],
  [2, 0.1, [0]],
  [9, 0.1, [0]],
  [20, 0.1, [0, 10]],
  [100, 0.29, Array.from({ length: 29 }, (_, i) => Math.floor((i * 100) / 29))],
  [70, 0.1, [0, 10, 20, 30, 40, 50, 60]],
])('%i frames at ratio %f', (frames, ratio, expected) => {
  expect(keyFrames(frames, ratio)).toEqual(expected);
});
