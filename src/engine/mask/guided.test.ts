import { afterAll, describe, expect, test, vi } from 'vitest';
import { dawnDevice } from '../../../test/dawn.ts';
import { boxMean, type Guide } from '../backend/plain/guided.ts';
import { provenFilter, webgpuFilter } from '../backend/webgpu/guided.ts';
import { Gpu } from '../backend/webgpu/runtime/gpu.ts';
import { guidedLabels, plainFilter } from './guided.ts';
import { softMemberships } from './memberships.ts';
import type { SoftLabels } from './upsample.ts';

const device = await dawnDevice();
afterAll(() => device.destroy());
const gpu = new Gpu(device);
const onGpu = webgpuFilter(gpu);

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

/** Blobs of colour with noise, and tokens whose distances are as soft as a run's. */
function noisyScene(width: number, height: number, clusters: number) {
  const grid = { frames: 1, rows: 10, columns: 14 };
  const noise = (at: number) => {
    const x = Math.sin(12.9898 * (at + 1)) * 43758.5453;
    return x - Math.floor(x);
  };
  const centres = Array.from({ length: clusters }, (_, i) => [noise(i), noise(100 + i)] as const);
  const distance = (x: number, y: number, i: number) =>
    4 * Math.hypot(x - centres[i]![0], y - centres[i]![1]);
  const nearest = (x: number, y: number) =>
    centres.reduce((best, _, i) => (distance(x, y, i) < distance(x, y, best) ? i : best), 0);
  const data = new Uint8ClampedArray(4 * width * height);
  for (let at = 0; at < width * height; at++) {
    const label = nearest((at % width) / width, Math.floor(at / width) / height);
    for (let c = 0; c < 3; c++) data[4 * at + c] = 200 * noise(3 * label + c) + 50 * noise(7 * at + c);
  }
  const tokens = Array.from({ length: grid.rows * grid.columns }, (_, token) => {
    const x = ((token % grid.columns) + 0.5) / grid.columns;
    return [x, (Math.floor(token / grid.columns) + 0.5) / grid.rows] as const;
  });
  const labels = Int32Array.from(tokens, ([x, y]) => nearest(x, y));
  const distances = Float32Array.from(tokens.flatMap(([x, y]) => centres.map((_, i) => distance(x, y, i))));
  return { guide: { width, height, data }, soft: { grid, labels, clusters, distances } };
}

const red = [200, 30, 40] as const;
const blue = [40, 60, 190] as const;
const half = (x: number) => (x < EDGE ? red : blue);
const wrong = (labels: Uint16Array) =>
  labels.reduce((sum, label, at) => sum + Number(label !== Number(at % WIDTH >= EDGE)), 0);

describe.each([
  ['on the CPU', plainFilter],
  ['in WGSL', onGpu],
])('%s', (_, filter) => {
  const refine = (soft: SoftLabels, frame: number, guide: Guide) =>
    guidedLabels(soft, frame, guide, TAU, filter);

  test.each([
    ['from distances', false],
    ['from labels alone', true],
  ])('an outline lies on the picture’s edge inside a token, %s', async (_, labelsAlone) => {
    // Column 5 is pixels 40 to 47: mostly blue, so its tokens say 1.
    const { guide, soft } = scene(half, (_, column) => Number(column >= 5));
    const map = await refine(labelsAlone ? { ...soft, distances: null } : soft, 0, guide);
    expect(wrong(map)).toBe(0);
  });

  test('a flat picture moves nothing: the outline runs half-way between the tokens', async () => {
    const { guide, soft } = scene(
      () => red,
      (_, column) => Number(column >= 5),
    );
    const map = await refine(soft, 0, guide);
    for (let y = 0; y < HEIGHT; y++) {
      const row = [...map.subarray(y * WIDTH, (y + 1) * WIDTH)];
      expect(Math.abs(row.indexOf(1) - 40)).toBeLessThanOrEqual(1);
    }
  });

  test('a colour alone wins nothing where the cluster has no tokens', async () => {
    // A red patch at the far right is the right cluster's, whatever its colour.
    const { guide, soft } = scene(
      (x, y) => (x > 84 && y > 36 ? red : half(x)),
      (_, column) => Number(column >= 5),
    );
    expect(wrong(await refine(soft, 0, guide))).toBe(0);
  });

  test('a frame of one cluster is all of it, also a later frame', async () => {
    const { guide, soft } = scene(half, () => 0);
    const grid = { ...GRID, frames: 2 };
    const labels = Int32Array.from([...soft.labels, ...soft.labels.map(() => 3)]);
    const map = await refine({ grid, labels, clusters: 4, distances: null }, 1, guide);
    expect(new Set(map)).toEqual(new Set([3]));
  });

  test('parts divide a cluster along edges and leave its outline as it is', async () => {
    const { guide, soft } = scene(
      (x, y) => (x < EDGE && y < 20 ? [230, 220, 30] : half(x)),
      (_, column) => Number(column >= 5),
    );
    const whole = await refine(soft, 0, guide);
    // The left cluster's parts: 7 above, 8 below; row 2 is pixels 16 to 23, the edge is at 20.
    const parts = soft.labels.map((label, token) => (label === 1 ? 5 : token < 3 * GRID.columns ? 7 : 8));
    const map = await refine({ ...soft, parts }, 0, guide);
    expect([...map].map((part) => Number(part === 5))).toEqual([...whole]);
    expect(map[10 * WIDTH + 20]).toBe(7);
    expect(map[40 * WIDTH + 20]).toBe(8);
    expect(map[22 * WIDTH + 10], 'below the edge').toBe(8);
  });
});

test.each([
  { width: 96, height: 48, clusters: 3, divided: true },
  { width: 61, height: 97, clusters: 5, divided: false },
  // More than compete at a time; a picture larger than the grid on which colours are fitted.
  { width: 240, height: 30, clusters: 36, divided: false },
])('WGSL gives the labels of its plain twin: %o', async ({ width, height, clusters, divided }) => {
  const { guide, soft } = noisyScene(width, height, clusters);
  const parts = soft.labels.map((label, token) => 2 * label + (token % 2));
  for (const chosen of divided ? [null, parts] : [null]) {
    const found = await guidedLabels({ ...soft, parts: chosen }, 0, guide, TAU, onGpu);
    const expected = await guidedLabels({ ...soft, parts: chosen }, 0, guide, TAU);
    const different = found.reduce((sum, label, at) => sum + Number(label !== expected[at]), 0);
    expect(new Set(expected).size).toBeGreaterThan(clusters / 2);
    // Two bids may be the same to rounding.
    expect(different / found.length).toBeLessThan(1e-3);
  }
  expect(gpu.buffers.tracker.held).toBe(0);
});

test('a device that gets the small picture right filters masks; one that does not leaves them to the CPU', async () => {
  const { guide, soft } = noisyScene(96, 48, 3);
  const expected = await guidedLabels(soft, 0, guide, TAU);
  const create = device.createShaderModule;
  const submit = vi.spyOn(device.queue, 'submit');
  const submitted = async () => {
    const filter = await provenFilter(device);
    submit.mockClear();
    const labels = await guidedLabels(soft, 0, guide, TAU, filter);
    expect(labels.filter((label, at) => label !== expected[at]).length).toBeLessThan(5);
    return submit.mock.calls.length;
  };
  expect(await submitted()).toBeGreaterThan(0);
  device.createShaderModule = (descriptor) =>
    create.call(device, { ...descriptor, code: descriptor.code.replace('score > most', 'score < most') });
  expect(await submitted()).toBe(0);
  device.createShaderModule = create;
  submit.mockRestore();
});

test('a device lost in between leaves masks to the CPU', async () => {
  const { guide, soft } = noisyScene(96, 48, 3);
  const fleeting = await dawnDevice();
  const filter = await provenFilter(fleeting);
  fleeting.destroy();
  await fleeting.lost;
  expect(await guidedLabels(soft, 0, guide, TAU, filter)).toEqual(await guidedLabels(soft, 0, guide, TAU));
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
