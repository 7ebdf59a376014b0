import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PlainBackend } from '../backend/plain/backend.ts';
import type { Backend } from '../backend/types.ts';
import { createWasmBackend } from '../backend/wasm/backend.ts';

const WIDTH = 5;
const plain = new PlainBackend();
const wasm = await createWasmBackend();

/** Up to 40 distributions; coarse, so that equal rows happen. */
const distributions = fc
  .array(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: WIDTH, maxLength: WIDTH }), {
    minLength: 1,
    maxLength: 40,
  })
  .map((rows) =>
    rows.map((row) => {
      const weights = row.map((x) => x + 0.03);
      const sum = weights.reduce((a, b) => a + b);
      return weights.map((x) => x / sum);
    }),
  );
/** Not a value that distances of such distributions take. */
const tau = fc.double({ min: 0.011, max: 6, noNaN: true });

async function sweep(backend: Backend, rows: number[][], tau: number, cuts: number[]) {
  const sweep = backend.sweep(WIDTH, { tau, inclusive: false });
  const labels: number[] = [];
  const edges = [...new Set([0, ...cuts.map((cut) => cut % rows.length), rows.length])].sort((a, b) => a - b);
  for (const [i, edge] of edges.slice(1).entries()) {
    const part = await backend.load(Float32Array.from(rows.slice(edges[i]!, edge).flat()), WIDTH, 'kl');
    labels.push(...(await sweep.add(part)));
    part.release();
  }
  const { pairs } = sweep;
  const centroids = await sweep.centroids();
  const means = await backend.read(centroids);
  centroids.release();
  sweep.release();
  expect(backend.memory.held).toBe(0);
  return { labels, means, pairs };
}

/** Algorithm 1's sweep as it is written: a pivot takes all rows near it out of the set, then the next. */
function literal(rows: number[][], tau: number): number[] {
  const d = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + (x - b[i]!) * Math.log(x / b[i]!), 0);
  const labels = rows.map(() => -1);
  for (let cluster = 0, i = 0; i < rows.length; i++) {
    if (labels[i]! >= 0) continue;
    for (let j = i; j < rows.length; j++)
      if (labels[j]! < 0 && (j === i || d(rows[i]!, rows[j]!) < tau)) labels[j] = cluster;
    cluster++;
  }
  return labels;
}

/** Whether some pair is so near τ that rounding decides. */
function undecided(rows: number[][], tau: number): boolean {
  const d = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + (x - b[i]!) * Math.log(x / b[i]!), 0);
  return rows.some((a) => rows.some((b) => Math.abs(d(a, b) - tau) < 1e-4));
}

test.each([
  ['plain', plain],
  ['wasm', wasm],
] as const)(
  '%s: a sweep in any windows is Algorithm 1’s, and computes no more than all pairs',
  (_, backend) =>
    fc.assert(
      fc.asyncProperty(
        distributions,
        tau,
        fc.array(fc.nat(40), { maxLength: 4 }),
        async (rows, tau, cuts) => {
          fc.pre(!undecided(rows, tau));
          const { labels, pairs } = await sweep(backend, rows, tau, cuts);
          expect(labels).toEqual(literal(rows, tau));
          expect(pairs).toBeLessThanOrEqual((rows.length * (rows.length - 1)) / 2);
        },
      ),
      { numRuns: 60 },
    ),
);

test('renaming the positions changes no cluster', () =>
  fc.assert(
    fc.asyncProperty(distributions, tau, fc.nat(WIDTH - 1), async (rows, tau, turn) => {
      fc.pre(!undecided(rows, tau));
      const turned = rows.map((row) => [...row.slice(turn), ...row.slice(0, turn)]);
      expect((await sweep(wasm, turned, tau, [])).labels).toEqual((await sweep(wasm, rows, tau, [])).labels);
    }),
    { numRuns: 30 },
  ));

test('centroids of wasm are those of the plain twin', () =>
  fc.assert(
    fc.asyncProperty(distributions, tau, async (rows, tau) => {
      fc.pre(!undecided(rows, tau));
      const [expected, found] = [await sweep(plain, rows, tau, []), await sweep(wasm, rows, tau, [])];
      expect(found.means).toHaveLength(expected.means.length);
      for (const [i, x] of found.means.entries()) expect(x).toBeCloseTo(expected.means[i]!, 6);
    }),
    { numRuns: 30 },
  ));
