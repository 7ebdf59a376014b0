import { expect, test } from 'vitest';
import { largestDifference } from '../../../test/model-goldens.ts';
import { motionFixture, motionWeightFile } from '../../../test/motion.ts';
import { readMotionWeights } from '../weights/motion.ts';
import { writeSafetensors } from '../weights/safetensors.ts';
import { motionInput } from './features.ts';
import { createMotionNet } from './net.ts';
import { motionConfidence, probabilities } from './pool.ts';

const weights = readMotionWeights(await motionWeightFile());

test('gives the golden logits', async () => {
  const golden = await motionFixture('net.safetensors');
  const [first, second] = ['scene0', 'scene1'].map((scene) => golden.floats(`${scene}.input`));
  const net = await createMotionNet(weights, { device: 'wasm', rows: 48, columns: 96, batch: 2 });
  const both = new Float32Array(2 * first!.length);
  both.set(first!);
  both.set(second!, first!.length);
  const logits = await net.run(both, 2);
  expect(largestDifference(logits.subarray(0, 48 * 96), golden.floats('scene0.logits'))).toBeLessThan(1e-4);
  expect(largestDifference(logits.subarray(48 * 96), golden.floats('scene1.logits'))).toBeLessThan(1e-4);
  const last = await net.run(second!, 1);
  expect(largestDifference(last, golden.floats('scene1.logits'))).toBeLessThan(1e-4);
  await net.release();
});

test('fills up sides that cannot be halved by repeating the border', async () => {
  const [rows, columns] = [7, 11];
  const small = Float32Array.from({ length: 22 * rows * columns }, (_, i) => Math.sin(i));
  const filled = Float32Array.from({ length: 22 * 8 * 16 }, (_, i) => {
    const [y, x] = [Math.floor(i / 16) % 8, i % 16];
    const plane = Math.floor(i / 128) * rows * columns;
    return small[plane + Math.min(y, rows - 1) * columns + Math.min(x, columns - 1)]!;
  });
  const odd = await createMotionNet(weights, { device: 'wasm', rows, columns, batch: 1 });
  const even = await createMotionNet(weights, { device: 'wasm', rows: 8, columns: 16, batch: 1 });
  const [found, whole] = [await odd.run(small, 1), await even.run(filled, 1)];
  const expected = found.map((_, i) => whole[Math.floor(i / columns) * 16 + (i % columns)]!);
  expect(found).toHaveLength(rows * columns);
  expect(largestDifference(found, expected)).toBe(0);
  await Promise.all([odd.release(), even.release()]);
});

test('sees nothing in a still scene', async () => {
  const size = { height: 96, width: 160 };
  const pixels = size.height * size.width;
  const luma = Float32Array.from(
    { length: pixels },
    (_, i) => 128 + 100 * Math.sin(i / 5) * Math.cos(i / 700),
  );
  const still = { luma, flow: new Float32Array(2 * pixels), homography: [1, 0, 0, 0, 1, 0, 0, 0, 1] };
  const { data, residual } = motionInput(luma, { later: still, earlier: still }, { later: still }, size);
  const net = await createMotionNet(weights, { device: 'wasm', rows: 24, columns: 40, batch: 1 });
  const p = probabilities(await net.run(data, 1));
  expect(Math.max(...p)).toBeLessThan(0.1);
  expect(motionConfidence(p, [residual], size.width)).toBe(0);
  await net.release();
});

test('names the tensors that do not fit', () => {
  const others = new Map(weights);
  others.delete('head.bias');
  others.set('global.bias', { shape: [2], data: new Float32Array(2) });
  expect(() => readMotionWeights(writeSafetensors(others))).toThrow(
    expect.objectContaining({
      code: 'weights/not-motion',
      message: expect.stringMatching(/global\.bias is \[2\], not \[96\].*head\.bias is missing/),
    }),
  );
});
