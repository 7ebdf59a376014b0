import { describe, expect, test } from 'vitest';
import { largestDifference } from '../../../test/model-goldens.ts';
import { motionFixture } from '../../../test/motion.ts';
import { atCells, blend, motionConfidence, probabilities, tokenMeans } from './pool.ts';

const CELLS = { rows: 48, columns: 96 };

describe('tokenMeans', () => {
  test('averages two frames of cells onto tokens twice as large', () => {
    const p = Float32Array.from({ length: 2 * 8 }, (_, i) => i);
    const means = tokenMeans(p, { rows: 2, columns: 4 }, { rows: 1, columns: 2 });
    expect([...means]).toEqual([2.5, 4.5, 10.5, 12.5]);
  });

  test('shares cells by area where tokens cut them', () => {
    const p = Float32Array.of(0, 1, 2, 3, 4, 5, 6);
    // Tokens of 3.5 cells.
    const means = tokenMeans(p, { rows: 1, columns: 7 }, { rows: 1, columns: 2 });
    expect(means[0]).toBeCloseTo((0 + 1 + 2 + 3 / 2) / 3.5, 6);
    expect(means[1]).toBeCloseTo((3 / 2 + 4 + 5 + 6) / 3.5, 6);
  });

  test('keeps the mean of a frame, whatever the grids', () => {
    const p = Float32Array.from({ length: 48 * 96 }, (_, i) => Math.sin(i) ** 2);
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    for (const tokens of [
      { rows: 24, columns: 48 },
      { rows: 13, columns: 27 },
      { rows: 1, columns: 1 },
    ])
      expect(mean(tokenMeans(p, CELLS, tokens))).toBeCloseTo(mean(p), 5);
  });
});

test('m is half its own, half pooled', () => {
  expect([...blend(Float32Array.of(1, 0.5), Float32Array.of(0, 1))]).toEqual([0.5, 0.75]);
});

test('tokens are interpolated at the cells', () => {
  const found = atCells(Float32Array.of(0, 1, 4, 4), { rows: 1, columns: 2 }, { rows: 1, columns: 4 });
  expect([...found]).toEqual([0, 0.25, 0.75, 1, 4, 4, 4, 4]);
});

describe('motionConfidence', () => {
  const frame = (share: number) =>
    Float32Array.from({ length: 1000 }, (_, cell) => (cell < 1000 * share ? 0.9 : 0.1));
  const clip = (...shares: number[]) => Float32Array.from(shares.flatMap((share) => [...frame(share)]));

  test.each([
    ['nothing moves', [0, 0], 0],
    ['noise in one frame', [0.002, 0], 0],
    ['a small thing, now and then', [0.02, 0, 0, 0], 1],
    ['something', [0.1, 0.2], 1],
    ['a little', [0.003, 0.003], 0.5],
    ['everything: the camera was not understood', [0.9, 0.95], 0],
  ])('%s', (_, shares, expected) => {
    const residuals = shares.map(() => 2);
    expect(motionConfidence(clip(...shares), residuals, 384)).toBeCloseTo(expected, 5);
  });

  test('frames at a cut have no say', () => {
    expect(motionConfidence(clip(0.9, 0), [60, 1], 384)).toBe(0);
    expect(motionConfidence(clip(0.1), [60], 384)).toBe(0);
  });

  test('golden scenes move', async () => {
    const golden = await motionFixture('net.safetensors');
    const p = probabilities(golden.floats('scene0.logits'));
    expect(motionConfidence(p, [15], 384)).toBe(1);
    expect(
      largestDifference(
        p,
        p.map((value) => Math.min(Math.max(value, 0), 1)),
      ),
    ).toBe(0);
  });
});
