import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadGoldens } from '../../../test/cluster-goldens.ts';
import { PlainBackend } from '../backend/plain/backend.ts';
import type { Attention, Clustering, Grid } from '../backend/types.ts';
import { cluster } from './algorithm1.ts';
import { connectedComponent, ownDistances, ownPasses, type Pace, tokensNearer } from './propagate.ts';

const goldens = await loadGoldens();
const backend = new PlainBackend();
const pace: Pace = { rows: 100, check: () => undefined };
let attention: Attention;
let run: Clustering;

beforeAll(async () => {
  attention = await backend.attend(goldens.input(1));
  const settings = { clustering: 'paper', tau: 0.2, window: 3, k: 8, seed: 0 } as const;
  run = await cluster(backend, attention, goldens.grid, settings, { budget: 2 ** 26 });
});
afterAll(() => {
  attention.release();
  expect(backend.memory.held).toBe(0);
});

test.each([
  ['kept', () => run.distances],
  ['made again', () => null],
])('all rows of every pass are counted, with distances %s', async (_, distances) => {
  let rows = 0;
  const onRows = (count: number) => {
    rows += count;
  };
  const counted = { ...pace, onRows };
  const from = { ...run, distances: distances() };
  const own = await ownDistances(backend, attention, from, counted);
  await tokensNearer(backend, attention, [0], own, counted);
  expect(rows).toBe((1 + ownPasses(from)) * attention.tokens);
});

test('a token is about as far from its cluster’s mean as from the centroid that the run kept', async () => {
  const kept = await ownDistances(backend, attention, run, pace);
  const made = await ownDistances(backend, attention, { ...run, distances: null }, pace);
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(kept).toHaveLength(attention.tokens);
  expect(mean(made)).toBeGreaterThan(0);
  expect(mean(made)).toBeLessThanOrEqual(mean(kept) * 1.05);
});

test('painted tokens carry the tokens that are more like them than like their own cluster', async () => {
  const own = await ownDistances(backend, attention, run, pace);
  const sizes = new Array<number>(run.clusters).fill(0);
  for (const label of run.labels) sizes[label]! += 1;
  const largest = sizes.indexOf(Math.max(...sizes));
  const members = [...run.labels.keys()].filter((token) => run.labels[token] === largest);
  const painted = members.slice(0, 6);
  const nearer = await tokensNearer(backend, attention, painted, own, pace);
  expect(nearer.length).toBeGreaterThan(0);
  expect(nearer).toEqual(nearer.slice().sort((a, b) => a - b));
  // One painted token is its own centroid: nothing is nearer to it than itself.
  expect(await tokensNearer(backend, attention, [painted[0]!], own, pace)).toContain(painted[0]);
  expect(
    await tokensNearer(
      backend,
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
  await expect(tokensNearer(backend, attention, [0], own, { rows: 10, check })).rejects.toThrow();
});

describe('the connected component of painted tokens', () => {
  /** Frames of letters, row by row: # goes with the painted tokens, . does not. */
  const clip = (...frames: string[][]) => {
    const grid = { frames: frames.length, rows: frames[0]!.length, columns: frames[0]![0]!.length };
    const letters = frames.flat().join('');
    return { grid, nearer: Int32Array.from([...letters.matchAll(/#/g)].map(({ index }) => index)) };
  };
  /** The same letters, with o where a token was taken. */
  const drawn = (taken: Int32Array, { frames, rows, columns }: Grid) => {
    const letters = Array.from({ length: frames * rows * columns }, (_, token) =>
      taken.includes(token) ? 'o' : '.',
    );
    const lines = Array.from({ length: frames * rows }, (_, row) =>
      letters.slice(row * columns, (row + 1) * columns).join(''),
    );
    return Array.from({ length: frames }, (_, frame) => lines.slice(frame * rows, (frame + 1) * rows));
  };

  test('is followed forwards and backwards, and a look-alike far away is left', () => {
    const { grid, nearer } = clip(
      ['##....##', '........'],
      ['.##...##', '........'],
      ['........', '..##..##'],
    );
    // The second token of the middle frame.
    const taken = connectedComponent(nearer, [grid.rows * grid.columns + 1], grid);
    expect(drawn(taken, grid)).toEqual([
      ['oo......', '........'],
      ['........', '........'],
      ['........', '..oo....'],
    ]);
  });

  test('goes over all that touches, also by a corner, but not over a gap', () => {
    const { grid, nearer } = clip(['........', '........'], ['#.##.###', '.#......']);
    expect(drawn(connectedComponent(nearer, [0], grid), grid)[1]).toEqual(['o.oo....', '.o......']);
  });

  test('may move as far as a sixteenth of the grid, no farther', () => {
    const empty = '.'.repeat(32);
    const moved = (by: number) => clip([empty], [`${'.'.repeat(by)}#${'.'.repeat(31 - by)}`]);
    const count = (by: number) => connectedComponent(moved(by).nearer, [0], moved(by).grid).length;
    expect([count(2), count(3)]).toEqual([1, 0]);
  });

  test('is found again where it was, after frames in which it is hidden', () => {
    const { grid, nearer } = clip(['....'], ['....'], ['##..']);
    expect([...connectedComponent(nearer, [0], grid)]).toEqual([8, 9]);
  });

  test('is never in the painted frame itself: there the stroke is what it is', () => {
    const { grid, nearer } = clip(['####']);
    expect(connectedComponent(nearer, [0], grid)).toHaveLength(0);
  });
});
