import { expect, test } from 'vitest';
import { correctedLabels } from './corrections.ts';
import { applyStrokes, NOTHING, type Stroke, strokePixels, strokeTokens } from './strokes.ts';

/** Two processed frames (clip frames 0 and 10) of 4 × 4 tokens. */
const canvas = { grid: { frames: 2, rows: 4, columns: 4 }, frames: [0, 10] };
const stroke = (changes: Partial<Stroke> = {}): Stroke => ({
  frame: 0,
  to: 1,
  from: [0],
  points: [0.125, 0.125, 0.875, 0.125],
  radius: 0.125,
  carried: Int32Array.of(16 + 5, 16 + 6, 16 + 9, 16 + 10),
  ...changes,
});
const shown = (frame: number, strokes: readonly Stroke[], fill = 0) => {
  const labels = new Uint16Array(8 * 8).fill(fill);
  applyStrokes(labels, 8, 8, frame, strokes, canvas);
  return labels;
};

test('a brush covers what is within its radius of its way', () => {
  const covered = strokePixels({ points: [0.25, 0.5, 0.75, 0.5], radius: 0.1 }, 20, 20);
  const at = (x: number, y: number) => covered[y * 20 + x];
  expect([at(5, 9), at(14, 10), at(10, 8), at(10, 11)]).toEqual([1, 1, 1, 1]);
  expect([at(10, 7), at(10, 12), at(2, 10), at(17, 10)]).toEqual([0, 0, 0, 0]);
});

test('the painted frame shows the stroke itself, and so do the clip frames that show its masks', () => {
  const painted = shown(0, [stroke()]);
  expect(painted.subarray(0, 8).every((label) => label === 1)).toBe(true);
  expect(painted.subarray(24).every((label) => label === 0)).toBe(true);
  expect(shown(4, [stroke()])).toEqual(painted);
});

test('the other frames show the tokens that it was propagated to', () => {
  const carried = shown(10, [stroke()]);
  expect(carried[3 * 8 + 3]).toBe(1);
  expect(carried[0]).toBe(0);
  expect(carried.filter((label) => label === 1).length).toBeGreaterThanOrEqual(16);
  expect(shown(10, [stroke({ carried: new Int32Array(0) })]).every((label) => label === 0)).toBe(true);
});

test('only what gives way is taken, and a later stroke is on top', () => {
  expect(shown(0, [stroke()], 2).every((label) => label === 2)).toBe(true);
  const erased = shown(0, [stroke(), stroke({ to: NOTHING, from: [1] })]);
  expect(erased[0]).toBe(NOTHING);
});

test('a stroke’s tokens are those whose middle it covers, or the one where a fine brush began', () => {
  expect(strokeTokens(stroke(), canvas)).toEqual([0, 1, 2, 3]);
  expect(strokeTokens(stroke({ points: [0.99, 0.99], radius: 0.001, frame: 10 }), canvas)).toEqual([31]);
});

test('tokens count for what they are corrected to, the run’s own labels stay', () => {
  const labels = new Int32Array(32);
  const corrected = correctedLabels(labels, [stroke()], canvas);
  expect([...corrected.entries()].filter(([, label]) => label === 1).map(([token]) => token)).toEqual([
    0, 1, 2, 3, 21, 22, 25, 26,
  ]);
  expect(labels.every((label) => label === 0)).toBe(true);
  expect(correctedLabels(labels, [], canvas)).toBe(labels);
});
