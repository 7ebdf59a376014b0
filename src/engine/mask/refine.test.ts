import { expect, test } from 'vitest';
import { boxMean, type Guide } from './guided.ts';
import { softMemberships } from './memberships.ts';
import { refineLabels } from './refine.ts';

const WIDTH = 96;
const HEIGHT = 48;
/** Tokens of 8 × 8 pixels. */
const GRID = { frames: 1, rows: 6, columns: 12 };
/** The edge between the two halves lies inside a token's column, not between two. */
const EDGE = 43;
const TAU = 1;

/** A picture painted by `colourAt`, and labels of its tokens, with the true label's D 0 and the others' 1. */
function scene(
  colourAt: (x: number, y: number) => readonly [number, number, number],
  labelAt: (row: number, column: number) => number,
) {
  const data = new Uint8ClampedArray(4 * WIDTH * HEIGHT);
  for (let at = 0; at < WIDTH * HEIGHT; at++)
    data.set([...colourAt(at % WIDTH, Math.floor(at / WIDTH)), 255], 4 * at);
  const guide: Guide = { width: WIDTH, height: HEIGHT, data };
  const tokens = GRID.rows * GRID.columns;
  const labels = Int32Array.from({ length: tokens }, (_, t) =>
    labelAt(Math.floor(t / GRID.columns), t % GRID.columns),
  );
  const clusters = Math.max(...labels) + 1;
  const distances = Float32Array.from({ length: tokens * clusters }, (_, i) =>
    Number(labels[Math.floor(i / clusters)] !== i % clusters),
  );
  return { guide, soft: { grid: GRID, labels, clusters, distances } };
}

const red = [200, 30, 40] as const;
const blue = [40, 60, 190] as const;
const half = (x: number) => (x < EDGE ? red : blue);
const wrong = (labels: Uint16Array) =>
  labels.reduce((sum, label, at) => sum + Number(label !== Number(at % WIDTH >= EDGE)), 0);

test.each([
  ['from distances', false],
  ['from labels alone', true],
])('an outline lies on the picture’s edge inside a token, %s', (_, labelsAlone) => {
  // Column 5 is pixels 40 to 47: mostly blue, so its tokens say 1.
  const { guide, soft } = scene(half, (_, column) => Number(column >= 5));
  const map = refineLabels(labelsAlone ? { ...soft, distances: null } : soft, 0, guide, TAU);
  expect(wrong(map)).toBe(0);
});

test('a flat picture moves nothing: the outline runs half-way between the tokens', () => {
  const { guide, soft } = scene(
    () => red,
    (_, column) => Number(column >= 5),
  );
  const map = refineLabels(soft, 0, guide, TAU);
  for (let y = 0; y < HEIGHT; y++) {
    const row = [...map.subarray(y * WIDTH, (y + 1) * WIDTH)];
    expect(Math.abs(row.indexOf(1) - 40)).toBeLessThanOrEqual(1);
  }
});

test('a colour alone wins nothing where the cluster has no tokens', () => {
  // A red patch at the far right is the right cluster's, whatever its colour.
  const { guide, soft } = scene(
    (x, y) => (x > 84 && y > 36 ? red : half(x)),
    (_, column) => Number(column >= 5),
  );
  expect(wrong(refineLabels(soft, 0, guide, TAU))).toBe(0);
});

test('a frame of one cluster is all of it, also a later frame', () => {
  const { guide, soft } = scene(half, () => 0);
  const grid = { ...GRID, frames: 2 };
  const labels = Int32Array.from([...soft.labels, ...soft.labels.map(() => 3)]);
  const map = refineLabels({ grid, labels, clusters: 4, distances: null }, 1, guide, TAU);
  expect(new Set(map)).toEqual(new Set([3]));
});

test('parts divide a cluster along edges and leave its outline as it is', () => {
  const { guide, soft } = scene(
    (x, y) => (x < EDGE && y < 20 ? [230, 220, 30] : half(x)),
    (_, column) => Number(column >= 5),
  );
  const whole = refineLabels(soft, 0, guide, TAU);
  // The left cluster's parts: 7 above, 8 below; row 2 is pixels 16 to 23, the edge is at 20.
  const parts = soft.labels.map((label, token) => (label === 1 ? 5 : token < 3 * GRID.columns ? 7 : 8));
  const map = refineLabels({ ...soft, parts }, 0, guide, TAU);
  expect([...map].map((part) => Number(part === 5))).toEqual([...whole]);
  expect(map[10 * WIDTH + 20]).toBe(7);
  expect(map[40 * WIDTH + 20]).toBe(8);
  expect(map[22 * WIDTH + 10], 'below the edge').toBe(8);
});

test('memberships of a token sum to one, but for what is too little to count', () => {
  const { soft } = scene(
    () => red,
    (row) => row % 3,
  );
  const found = softMemberships(soft, 0, 0.3);
  for (let token = 0; token < GRID.rows * GRID.columns; token++) {
    const sum = found.reduce((total, { values }) => total + values[token]!, 0);
    expect(sum).toBeCloseTo(1, 5);
  }
});

test('a mean over windows is that over windows cut at the border, in a part of the grid too', () => {
  const whole = { width: 9, height: 7 };
  const inside = { left: 2, top: 1, right: 8, bottom: 7 };
  const plane = Float32Array.from({ length: 63 }, (_, at) => {
    const [x, y] = [at % 9, Math.floor(at / 9)];
    const within = x >= inside.left && x < inside.right && y >= inside.top && y < inside.bottom;
    return within ? Math.sin(at) : 0;
  });
  const direct = (cx: number, cy: number, radius: number) => {
    let [sum, count] = [0, 0];
    for (let y = Math.max(0, cy - radius); y <= Math.min(6, cy + radius); y++)
      for (let x = Math.max(0, cx - radius); x <= Math.min(8, cx + radius); x++, count++)
        sum += plane[9 * y + x]!;
    return sum / count;
  };
  const part = new Float32Array(36);
  for (let at = 0; at < 36; at++) part[at] = plane[9 * (1 + Math.floor(at / 6)) + 2 + (at % 6)]!;
  for (const radius of [1, 2, 10]) {
    const found = boxMean(part, inside, whole, radius);
    for (let at = 0; at < 36; at++)
      expect(found[at]).toBeCloseTo(direct(2 + (at % 6), 1 + Math.floor(at / 6), radius), 5);
  }
});
