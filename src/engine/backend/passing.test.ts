import { expect, test } from 'vitest';
import { distancesOf, expectationOf } from './passing.ts';
import { PlainBackend } from './plain/backend.ts';
import type { Attention } from './types.ts';

const [WIDTH, COUNT, LEAVES] = [12, 11, 5];

/** Distributions, [count, WIDTH]. */
function distributions(count: number, seed: number): Float32Array {
  const values = Float32Array.from({ length: count * WIDTH }, (_, i) => 1 + ((i * 37 + seed) % 11));
  for (let row = 0; row < count; row++) {
    const own = values.subarray(row * WIDTH, (row + 1) * WIDTH);
    const sum = own.reduce((total, value) => total + value, 0);
    own.forEach((value, i) => {
      own[i] = value / sum;
    });
  }
  return values;
}

test('rows pass in pieces that fit the budget, and give what they give at once', async () => {
  const backend = new PlainBackend();
  const sizes: number[] = [];
  const attention: Attention = {
    tokens: COUNT,
    width: WIDTH,
    rowBytes: 100,
    rows: () => Promise.reject(new Error('not asked for')),
    rowsOf: (queries) => {
      sizes.push(queries.length / WIDTH);
      return backend.load(queries, WIDTH, 'kl');
    },
    release: () => undefined,
  };
  const queries = distributions(COUNT, 3);
  const behind = Float32Array.from({ length: 2 * COUNT }, (_, i) => (i % 7) / 7);
  const plain = await backend.load(distributions(LEAVES, 8), WIDTH, 'kl');
  const leaves = await backend.extend(plain, new Float32Array(2 * LEAVES).fill(0.5));
  const values = Float32Array.from({ length: WIDTH }, (_, i) => i / WIDTH);
  const at = async (budget: number) => [
    ...(await distancesOf(backend, attention, { queries, count: COUNT, behind }, leaves, budget)),
    ...(await expectationOf(backend, attention, { queries, count: COUNT }, values, budget)),
  ];
  const whole = await at(1e9);
  expect(sizes.splice(0)).toEqual([COUNT, COUNT]);
  expect(await at(800)).toEqual(whole);
  expect(sizes.splice(0)).toEqual([4, 4, 3, 4, 4, 3]);
  expect(await at(1), 'a row at a time at the least').toEqual(whole);
});
