import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adjustedRandIndex } from './ari.ts';
import { contourAccuracy, contourMatches, contours, tolerance } from './contour.ts';
import { countFrame, keepProposals } from './counts.ts';
import type { Labels } from './labels.ts';
import { matchProposals } from './matching.ts';
import { jaccard } from './region.ts';
import { statistics } from './statistics.ts';

describe('statistics', () => {
  test('quarters share their ends and are cut as the benchmark cuts them', () => {
    // n = 9: cut at frames 1, 3, 5, 7, 9 (counted from 1).
    const values = [0.9, 0.6, 0.3, 0, 0, 0, 0.1, 0.2, 0.6];
    expect(statistics(values)).toEqual({
      mean: expect.closeTo(2.7 / 9),
      recall: expect.closeTo(3 / 9),
      decay: expect.closeTo(0.6 - 0.3),
    });
    // n = 3: 1, 1.5 → 2, 2, 2.5 → 3, 3. The first quarter is frames 1 and 2, the last frame 3.
    expect(statistics([1, 0, 0.2]).decay).toBeCloseTo(0.5 - 0.2);
    expect(statistics([0.7])).toEqual({ mean: 0.7, recall: 1, decay: 0 });
  });

  test('a sequence of more than 256 frames keeps its order', () => {
    const falling = Array.from({ length: 401 }, (_, i) => 1 - i / 400);
    expect(statistics(falling).decay).toBeCloseTo(0.75);
  });
});

describe('jaccard', () => {
  test('empty agrees with empty only', () => {
    expect([jaccard(0, 0), jaccard(0, 5), jaccard(2, 8), jaccard(5, 5)]).toEqual([1, 0, 0.25, 1]);
  });
});

describe('contours', () => {
  test('tolerances of the benchmark’s sizes', () => {
    expect([tolerance(854, 480), tolerance(432, 240), tolerance(1920, 1080), tolerance(24, 33)]).toEqual([
      8, 4, 18, 1,
    ]);
  });

  test('a contour lies on and before an object’s edge', () => {
    const map = {
      width: 4,
      height: 4,
      labels: Uint16Array.from([0, 0, 0, 0, 0, 3, 3, 0, 0, 3, 3, 0, 0, 0, 0, 0]),
    };
    const [, pixels] = contours(map, Uint16Array.of(0, 3));
    expect(Array.from(pixels!)).toEqual([0, 1, 2, 4, 6, 8, 9, 10]);
  });

  test('an object that fills the frame has none; the last row and column look along the edge', () => {
    const full = { width: 3, height: 3, labels: new Uint16Array(9).fill(1) };
    expect(contours(full, Uint16Array.of(1))[0]).toHaveLength(0);
    const corner = { width: 3, height: 3, labels: Uint16Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1) };
    expect(Array.from(contours(corner, Uint16Array.of(0, 1))[1]!)).toEqual([4, 5, 7]);
  });

  test('near means within a disk', () => {
    const at = (x: number, y: number) => Int32Array.of(y * 20 + x);
    const near = (dx: number, dy: number, radius: number) =>
      contourMatches([at(9 + dx, 9 + dy)], [at(9, 9)], 20, 20, radius)[0];
    expect([
      near(3, 0, 3),
      near(3, 1, 3),
      near(2, 2, 3),
      near(-4, 3, 5),
      near(-4, 4, 5),
      near(0, 0, 0),
    ]).toEqual([1, 0, 1, 1, 0, 1]);
    expect(contourMatches([at(19, 5)], [at(0, 6)], 20, 20, 3)[0]).toBe(0);
  });

  test('F is the harmonic mean; empty contours', () => {
    expect(contourAccuracy(4, 8, 3, 2)).toBeCloseTo((2 * 0.75 * 0.25) / 1);
    expect([
      contourAccuracy(0, 0, 0, 0),
      contourAccuracy(0, 5, 0, 0),
      contourAccuracy(5, 0, 0, 0),
      contourAccuracy(5, 5, 0, 0),
    ]).toEqual([1, 0, 0, 0]);
  });
});

describe('adjusted Rand index', () => {
  test('Hubert and Arabie’s kind of table, by hand', () => {
    // [[2,1],[0,3]]: together 1+3, rows 3+3, columns 1+6, pairs 15: (4 - 42/15) / (6.5 - 42/15).
    expect(adjustedRandIndex([2, 1, 0, 3], 2, 2)).toBeCloseTo(1.2 / 3.7);
  });
  test('trivial partitions', () => {
    expect([adjustedRandIndex([7], 1, 1), adjustedRandIndex([], 0, 0), adjustedRandIndex([1], 1, 1)]).toEqual(
      [1, 1, 1],
    );
    expect(adjustedRandIndex([4, 3], 1, 2)).toBeCloseTo(0);
  });
  test('is symmetric', () => {
    const table = fc.array(fc.nat(50), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(table, (cells) => {
        const turned = Array.from({ length: 12 }, (_, i) => cells[(i % 3) * 4 + Math.floor(i / 3)]!);
        expect(adjustedRandIndex(cells, 3, 4)).toBeCloseTo(adjustedRandIndex(turned, 4, 3), 9);
      }),
    );
  });
});

describe('matching', () => {
  test('the greatest sum, found as trying every way finds it', () => {
    const tables = fc
      .record({ p: fc.integer({ min: 1, max: 5 }), t: fc.integer({ min: 1, max: 4 }) })
      .chain(({ p, t }) =>
        fc.record({
          p: fc.constant(p),
          t: fc.constant(t),
          scores: fc.array(fc.integer({ min: 0, max: 100 }), { minLength: p * t, maxLength: p * t }),
        }),
      );
    const greatest = (scores: number[], t: number, free: number[], truth = 0): number =>
      truth === t
        ? 0
        : Math.max(
            free.length < t - truth ? greatest(scores, t, free, truth + 1) : 0,
            ...free.map(
              (p) =>
                scores[p * t + truth]! +
                greatest(
                  scores,
                  t,
                  free.filter((q) => q !== p),
                  truth + 1,
                ),
            ),
          );
    fc.assert(
      fc.property(tables, ({ p, t, scores }) => {
        const matched = Array.from(matchProposals(scores, p, t));
        const used = matched.filter((proposal) => proposal >= 0);
        expect(new Set(used).size).toBe(Math.min(p, t));
        const sum = matched.reduce(
          (all, proposal, truth) => all + (proposal < 0 ? 0 : scores[proposal * t + truth]!),
          0,
        );
        expect(sum).toBe(
          greatest(
            scores,
            t,
            Array.from({ length: p }, (_, i) => i),
          ),
        );
      }),
    );
  });
  test('nothing to match', () => {
    expect(matchProposals([], 0, 2)).toEqual(Int32Array.of(-1, -1));
    expect(matchProposals([], 3, 0)).toEqual(new Int32Array(0));
  });
});

describe('countFrame', () => {
  const map = (text: string): Labels => ({
    width: text.length,
    height: 1,
    labels: Uint16Array.from(text, Number),
  });
  test('counts what labels share', () => {
    const counts = countFrame(map('0112'), map('3300'), { contours: false });
    expect(counts).toEqual({
      truths: Uint16Array.of(0, 1, 2),
      proposals: Uint16Array.of(0, 3),
      overlap: Uint32Array.of(0, 1, 1, 1, 1, 0),
      contour: null,
      merged: null,
    });
  });
  test('proposals that are not kept count as if they had never been drawn', () => {
    const maps = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 48, maxLength: 48 });
    const square = (labels: number[]): Labels => ({ width: 8, height: 6, labels: Uint16Array.from(labels) });
    fc.assert(
      fc.property(maps, maps, fc.integer({ min: 0, max: 5 }), (truth, proposal, most) => {
        const erased = proposal.map((label) => (label > most ? 0 : label));
        const kept = keepProposals(countFrame(square(truth), square(proposal), { contours: true }), most);
        expect(kept).toEqual(countFrame(square(truth), square(erased), { contours: true }));
      }),
    );
  });
  test('refuses maps of two sizes', () => {
    expect(() => countFrame(map('01'), map('011'), { contours: false })).toThrow(/sizes differ/);
  });
});
