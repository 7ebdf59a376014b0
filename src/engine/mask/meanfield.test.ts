import { afterAll, describe, expect, test } from 'vitest';
import { dawnDevice } from '../../../test/dawn.ts';
import { motionFixture } from '../../../test/motion.ts';
import type { Guide } from '../backend/guided.ts';
import { Gpu } from '../backend/webgpu/runtime/gpu.ts';
import { bilateralGrid } from './bilateral.ts';
import { labOf } from './lab.ts';
import { labelLogits, meanField } from './meanfield.ts';
import { provenMeanField, webgpuMeanField } from './webgpu-meanfield.ts';

const device = await dawnDevice();
afterAll(() => device.destroy());
const onGpu = webgpuMeanField(new Gpu(device));

const golden = await motionFixture('meanfield.safetensors');
const TOKENS = { rows: 24, columns: 48 };

function guideOf(
  width: number,
  height: number,
  colourAt: (x: number, y: number) => ArrayLike<number>,
): Guide {
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let at = 0; at < width * height; at++) data.set(colourAt(at % width, Math.floor(at / width)), 4 * at);
  return { width, height, data };
}

const rgb = golden.raw('picture').data;
const pixel = (x: number, y: number) => rgb.subarray(3 * (384 * y + x), 3 * (384 * y + x + 1));
const picture = guideOf(384, 192, pixel);

const differing = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce<number>((sum, label, at) => sum + Number(label !== b[at]), 0);

test('colours are those of OpenCV’s 8-bit CIELAB', () => {
  const [colours, labs] = [golden.raw('rgb').data, golden.raw('lab').data];
  for (let i = 0; i < colours.length; i += 3) {
    const lab = labOf(colours[i]!, colours[i + 1]!, colours[i + 2]!);
    expect([lab >> 16, (lab >> 8) & 255, lab & 255]).toEqual([...labs.subarray(i, i + 3)]);
  }
});

test('has the foreground that NumPy and OpenCV find', () => {
  const labels = meanField(picture, labelLogits([golden.floats('m')]), TOKENS);
  const q = golden.floats('q');
  const sides = q.map((value) => Number(value > 0.5));
  expect(differing(labels, sides)).toBeLessThan(0.0005 * q.length);
  const clear = q.map((value) => Number(Math.abs(value - 0.5) > 0.05));
  expect(clear.filter((isClear, at) => isClear && labels[at] !== sides[at])).toHaveLength(0);
});

test('two labels that share the foreground leave its outline where it is', () => {
  const m = golden.floats('m');
  const left = m.map((value, at) => (at % 48 < 24 ? value : 0));
  const right = m.map((value, at) => (at % 48 < 24 ? 0 : value));
  const one = meanField(picture, labelLogits([m]), TOKENS);
  const two = meanField(picture, labelLogits([left, right]), TOKENS);
  expect(new Set(two)).toEqual(new Set([0, 1, 2]));
  expect(
    differing(
      two.map(Number).map((label) => Math.min(label, 1)),
      one,
    ),
  ).toBeLessThan(0.02 * one.length);
});

test('a picture larger than the constants’ own has the same outlines, at its own size', () => {
  const large = guideOf(960, 480, (x, y) => pixel(Math.floor(x / 2.5), Math.floor(y / 2.5)));
  const logits = labelLogits([golden.floats('m')]);
  const [expected, found] = [meanField(picture, logits, TOKENS), meanField(large, logits, TOKENS)];
  const enlarged = found.map(
    (_, at) => expected[384 * Math.floor(Math.floor(at / 960) / 2.5) + Math.floor((at % 960) / 2.5)]!,
  );
  expect(differing(found, enlarged)).toBeLessThan(0.01 * found.length);
});

test('an edge of colour inside a token becomes the edge of the mask', () => {
  const [red, blue] = [
    [200, 30, 40],
    [40, 60, 190],
  ];
  const guide = guideOf(96, 48, (x) => (x < 43 ? red! : blue!));
  const share = Float32Array.from({ length: 72 }, (_, token) =>
    Math.min(Math.max((43 - 8 * (token % 12)) / 8, 0), 1),
  );
  const labels = meanField(guide, labelLogits([share]), { rows: 6, columns: 12 });
  expect(
    differing(
      labels,
      labels.map((_, at) => Number(at % 96 < 43)),
    ),
  ).toBe(0);
});

describe('labelLogits', () => {
  test('one label: ln(q / (1 − q)), q = m − 0.05 within 0.02…0.98', () => {
    const [logits] = labelLogits([Float32Array.of(0, 0.55, 1)]);
    expect([...logits!].map((value) => value.toFixed(4))).toEqual(
      [0.02, 0.5, 0.95].map((q) => Math.log(q / (1 - q)).toFixed(4)),
    );
  });

  test('several: against what they leave', () => {
    const [first, second] = labelLogits([Float32Array.of(0.65), Float32Array.of(0.25)]);
    expect(first![0]).toBeCloseTo(Math.log(0.6 / 0.2), 5);
    expect(second![0]).toBeCloseTo(Math.log(0.2 / 0.2), 5);
  });
});

test('tiny pictures work', () => {
  for (const [width, height] of [
    [1, 1],
    [5, 1],
    [2, 3],
  ] as const) {
    const guide = guideOf(width, height, () => [9, 9, 9]);
    const labels = meanField(guide, labelLogits([Float32Array.of(1)]), { rows: 1, columns: 1 });
    expect(labels).toEqual(new Uint16Array(width * height).fill(1));
  }
});

test.each([
  ['of its own size', 96, 48],
  ['larger than it iterates on', 480, 30],
] as const)('in WGSL: the labels of the CPU, in a picture %s', async (_, width, height) => {
  const guide = guideOf(width, height, (x, y) =>
    pixel(Math.floor((x * 384) / width), Math.floor((y * 192) / height)),
  );
  const m = golden.floats('m');
  const left = m.map((value, at) => (at % 48 < 24 ? value : 0));
  const right = m.map((value, at) => (at % 48 < 24 ? 0 : value));
  for (const shares of [[m], [left, right]]) {
    const logits = labelLogits(shares);
    const [found, expected] = [await onGpu(guide, logits, TOKENS), meanField(guide, logits, TOKENS)];
    expect(new Set(found).size).toBe(1 + shares.length);
    expect(differing(found, expected)).toBeLessThan(0.003 * found.length);
  }
});

test('no label leaves the rest', async () => {
  const guide = guideOf(3, 2, () => [1, 2, 3]);
  const nothing = new Uint16Array(6);
  expect(meanField(guide, [], TOKENS)).toEqual(nothing);
  expect(await onGpu(guide, [], TOKENS)).toEqual(nothing);
});

test('cells are linked both ways, and every pixel has one', () => {
  const { cells, inner, outer, neighbours, working } = bilateralGrid(picture);
  expect(inner).toHaveLength(working.width * working.height);
  expect(outer).toEqual(inner);
  expect(new Set(inner).size).toBe(cells);
  for (let axis = 0; axis < 5; axis++) {
    const before = neighbours.subarray(2 * axis * cells, (2 * axis + 1) * cells);
    const after = neighbours.subarray((2 * axis + 1) * cells, (2 * axis + 2) * cells);
    const linked = (side: Int32Array) => side.filter((other) => other < cells).length;
    expect(linked(before)).toBe(linked(after));
    expect(linked(before)).toBeGreaterThan(0);
    expect(before.every((other, cell) => other === cells || after[other] === cell)).toBe(true);
  }
});

test('a device that gets a small picture right draws the others', async () => {
  const proven = await provenMeanField(device);
  expect(proven).not.toBe(meanField);
  const logits = labelLogits([golden.floats('m')]);
  const labels = await proven(picture, logits, TOKENS);
  expect(differing(labels, await meanField(picture, logits, TOKENS))).toBeLessThan(0.01 * labels.length);
});
