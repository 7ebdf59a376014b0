import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { distancesOf, expectationOf, rowsWith } from '../src/engine/backend/passing.ts';
import { PlainBackend } from '../src/engine/backend/plain/backend.ts';
import type { Attention, Backend, Rows } from '../src/engine/backend/types.ts';
import { cluster } from '../src/engine/cluster/algorithm1.ts';
import type { ClusteringMode } from '../src/engine/settings/run.ts';
import { GOLDEN_WINDOW, type GoldenRun, inputFrom, loadGoldens } from './cluster-goldens.ts';

const MIB = 2 ** 20;
const goldens = await loadGoldens();

/** The tests that every backend has to pass: on Node, on Dawn, in Chromium. Call it from a test file. */
export function testBackend(name: string, create: () => Promise<Backend>): void {
  describe(name, () => {
    let backend: Backend;
    beforeAll(async () => {
      backend = await create();
    });
    afterAll(async () => {
      const { held } = backend.memory;
      await backend.release();
      expect(held, 'bytes still held after the tests released all').toBe(0);
    });

    test.each([1, 0.3])('rows of A′v, ratio %f', async (ratio) => {
      const attention = await backend.attend(goldens.input(ratio));
      // Rows asked for across frames, as windows of any size do.
      const rows = await attention.rows(40, 70);
      const expected = goldens.attention(ratio).subarray(40 * attention.width, 110 * attention.width);
      expect(worst(await backend.read(rows), expected)).toBeLessThan(1e-6);
      rows.release();
      attention.release();
    });

    test('temperature multiplies a head’s logits', async () => {
      const [q, k] = [0, 1].map((seed) => noise(2 * 6 * 4, seed));
      const grid = { frames: 2, rows: 2, columns: 3 };
      const hot = await rowsOf(backend, inputFrom(q!, k!, grid, 2, [1], [3, 0.5]));
      const scaled = q!.map((x, i) => x * (i % 4 < 2 ? 3 : 0.5));
      const same = await rowsOf(backend, inputFrom(scaled, k!, grid, 2, [1]));
      expect(worst(hot, same)).toBeLessThan(1e-6);
    });

    test('logits far apart leave no NaN: P underflows, D stays finite', async () => {
      const sharp = inputFrom(
        noise(48, 3),
        noise(48, 4),
        { frames: 1, rows: 3, columns: 4 },
        2,
        [0],
        [900, 2000],
      );
      const attention = await backend.attend(sharp);
      const rows = await attention.rows(0, 12);
      const queries = await sharp.read('q', 0, 1);
      for (const d of [
        await backend.distances(rows, rows),
        await distancesOf(
          backend,
          attention,
          { queries, count: queries.length / (sharp.heads * sharp.channels), behind: new Float32Array(0) },
          rows,
          Number.POSITIVE_INFINITY,
        ),
      ])
        expect(d.every((x) => Number.isFinite(x) && x > -1e-3)).toBe(true);
      rows.release();
      attention.release();
    });

    test('D of Eq. 2', async () => {
      const p = [0.5, 0.25, 0.25, 0.125, 0.75, 0.125, 0.25, 0.25, 0.5];
      const rows = await backend.load(Float32Array.from(p), 3, 'kl');
      const d = await backend.distances(rows, rows);
      const kl = (i: number, j: number) =>
        [0, 1, 2].reduce((sum, x) => sum + p[3 * i + x]! * Math.log(p[3 * i + x]! / p[3 * j + x]!), 0);
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++) expect(d[3 * i + j]).toBeCloseTo(kl(i, j) + kl(j, i), 5);
      rows.release();
    });

    test('values seen through rows: P·v', async () => {
      const attention = await backend.attend(goldens.input(0.3));
      const { width } = attention;
      const rows = await attention.rows(40, 70);
      const values = noise(width, 8).map(Math.abs);
      const p = await backend.read(rows);
      const expected = Float32Array.from({ length: 70 }, (_, i) =>
        values.reduce((sum, value, x) => sum + value * p[i * width + x]!, 0),
      );
      expect(worst(await backend.expectation(rows, values), expected)).toBeLessThan(1e-5);
      rows.release();
      attention.release();
    });

    test('rows with entries behind them: D of the product is the sum of both', async () => {
      const attention = await backend.attend(goldens.input(0.3));
      const rows = await attention.rows(40, 70);
      const added = Float32Array.from({ length: 140 }, (_, i) =>
        i % 2 === 0 ? 0.01 + i / 150 : 0.99 - i / 150,
      );
      const extended = await backend.extend(rows, added);
      const [d, more] = [await backend.distances(rows, rows), await backend.distances(extended, extended)];
      for (const [i, j] of [
        [0, 69],
        [3, 3],
        [20, 41],
      ] as const) {
        const extra = [0, 1].reduce((sum, x) => {
          const [a, b] = [added[2 * i + x]!, added[2 * j + x]!];
          return sum + (a - b) * Math.log(a / b);
        }, 0);
        expect(more[70 * i + j]).toBeCloseTo(d[70 * i + j]! + extra, 4);
      }
      const p = await backend.read(extended);
      expect([...p.subarray(attention.width, attention.width + 2)].map((x) => Math.round(1e5 * x))).toEqual([
        1000, 98333,
      ]);
      for (const each of [rows, extended]) each.release();
      attention.release();
    });

    test('D to fixed rows, and values seen, straight from queries: as the reference makes them of rows', async () => {
      const input = goldens.input(0.3);
      const n = input.grid.rows * input.grid.columns;
      const behind = Float32Array.from({ length: 2 * n }, (_, i) =>
        i % 2 === 0 ? 0.01 + i / (3 * n) : 0.99 - i / (3 * n),
      );
      const values = noise(input.keyFrames.length * n, 8).map(Math.abs);
      /** @param most rows that may be there at a time */
      const asked = async (
        by: Backend,
        given: readonly Float32Array[],
        columns: Float32Array,
        most: number,
      ) => {
        const attention = await by.attend(input);
        const budget = 2 * most * attention.rowBytes;
        const leaves = await rowsWith(by, attention, given[0]!, columns);
        // Two of other numbers, one after the other and back.
        const [some, few] = [await by.gather(leaves, [2, 40, 9]), await by.gather(leaves, [7])];
        const found: Float32Array[] = [];
        for (const fixed of [some, few, leaves, some])
          for (const queries of given)
            found.push(
              await distancesOf(by, attention, { queries, count: n, behind: columns }, fixed, budget),
            );
        found.push(await expectationOf(by, attention, { queries: given[0]!, count: n }, values, budget));
        for (const held of [some, few, leaves, attention]) held.release();
        return found;
      };
      const given = [await input.read('q', 1, 1), await input.read('q', 3, 1)];
      for (const columns of [behind, new Float32Array(0)]) {
        const expected = await asked(new PlainBackend(), given, columns, n);
        // In pieces that do not divide a frame.
        const found = await asked(backend, given, columns, Math.ceil(n / 3) + 1);
        for (const [i, each] of found.entries()) expect(worst(each, expected[i]!)).toBeLessThan(1e-4);
      }
    });

    test('rows of queries that the input does not hold are those of its own', async () => {
      const input = goldens.input(0.3);
      const attention = await backend.attend(input);
      const n = input.grid.rows * input.grid.columns;
      const [own, given] = [await attention.rows(n, n), await attention.rowsOf(await input.read('q', 1, 1))];
      expect(worst(await backend.read(given), await backend.read(own))).toBeLessThan(1e-7);
      for (const each of [own, given]) each.release();
      attention.release();
    });

    test('D of features is 1 − cosine', async () => {
      const rows = await backend.load(Float32Array.of(3, 0, 1, 1, -2, 0), 2, 'cosine');
      const d = await backend.distances(rows, rows);
      const half = 1 - Math.SQRT1_2;
      for (const [i, expected] of [0, half, 2, half, 0, 1 + Math.SQRT1_2, 2, 1 + Math.SQRT1_2, 0].entries())
        expect(d[i]).toBeCloseTo(expected, 5);
      rows.release();
    });

    test('features cluster by their directions', async () => {
      const { features, dim, grid } = goldens;
      const tokens = features.length / dim;
      const source: Attention = {
        tokens,
        width: dim,
        rowBytes: 8 * dim,
        rows: (first, count) =>
          backend.load(features.subarray(first * dim, (first + count) * dim), dim, 'cosine'),
        rowsOf: (values) => backend.load(values, dim, 'cosine'),
        release: () => {},
      };
      const found = await cluster(backend, source, grid, settings('paper', 0.3), { budget: MIB });
      const reference = plainCosine(features, dim, 0.3);
      expect(found.clusters).toBe(reference.clusters);
      expect([...found.levels[0]!.parent]).toEqual(reference.first);
    });

    test('a sweep is the same however its rows are split', async () => {
      const attention = await backend.attend(goldens.input(0.3));
      const whole = await sweepIn(backend, attention, [336]);
      for (const parts of [
        [1, 335],
        [100, 1, 35, 200],
        [48, 48, 48, 48, 48, 48, 48],
      ])
        expect(await sweepIn(backend, attention, parts)).toEqual(whole);
      attention.release();
    });

    test('nearest centroid: the lowest index where two are equally near', async () => {
      const rows = await backend.load(Float32Array.of(0.5, 0.5, 0.125, 0.875), 2, 'kl');
      const centroids = await backend.load(Float32Array.of(0.25, 0.75, 0.5, 0.5, 0.5, 0.5), 2, 'kl');
      const { labels, distances } = await backend.nearest(rows, centroids, true);
      expect([...labels]).toEqual([1, 0]);
      expect(distances![1]).toBeCloseTo(0, 6);
      expect(distances![0]).toBeCloseTo(0.25 * Math.log(3), 5);
      rows.release();
      centroids.release();
    });

    test('rows gathered, joined and averaged', async () => {
      const values = Float32Array.of(0.5, 0.5, 0.25, 0.75, 0.125, 0.875);
      const rows = await backend.load(values, 2, 'kl');
      const picked = await backend.gather(rows, [2, 0]);
      const joined = await backend.concat([picked, rows]);
      expect(
        worst(await backend.read(joined), Float32Array.of(0.125, 0.875, 0.5, 0.5, ...values)),
      ).toBeLessThan(1e-6);
      const accumulator = backend.accumulator(2, 2);
      await accumulator.add(rows, Int32Array.of(1, 0, 1));
      await accumulator.add(picked, Int32Array.of(0, 1));
      const { rows: means, counts } = await accumulator.means();
      expect([...counts]).toEqual([2, 3]);
      const expected = Float32Array.of(0.1875, 0.8125, 1.125 / 3, 1.875 / 3);
      expect(worst(await backend.read(means), expected)).toBeLessThan(1e-6);
      for (const held of [rows, picked, joined, means, accumulator]) held.release();
    });

    test.each(goldens.runs)('reference: $name', (run) => checkRun(backend, run, MIB * 64));

    test('a budget too small to keep the rows changes nothing', () =>
      checkRun(backend, goldens.runs.find((run) => run.name === 'paper, ratio 1, τ 0.5')!, 300_000));

    test('K-means finds planted clusters, the same for the same seed', async () => {
      const { values, planted } = plant(3, 60, 24);
      const source = loaded(backend, values, 24);
      const grid = { frames: 3, rows: 4, columns: 5 };
      const runs = [];
      for (const seed of [7, 7, 8])
        runs.push(
          await cluster(backend, source, grid, { ...settings('kmeans', 1), k: 3, seed }, { budget: MIB }),
        );
      expect(runs[0]!.labels).toEqual(runs[1]!.labels);
      for (const { labels } of runs) expect(samePartition(labels, planted)).toBe(true);
    });

    test('cancelling stops between windows and leaves nothing held', async () => {
      const attention = await backend.attend(goldens.input(1));
      const before = backend.memory.held;
      const abort = new AbortController();
      const run = cluster(backend, attention, goldens.grid, settings('windowed', 0.2), {
        budget: MIB,
        signal: abort.signal,
        onProgress: (done) => done >= 144 && abort.abort(),
      });
      await expect(run).rejects.toThrow(/abort/i);
      expect(backend.memory.held).toBe(before);
      attention.release();
    });
  });
}

async function checkRun(backend: Backend, run: GoldenRun, budget: number): Promise<void> {
  const input = goldens.input(run.ratio);
  expect(input.keyFrames).toEqual(run.keyFrames);
  const attention = await backend.attend(input);
  const seen: number[] = [];
  const found = await cluster(backend, attention, goldens.grid, settings(run.mode, run.tau), {
    budget,
    onProgress: (done, total) => seen.push(done / total),
  });
  expect(found.levels.map((level) => level.clusters)).toEqual(run.levels);
  expect(found.labels).toEqual(run.labels);
  expect(found.distances).toHaveLength(attention.tokens * found.clusters);
  const { computed, all, share } = found.pairs;
  expect(computed).toBeGreaterThan(0);
  expect(share).toBe(computed / all);
  // Smoothing comes on top of the sweeps' own pairs.
  if (run.mode !== 'released') expect(computed).toBeLessThanOrEqual(all);
  expect(seen.at(-1)).toBe(1);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  attention.release();
}

function settings(clustering: ClusteringMode, tau: number) {
  return { clustering, tau, window: GOLDEN_WINDOW, k: 8, seed: 1 };
}

async function rowsOf(backend: Backend, input: Parameters<Backend['attend']>[0]): Promise<Float32Array> {
  const attention = await backend.attend(input);
  const rows = await attention.rows(0, attention.tokens);
  const values = await backend.read(rows);
  rows.release();
  attention.release();
  return values;
}

async function sweepIn(backend: Backend, attention: Attention, parts: number[]) {
  const sweep = backend.sweep(attention.width, { tau: 0.5, inclusive: false });
  const labels: number[] = [];
  for (const count of parts) {
    const rows = await attention.rows(labels.length, count);
    labels.push(...(await sweep.add(rows)));
    rows.release();
  }
  const centroids: Rows = await sweep.centroids();
  const means = [...(await backend.read(centroids))].map((x) => x.toFixed(5));
  const result = { labels, clusters: sweep.clusters, means };
  centroids.release();
  sweep.release();
  return result;
}

function loaded(backend: Backend, values: Float32Array, width: number): Attention {
  const rowsOf = (some: Float32Array) => backend.load(some, width, 'kl');
  return {
    tokens: values.length / width,
    width,
    rowBytes: 8 * width,
    rows: (first, count) => rowsOf(values.subarray(first * width, (first + count) * width)),
    rowsOf,
    release: () => {},
  };
}

/** Distributions around `clusters` well-separated ones, in turn. */
function plant(clusters: number, tokens: number, width: number) {
  const jitter = noise(tokens * width, 11);
  const planted = Int32Array.from({ length: tokens }, (_, i) => i % clusters);
  const values = jitter.map((x, at) => {
    const peak = (at % width) % clusters === planted[Math.floor(at / width)];
    return (peak ? 4 : 0.1) * (1 + 0.1 * x);
  });
  for (let i = 0; i < tokens; i++) {
    const row = values.subarray(i * width, (i + 1) * width);
    const sum = row.reduce((a, b) => a + b);
    for (let x = 0; x < width; x++) row[x]! /= sum;
  }
  return { values, planted };
}

/** Whether two labelings are the same up to the names of their labels. */
function samePartition(a: Int32Array, b: Int32Array): boolean {
  const pairs = new Set([...a].map((label, i) => `${label} ${b[i]}`));
  return pairs.size === new Set(a).size && pairs.size === new Set(b).size;
}

/** Algorithm 1 as it is written, on features: the first sweep's clusters and how many remain in the end. */
function plainCosine(
  features: Float32Array,
  dim: number,
  tau: number,
): { first: number[]; clusters: number } {
  let set = Array.from({ length: features.length / dim }, (_, i) =>
    unit([...features.subarray(i * dim, (i + 1) * dim)]),
  );
  let first: number[] | undefined;
  for (;;) {
    const cluster = set.map(() => -1);
    const next: number[][] = [];
    for (const [i, pivot] of set.entries()) {
      if (cluster[i]! >= 0) continue;
      const members = set.flatMap((row, j) =>
        cluster[j]! < 0 && (i === j || 1 - dot(pivot, row) < tau) ? [j] : [],
      );
      for (const j of members) cluster[j] = next.length;
      next.push(unit(pivot.map((_, x) => members.reduce((sum, j) => sum + set[j]![x]!, 0))));
    }
    first ??= cluster;
    if (next.length === set.length) return { first, clusters: next.length };
    set = next;
  }
}

const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const unit = (a: number[]) => a.map((x) => x / Math.sqrt(dot(a, a)));

/** Numbers in [−1, 1) that look random and are always the same. */
function noise(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    const x = Math.sin(12.9898 * (i + 1) + 78.233 * (seed + 1)) * 43758.5453;
    return 2 * (x - Math.floor(x)) - 1;
  });
}

function worst(a: Float32Array, b: Float32Array): number {
  expect(a).toHaveLength(b.length);
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
}
