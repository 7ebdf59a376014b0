import { expect, test } from 'vitest';
import { nearestFrame, upsampleLabels } from './upsample.ts';

/** Two clusters on a 2 × 3 grid, the right column being cluster 1, with the boundary where `right` says. */
function soft(left: number, right: number) {
  const labels = Int32Array.of(0, 0, 1, 0, 0, 1);
  const distances = Float32Array.from([...labels].flatMap((l) => (l === 0 ? [0, left] : [right, 0])));
  return { grid: { frames: 1, rows: 2, columns: 3 }, labels, clusters: 2, distances };
}

test('equal margins put the outline half-way between token centres', () => {
  const map = upsampleLabels(soft(1, 1), 0, 12, 4);
  expect([...map.subarray(0, 12)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
});

test('a token that is surer of its cluster pushes the outline away', () => {
  const map = upsampleLabels(soft(1, 3), 0, 12, 4);
  expect([...map.subarray(0, 12)].filter((l) => l === 1)).toHaveLength(5);
});

test('at the grid’s own size the labels come back, also of a later frame', () => {
  const labels = Int32Array.of(0, 0, 0, 0, 2, 1, 0, 2);
  const distances = Float32Array.from([...labels].flatMap((l) => [0, 1, 2].map((c) => (c === l ? 0 : 1))));
  const map = upsampleLabels(
    { grid: { frames: 2, rows: 2, columns: 2 }, labels, clusters: 3, distances },
    1,
    2,
    2,
  );
  expect([...map]).toEqual([2, 1, 0, 2]);
});

test('without distances the outline runs half-way', () => {
  const map = upsampleLabels({ ...soft(1, 3), distances: null }, 0, 12, 4);
  expect([...map.subarray(0, 12)].filter((l) => l === 1)).toHaveLength(4);
});

test.each([
  [0, 0],
  [4, 0],
  [5, 0],
  [6, 1],
  [19, 1],
  [99, 2],
])('clip frame %i takes processed frame %i of 0, 10, 30', (clip, place) => {
  expect(nearestFrame([0, 10, 30], clip)).toBe(place);
});

test('parts divide a cluster and leave its outline as it is', () => {
  const whole = soft(1, 3);
  // The left cluster's upper row is part 7, its lower part 8; the right cluster is part 5.
  const parts = Int32Array.of(7, 7, 5, 8, 8, 5);
  const map = upsampleLabels({ ...whole, parts }, 0, 12, 4);
  expect([...map].map((part) => Number(part === 5))).toEqual([...upsampleLabels(whole, 0, 12, 4)]);
  expect(map[0]).toBe(7);
  expect(map[12]).toBe(7);
  expect(map[24]).toBe(8);
});
