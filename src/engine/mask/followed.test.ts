import { describe, expect, test, vi } from 'vitest';
import type { Guide } from '../backend/guided.ts';
import { CANDIDATES, type FrameRecord } from '../follow/records.ts';
import { type FollowedClusters, followedLabels, smoothLabels } from './followed.ts';

const WIDTH = 96;
const HEIGHT = 48;
/** Tokens of 8 × 8 pixels, and cells of 4 × 4. */
const grid = { rows: 6, columns: 12 };
const cells = { rows: 12, columns: 24 };
const tokens = grid.rows * grid.columns;
/** The edge in the picture lies inside of a column of tokens. */
const EDGE = 43;

/** A picture whose two halves have two colours. */
function picture(): Guide {
  const data = new Uint8ClampedArray(4 * WIDTH * HEIGHT);
  for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel++)
    data.set(pixel % WIDTH < EDGE ? [40, 90, 60, 255] : [200, 120, 80, 255], 4 * pixel);
  return { width: WIDTH, height: HEIGHT, data };
}

/** A record whose tokens are of these leaves with these weights, and m of its cells. */
function record(
  of: (row: number, column: number) => readonly (readonly [leaf: number, weight: number])[],
  m?: (row: number, column: number) => number,
): FrameRecord {
  const leaves = new Uint16Array(tokens * CANDIDATES);
  const weights = new Uint8Array(tokens * CANDIDATES);
  for (let token = 0; token < tokens; token++)
    for (const [i, [leaf, weight]] of of(Math.floor(token / 12), token % 12).entries()) {
      leaves[token * CANDIDATES + i] = leaf;
      weights[token * CANDIDATES + i] = weight;
    }
  const motion = m
    ? Uint8Array.from({ length: cells.rows * cells.columns }, (_, cell) =>
        Math.round(255 * m(Math.floor(cell / 24), cell % 24)),
      )
    : new Uint8Array(0);
  return { leaves, weights, motion };
}

const view = (clusterOf: number[], foreground: boolean[] | null): FollowedClusters => ({
  clusterOf: Int32Array.from(clusterOf),
  clusters: Math.max(...clusterOf) + 1,
  foreground,
});

const at = (labels: Uint16Array, x: number, y: number) => labels[y * WIDTH + x];
/** Share of the pixels whose label is 1 on the right of the picture's edge alone. */
const alongEdge = (labels: Uint16Array) =>
  labels.reduce((sum, label, pixel) => sum + Number(label === Number(pixel % WIDTH >= EDGE)), 0) /
  labels.length;

const halves = (_: number, column: number) =>
  column < 5
    ? ([[0, 255]] as const)
    : column > 5
      ? ([[1, 255]] as const)
      : ([
          [0, 128],
          [1, 128],
        ] as const);

describe('without motion', () => {
  test('outlines follow the edges of the picture', async () => {
    const labels = await followedLabels(record(halves), view([0, 1], null), grid, cells, picture(), null);
    expect(alongEdge(labels)).toBeGreaterThan(0.99);
  });

  test('every token’s leaves are named by their cluster: parts of one are one', async () => {
    const whole = await followedLabels(record(halves), view([0, 0], null), grid, cells, picture(), null);
    expect(new Set(whole)).toEqual(new Set([0]));
  });

  test('a frame in which no cluster has a majority anywhere still has labels', async () => {
    const mixed = record(() => [
      [2, 90],
      [0, 85],
      [1, 80],
    ]);
    const labels = await followedLabels(mixed, view([0, 1, 2], null), grid, cells, picture(), null);
    expect(new Set(labels)).toEqual(new Set([2]));
  });
});

describe('with motion', () => {
  /** The right half moves: m knows it by the cell, tokens do not quite. */
  const m = (_: number, column: number) => (column * 4 >= EDGE - 2 ? 0.95 : 0.03);

  test('what moves is outlined by m and the picture', async () => {
    const labels = await followedLabels(
      record(halves, m),
      view([0, 1], [false, true]),
      grid,
      cells,
      picture(),
      null,
    );
    expect(alongEdge(labels)).toBeGreaterThan(0.98);
  });

  test('two things that move share it by their tokens', async () => {
    const two = record((row, column) => (column < 5 ? [[0, 255]] : [[row < 3 ? 1 : 2, 255]]), m);
    const labels = await followedLabels(
      two,
      view([0, 1, 2], [false, true, true]),
      grid,
      cells,
      picture(),
      null,
    );
    expect([at(labels, 10, 10), at(labels, 80, 8), at(labels, 80, 40)]).toEqual([0, 1, 2]);
  });

  test('where m is low, tokens of a moving cluster are of what lies behind', async () => {
    const above = record(halves, (row, column) => (row < 6 ? m(row, column) : 0.02));
    const labels = await followedLabels(above, view([0, 1], [false, true]), grid, cells, picture(), null);
    expect([at(labels, 80, 8), at(labels, 80, 40)]).toEqual([1, 0]);
  });

  test('what moves in the clip and rests in a frame is drawn by its tokens', async () => {
    // The token on the edge is whole, so that the picture has to take its left side away.
    const still = record(
      (_, column) => [[column < 5 ? 0 : 1, 255]],
      () => 0.02,
    );
    const labels = await followedLabels(still, view([0, 1], [false, true]), grid, cells, picture(), null);
    expect(alongEdge(labels)).toBeGreaterThan(0.98);
  });

  test('a small thing that rests is drawn by its tokens, though the colours around it are more', async () => {
    const small = (row: number, column: number) => row === 3 && column === 6;
    const still = record(
      (row, column) => [[small(row, column) ? 1 : 0, 255]],
      () => 0.02,
    );
    const guide = picture();
    for (let y = 26; y < 31; y++)
      for (let x = 49; x < 56; x++) guide.data.set([20, 20, 20, 255], 4 * (y * WIDTH + x));
    const labels = await followedLabels(still, view([0, 1], [false, true]), grid, cells, guide, null);
    expect(labels.filter((label) => label === 1).length).toBeGreaterThan(0.5 * 35);
  });

  test('one that no colour of the picture sets apart is drawn by its tokens alone', async () => {
    const small = (row: number, column: number) => row === 3 && column === 8;
    const still = record(
      (row, column) =>
        small(row, column)
          ? [
              [1, 200],
              [0, 55],
            ]
          : [[0, 255]],
      () => 0.02,
    );
    const labels = await followedLabels(still, view([0, 1], [false, true]), grid, cells, picture(), null);
    expect(at(labels, 68, 28)).toBe(1);
    expect(labels.filter((label) => label === 1).length).toBeLessThanOrEqual(64);
  });

  test('without a moving cluster in the frame no field is asked', async () => {
    const field = vi.fn();
    const behind = record((_, column) => [[column < 6 ? 0 : 1, 255]], m);
    const labels = await followedLabels(
      behind,
      view([0, 1, 2], [false, false, true]),
      grid,
      cells,
      picture(),
      null,
      { field },
    );
    expect(field).not.toHaveBeenCalled();
    expect([at(labels, 5, 5), at(labels, 90, 5)]).toEqual([0, 1]);
  });

  test('a record without m is outlined without motion', async () => {
    const labels = await followedLabels(
      record(halves),
      view([0, 1], [false, true]),
      grid,
      cells,
      picture(),
      null,
    );
    expect(alongEdge(labels)).toBeGreaterThan(0.99);
  });
});

describe('parts', () => {
  // Leaves 0 and 1 are cluster 0, above and below; leaf 2 is cluster 1.
  const divided = record((row, column) => [[column > 5 ? 2 : row < 3 ? 0 : 1, 255]]);
  const clusters = view([0, 0, 1], null);
  const parts = [10, 11, 12];

  test.each(['along edges', 'smooth'])('divide their clusters, and no other: %s', async (way) => {
    const of = async (wanted: number[] | null) =>
      way === 'smooth'
        ? smoothLabels(divided, clusters, grid, { width: WIDTH, height: HEIGHT }, wanted)
        : followedLabels(divided, clusters, grid, cells, picture(), wanted);
    const [whole, fine] = [await of(null), await of(parts)];
    expect([...fine].map((part) => clusters.clusterOf[parts.indexOf(part)])).toEqual([...whole]);
    expect([at(fine, 8, 8), at(fine, 8, 40), at(fine, 90, 40)]).toEqual([10, 11, 12]);
  });
});

test('smooth labels change between the middles of tokens', () => {
  const sharp = record((_, column) => [[column < 6 ? 0 : 1, 255]]);
  const labels = smoothLabels(sharp, view([0, 1], null), grid, { width: WIDTH, height: HEIGHT }, null);
  for (let y = 0; y < HEIGHT; y++) expect([at(labels, 47, y), at(labels, 48, y)]).toEqual([0, 1]);
});

describe('between tokens', () => {
  /** Labels by their definition: shares interpolated at every pixel, the first of the greatest. */
  function byDefinition({ leaves, weights }: FrameRecord, clusters: number): number[] {
    const share = (row: number, column: number, label: number) => {
      const token = Math.min(Math.max(row, 0), 5) * 12 + Math.min(Math.max(column, 0), 11);
      const own = [0, 1, 2].map((i) => token * CANDIDATES + i);
      const all = own.reduce((sum, at) => sum + weights[at]!, 0);
      return own.reduce((sum, at) => sum + (leaves[at] === label ? weights[at]! / all : 0), 0);
    };
    return Array.from({ length: WIDTH * HEIGHT }, (_, pixel) => {
      const y = (Math.floor(pixel / WIDTH) + 0.5) / 8 - 0.5;
      const x = ((pixel % WIDTH) + 0.5) / 8 - 0.5;
      const [row, column] = [Math.floor(y), Math.floor(x)];
      const [v, u] = [y - row, x - column];
      const shares = Array.from(
        { length: clusters },
        (_, label) =>
          (1 - v) * ((1 - u) * share(row, column, label) + u * share(row, column + 1, label)) +
          v * ((1 - u) * share(row + 1, column, label) + u * share(row + 1, column + 1, label)),
      );
      return shares.indexOf(Math.max(...shares));
    });
  }

  test('the label with the greatest share wins, pixel by pixel', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const clusters = 9;
    const mixed = record(() => [
      [random(clusters), 130 + random(100)],
      [random(clusters), 60 + random(60)],
      [random(clusters), random(50)],
    ]);
    const labels = smoothLabels(mixed, view([...Array(clusters).keys()], null), grid, picture(), null);
    const wrong = byDefinition(mixed, clusters).filter((label, pixel) => labels[pixel] !== label);
    // Rounding decides where two shares cross.
    expect(wrong.length / labels.length).toBeLessThan(2e-3);
  });
});
