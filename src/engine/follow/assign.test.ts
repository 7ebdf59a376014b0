import { expect, test } from 'vitest';
import { assign } from './assign.ts';
import { CANDIDATES } from './records.ts';

const NONE = new Float32Array(0);

test('the three nearest leaves, nearest first, weigh exp(−(D − least) / 0.3τ)', () => {
  const record = assign(Float32Array.of(0.5, 0.2, 0.9, 0.23), 4, NONE, 0.4);
  expect([...record.leaves]).toEqual([1, 3, 0]);
  const weight = (distance: number) => Math.round(255 * Math.exp(-(distance - 0.2) / 0.12));
  expect([...record.weights]).toEqual([255, weight(0.23), weight(0.5)]);
});

test('on a tie the lower leaf is first', () => {
  const { leaves } = assign(Float32Array.of(1, 0.5, 0.5, 0.5, 0.5), 5, NONE, 1);
  expect([...leaves]).toEqual([1, 2, 3]);
});

test('fewer leaves than candidates leave the rest at no weight', () => {
  const { leaves, weights } = assign(Float32Array.of(0.3, 0.1, 0.1, 0.3), 2, NONE, 1);
  expect([...leaves]).toEqual([1, 0, 0, 0, 1, 0]);
  expect([...weights].filter((_, i) => i % CANDIDATES === 2)).toEqual([0, 0]);
});

test('the first is Eq. 3’s label of every token', () => {
  const [tokens, count] = [50, 7];
  const distances = Float32Array.from({ length: tokens * count }, (_, i) => ((i * 7919) % 101) / 50);
  const { leaves } = assign(distances, count, NONE, 0.3);
  for (let token = 0; token < tokens; token++) {
    const row = [...distances.subarray(token * count, (token + 1) * count)];
    expect(leaves[token * CANDIDATES]).toBe(row.indexOf(Math.min(...row)));
  }
});

test('m is kept in 1/255, within its bounds', () => {
  const { motion } = assign(Float32Array.of(1), 1, Float32Array.of(-0.5, 0, 0.5, 1, 1.5), 1);
  expect([...motion]).toEqual([0, 0, 128, 255, 255]);
});
