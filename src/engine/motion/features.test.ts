import { expect, test } from 'vitest';
import { largestDifference } from '../../../test/model-goldens.ts';
import { motionFixture } from '../../../test/motion.ts';
import {
  CELL,
  frameFeatures,
  motionInput,
  type Neighbour,
  percentile,
  scaleFeatures,
  warpedCells,
} from './features.ts';

const SIZE = { height: 192, width: 384 };
const CELLS = (SIZE.height / CELL) * (SIZE.width / CELL);
const golden = await motionFixture('net.safetensors');

/** The two neighbours one frame away in a golden scene, with flow and homographies by another implementation. */
function neighbours() {
  const { data } = golden.raw('scene0.luma');
  const pixels = SIZE.height * SIZE.width;
  const luma = (i: number) => data.subarray(i * pixels, (i + 1) * pixels);
  const flow = golden.floats('scene0.flow');
  const homography = golden.floats('scene0.homography');
  const neighbour = (i: number): Neighbour => ({
    luma: luma(1 + i),
    flow: flow.subarray(2 * i * pixels, 2 * (i + 1) * pixels),
    homography: homography.subarray(9 * i, 9 * (i + 1)),
  });
  return { luma: luma(0), later: neighbour(0), earlier: neighbour(1) };
}

test.each(['scene0', 'scene1'])('scales the golden features of %s to the golden input', (scene) => {
  const features = golden.floats(`${scene}.features`);
  const input = golden.floats(`${scene}.input`);
  for (const distance of [0, 1]) {
    const out = new Float32Array(11 * CELLS);
    scaleFeatures(features.subarray(10 * distance * CELLS, 10 * (distance + 1) * CELLS), out);
    const expected = input.subarray(11 * distance * CELLS, 11 * (distance + 1) * CELLS);
    expect(largestDifference(out, expected)).toBeLessThan(1e-5);
  }
});

test('frames, flow and camera become the golden features', () => {
  const { luma, ...both } = neighbours();
  const found = frameFeatures(luma, both, SIZE)!;
  const expected = golden.floats('scene0.features').subarray(0, 10 * CELLS);
  // The fixture's flow has 16 bits, its homographies are of that flow, and the reference rounds warped luma.
  expect(largestDifference(found.subarray(0, 8 * CELLS), expected.subarray(0, 8 * CELLS))).toBeLessThan(0.03);
  expect(largestDifference(found.subarray(8 * CELLS), expected.subarray(8 * CELLS))).toBeLessThan(0.4);
});

test('one neighbour stands for a missing one, as motion forward in time', () => {
  const { luma, later, earlier } = neighbours();
  const plane = (features: Float32Array | null, from: number, to: number) =>
    features!.subarray(from * CELLS, to * CELLS);
  const both = frameFeatures(luma, { later, earlier }, SIZE);
  const first = frameFeatures(luma, { later }, SIZE);
  const last = frameFeatures(luma, { earlier }, SIZE);
  for (const [features, own] of [
    [first, 0],
    [last, 1],
  ] as const) {
    for (const twin of [0, 1]) {
      const residual = plane(features, 2 * twin, 2 * twin + 2);
      expect(largestDifference(residual, plane(both, 2 * own, 2 * own + 2))).toBe(0);
      const flow = plane(features, 4 + 2 * twin, 6 + 2 * twin);
      expect(largestDifference(flow, plane(both, 4 + 2 * own, 6 + 2 * own))).toBe(0);
      expect(largestDifference(plane(features, 8 + twin, 9 + twin), plane(both, 8 + own, 9 + own))).toBe(0);
    }
  }
  expect(frameFeatures(luma, {}, SIZE)).toBeNull();
});

test('a clip too short for three frames repeats the near ones', () => {
  const { luma, later } = neighbours();
  const { data, residual } = motionInput(luma, { later }, {}, SIZE);
  const half = 11 * CELLS;
  expect(largestDifference(data.subarray(0, half), data.subarray(half))).toBe(0);
  expect(residual).toBeGreaterThan(1);
});

test('a still picture is zero but for the level of motion', () => {
  const size = { height: 8, width: 12 };
  const luma = Float32Array.from({ length: 96 }, (_, i) => i);
  const still = { luma, flow: new Float32Array(192), homography: [1, 0, 0, 0, 1, 0, 0, 0, 1] };
  const { data, residual } = motionInput(luma, { later: still, earlier: still }, { later: still }, size);
  expect(residual).toBe(0);
  const level = Math.fround(Math.log(0.5) / 3);
  data.forEach((value, i) => {
    expect(value).toBeCloseTo(Math.floor(i / 6) % 11 === 10 ? level : 0, 6);
  });
});

test('says what it cannot take', () => {
  const { luma, later } = neighbours();
  expect(() => motionInput(luma, { later }, {}, { height: 190, width: 384 })).toThrow(/multiple of 4/);
  expect(() => motionInput(luma, {}, { later }, SIZE)).toThrow(/before or after/);
});

test('percentiles lie between ranks', () => {
  expect(percentile(Float32Array.of(3, 1, 2, 10), 0.98)).toBeCloseTo(3 + 0.94 * 7, 5);
  expect(percentile(Float32Array.of(4), 0.98)).toBe(4);
});

test('cells of another frame are found where the flow says, between cells bilinearly', () => {
  const size = { height: 2 * CELL, width: 4 * CELL };
  const there = Float32Array.of(0, 1, 2, 3, 10, 11, 12, 13);
  const flow = (x: number, y: number) =>
    Float32Array.from({ length: 2 * size.height * size.width }, (_, i) => (i % 2 === 0 ? x : y));
  expect([...warpedCells(there, flow(0, 0), size)]).toEqual([...there]);
  expect([...warpedCells(there, flow(CELL, 0), size)]).toEqual([1, 2, 3, 3, 11, 12, 13, 13]);
  expect([...warpedCells(there, flow(0, -CELL / 2), size)]).toEqual([0, 1, 2, 3, 5, 6, 7, 8]);
});
