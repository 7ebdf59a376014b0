import { expect, test } from 'vitest';
import type { VideoObject } from './objects.ts';
import { barsPath, curveOf, numbersOf, scoresOf } from './scores.ts';

const object = (id: number, clusters: number[], background = false): VideoObject => ({
  id,
  clusters,
  background,
  name: '',
  colour: 0,
  visible: true,
  locked: false,
});
const OBJECTS = [object(4, [4, 1]), object(0, [0]), object(2, [2], true)];

const scored = (truth: number, proposal: number | null, J: number[], F: number[]) => ({
  truth,
  proposal,
  J,
  F,
  measures: { J: (J[0]! + J[1]!) / 2, F: (F[0]! + F[1]!) / 2 },
});

test('clusters are numbered by their object, the background and what is deleted by 0', () => {
  expect([...numbersOf(OBJECTS, 5)]).toEqual([2, 1, 0, 0, 1]);
});

test('figures go to the objects they were matched to', () => {
  const found = {
    frames: Int32Array.of(0, 8),
    objects: [scored(1, 2, [1, 0.5], [1, 0.5]), scored(3, null, [0, 0], [0, 0.5])],
  };
  const scores = scoresOf(found, OBJECTS);
  expect(scores.truths.map(({ truth, object }) => [truth, object])).toEqual([
    [1, 0],
    [3, null],
  ]);
  expect([scores.J, scores.F]).toEqual([0.375, 0.5]);
  expect([...curveOf(scores, 0)]).toEqual([1, 0.5]);
  expect([...curveOf(scores, 4)]).toEqual([0.5, 0.375]);
  expect([...curveOf(scores, null)]).toEqual([0.5, 0.375]);
});

test('bars meet halfway between frames and stay within the clip', () => {
  expect(barsPath([1, 0.25], [0, 4], 6)).toBe('M0 1V0H2.5V1ZM2.5 1V0.75H6V1Z');
  expect(barsPath([0.5], [2], 6)).toBe('M2 1V0.5H3V1Z');
});
