import { expect, test } from 'vitest';
import { clusterOfLeaf } from '../cluster/levels.ts';
import { divide, levelsWithTwins, withTwins } from './divide.ts';
import { CANDIDATES, clustersOf, Records, SOURCE } from './records.ts';

const grid = { frames: 6, rows: 8, columns: 20 };
const n = grid.rows * grid.columns;
const signal = new AbortController().signal;
const shots = [{ start: 0, end: grid.frames }];
/** Leaf 0 is the background, 1 and 2 what moves, 3 something else that moves. */
const clusterOf = Int32Array.of(0, 1, 1, 2);

/** Two things of leaves 1 and 2 that come towards each other, and one of leaf 3; their rims are half background. */
function records(): Records {
  const all = new Records(grid, { rows: 0, columns: 0 });
  for (let frame = 0; frame < grid.frames; frame++) {
    const leaves = new Uint16Array(n * CANDIDATES);
    const weights = new Uint8Array(n * CANDIDATES);
    for (let token = 0; token < n; token++) {
      const [y, x] = [Math.floor(token / grid.columns), token % grid.columns];
      const inside = (left: number, top: number, rim: number) =>
        x >= left - rim && x < left + 3 + rim && y >= top - rim && y < top + 3 + rim;
      const thing = (rim: number) => (inside(1 + frame, 1, rim) ? 1 : inside(14 - frame, 1, rim) ? 2 : 0);
      const other = inside(9, 5, 0) ? 3 : 0;
      const leaf = other || thing(0);
      leaves.set([leaf, thing(1), 0], token * CANDIDATES);
      weights.set([200, leaf === 0 && thing(1) > 0 ? 55 : 0, 0], token * CANDIDATES);
    }
    all.set(frame, { leaves, weights, motion: new Uint8Array(0) }, SOURCE.analysed);
  }
  return all;
}
const at = (x: number, y: number) => y * grid.columns + x;

test('what moves alike in two places is two, at every weight of its tokens and at every τ', async () => {
  const all = records();
  const found = (await divide(all, clusterOf, [false, true, true], shots, signal))!;
  expect(found.twins).toEqual([
    { leaf: 1, instance: 1 },
    { leaf: 2, instance: 1 },
  ]);
  expect(clustersOf(all.get(0)!, clusterOf)[at(2, 2)], 'nothing is changed before it is committed').toBe(1);
  found.commit();
  const parent = { clusters: 3, parent: clusterOf };
  const { levels, clusterOf: whole, from } = levelsWithTwins([parent], clusterOf, found.twins);
  expect([...whole]).toEqual([0, 1, 1, 2, 3, 3]);
  expect(from).toEqual([1]);
  expect([...clusterOfLeaf(levels, 6)]).toEqual([...whole]);
  for (let frame = 0; frame < grid.frames; frame++) {
    const clusters = clustersOf(all.get(frame)!, whole);
    const [left, right] = [clusters[at(2 + frame, 2)]!, clusters[at(15 - frame, 2)]!];
    expect(new Set([left, right]), `frame ${frame}`).toEqual(new Set([1, 3]));
    expect(left, 'it stays the same').toBe(clustersOf(all.get(0)!, whole)[at(2, 2)]);
    expect(clusters[at(10, 6)]).toBe(2);
    // A rim goes with what it is the rim of.
    const { leaves } = all.get(frame)!;
    expect(whole[leaves[at(frame, 2) * CANDIDATES + 1]!]).toBe(left);
    expect(whole[leaves[at(17 - frame, 2) * CANDIDATES + 1]!]).toBe(right);
  }
  // At a τ at which both kinds of thing are one, instances of one number are.
  const coarse = levelsWithTwins(
    [parent, { clusters: 2, parent: Int32Array.of(0, 1, 1) }],
    Int32Array.of(0, 1, 1, 1),
    found.twins,
  );
  expect([...clusterOfLeaf(coarse.levels, 6)]).toEqual([0, 1, 1, 1, 2, 2]);
});

test('where every cluster is one thing, or background, nothing is divided', async () => {
  expect(await divide(records(), clusterOf, [false, false, true], shots, signal)).toBeNull();
});

test('giving up rejects with the signal’s reason, and nothing has changed', async () => {
  const all = records();
  const before = structuredClone(all.get(3));
  await expect(divide(all, clusterOf, [false, true, true], shots, AbortSignal.abort())).rejects.toMatchObject(
    {
      name: 'AbortError',
    },
  );
  expect(all.get(3)).toEqual(before);
});

test('it listens for a stop all along, not only while it reads the records', async () => {
  const all = records();
  const long = new Records({ ...grid, frames: 200 }, { rows: 0, columns: 0 });
  for (let frame = 0; frame < 200; frame++) long.set(frame, all.get(frame % 6)!, SOURCE.analysed);
  let asked = 0;
  const counting = { throwIfAborted: () => void asked++ } as AbortSignal;
  expect(
    await divide(long, clusterOf, [false, true, true], [{ start: 0, end: 200 }], counting),
  ).not.toBeNull();
  // Every 32nd frame while reading, and for each of two clusters while it finds components, follows them and looks what is near.
  expect(asked).toBeGreaterThan(7 * (1 + 2 * 2));
});

test('values of leaves go to their twins', () => {
  const twins = [
    { leaf: 1, instance: 1 },
    { leaf: 3, instance: 1 },
  ];
  expect([...withTwins(Int32Array.of(5, 6), 4, twins)]).toEqual([5, 6, -1, -1, 6, -1]);
});
