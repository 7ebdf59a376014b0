import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownDistances, type Pace, tokensNearer } from './carry.ts';
import { loadGoldens } from './goldens.ts';
import { cluster } from './hierarchy.ts';
import { PlainCompute } from './plain.ts';
import type { Attention, Clustering } from './types.ts';

const goldens = await loadGoldens();
const compute = new PlainCompute();
const pace: Pace = { rows: 100, check: () => undefined };
let attention: Attention;
let run: Clustering;

beforeAll(async () => {
  attention = await compute.attend(goldens.input(1));
  const settings = { clustering: 'paper', tau: 0.2, window: 3, k: 8, seed: 0 } as const;
  run = await cluster(compute, attention, goldens.grid, settings, { budget: 2 ** 26 });
});
afterAll(() => {
  attention.release();
  expect(compute.memory.held).toBe(0);
});

test('a token is about as far from its cluster’s mean as from the centroid that the run kept', async () => {
  const kept = await ownDistances(compute, attention, run, pace);
  const made = await ownDistances(compute, attention, { ...run, distances: null }, pace);
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(kept).toHaveLength(attention.tokens);
  expect(mean(made)).toBeGreaterThan(0);
  expect(mean(made)).toBeLessThanOrEqual(mean(kept) * 1.05);
});

test('painted tokens carry the tokens that are more like them than like their own cluster', async () => {
  const own = await ownDistances(compute, attention, run, pace);
  const sizes = new Array<number>(run.clusters).fill(0);
  for (const label of run.labels) sizes[label]! += 1;
  const largest = sizes.indexOf(Math.max(...sizes));
  const members = [...run.labels.keys()].filter((token) => run.labels[token] === largest);
  const painted = members.slice(0, 6);
  const nearer = await tokensNearer(compute, attention, painted, own, pace);
  expect(nearer.length).toBeGreaterThan(0);
  expect(nearer).toEqual(nearer.slice().sort((a, b) => a - b));
  // One painted token is its own centroid: nothing is nearer to it than itself.
  expect(await tokensNearer(compute, attention, [painted[0]!], own, pace)).toContain(painted[0]);
  expect(
    await tokensNearer(
      compute,
      attention,
      painted,
      own.map(() => 0),
      pace,
    ),
  ).toHaveLength(0);
});

test('it stops as soon as it is not wanted any more', async () => {
  const check = () => {
    throw new DOMException('', 'AbortError');
  };
  const own = new Float32Array(attention.tokens);
  await expect(tokensNearer(compute, attention, [0], own, { rows: 10, check })).rejects.toThrow();
});
