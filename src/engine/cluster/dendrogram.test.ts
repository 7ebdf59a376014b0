import fc from 'fast-check';
import { expect, test } from 'vitest';
import { averageLinkage, cut } from './dendrogram.ts';

/** In which order the pairs of a few leaves are near, and how many tokens each leaf stands for. */
const sets = fc.integer({ min: 1, max: 9 }).chain((leaves) =>
  fc.record({
    ranks: fc.shuffledSubarray(
      Array.from({ length: (leaves * (leaves - 1)) / 2 }, (_, i) => i),
      { minLength: (leaves * (leaves - 1)) / 2 },
    ),
    weights: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: leaves, maxLength: leaves }),
  }),
);

/** [K, K]; sines of whole numbers, so that no two means of them are alike. */
function matrix(ranks: number[], leaves: number): Float32Array {
  const distances = new Float32Array(leaves * leaves);
  let at = 0;
  for (let a = 0; a < leaves; a++)
    for (let b = 0; b < a; b++) {
      const rank = 1 + ranks[at++]!;
      const d = rank + 0.4 * Math.sin(rank);
      distances[a * leaves + b] = d;
      distances[b * leaves + a] = d;
    }
  return distances;
}

/** Average linkage as it is defined: over and over, the two sets whose members are nearest on average. */
function literal(distances: Float32Array, weights: number[]): number[] {
  const leaves = weights.length;
  let standing = weights.map((_, leaf) => [leaf]);
  const heights: number[] = [];
  const mean = (one: number[], other: number[]) => {
    let [sum, pairs] = [0, 0];
    for (const a of one)
      for (const b of other) {
        sum += weights[a]! * weights[b]! * distances[a * leaves + b]!;
        pairs += weights[a]! * weights[b]!;
      }
    return sum / pairs;
  };
  while (standing.length > 1) {
    let best = { one: standing[0]!, other: standing[1]!, d: Number.POSITIVE_INFINITY };
    for (const [i, one] of standing.entries())
      for (const other of standing.slice(i + 1)) {
        const d = mean(one, other);
        if (d < best.d) best = { one, other, d };
      }
    heights.push(best.d);
    standing = standing.filter((set) => set !== best.one && set !== best.other);
    standing.push([...best.one, ...best.other]);
  }
  return heights;
}

test('the heights are those of the definition, and grow', () => {
  fc.assert(
    fc.property(sets, ({ ranks, weights }) => {
      const distances = matrix(ranks, weights.length);
      const expected = literal(distances, weights);
      const heights = averageLinkage(distances, weights).map(({ height }) => height);
      expect(heights).toHaveLength(expected.length);
      for (const [i, height] of heights.entries()) expect(height).toBeCloseTo(expected[i]!, 4);
      expect(heights).toEqual(heights.toSorted((a, b) => a - b));
    }),
  );
});

test('a cut leaves one cluster a merge fewer, each within the coarser cut’s', () => {
  fc.assert(
    fc.property(sets, fc.double({ min: 0, max: 40, noNaN: true }), ({ ranks, weights }, tau) => {
      const leaves = weights.length;
      const merges = averageLinkage(matrix(ranks, leaves), weights);
      const fine = cut(merges, leaves, tau);
      const coarse = cut(merges, leaves, 1.5 * tau);
      expect(fine.clusters).toBe(leaves - merges.filter(({ height }) => height < tau).length);
      expect(new Set(fine.parent).size).toBe(fine.clusters);
      const pairs = new Set([...fine.parent].map((cluster, leaf) => `${cluster} ${coarse.parent[leaf]}`));
      expect(pairs.size).toBe(fine.clusters);
    }),
  );
});

test('which leaves join: two near pairs, then a heavy one between them', () => {
  const at = [0, 1, 10, 12, 4];
  const distances = Float32Array.from({ length: 25 }, (_, i) =>
    Math.abs(at[Math.floor(i / 5)]! - at[i % 5]!),
  );
  const merges = averageLinkage(distances, [1, 1, 1, 1, 6]);
  expect(merges.map(({ height }) => height)).toEqual([1, 2, 3.5, expect.closeTo(7.875, 5)]);
  expect([...cut(merges, 5, 3).parent]).toEqual([0, 0, 1, 1, 2]);
  expect([...cut(merges, 5, 3.6).parent]).toEqual([0, 0, 1, 1, 0]);
  expect(cut(merges, 5, 8).clusters).toBe(1);
});
