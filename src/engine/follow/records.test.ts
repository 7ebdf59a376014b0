import { describe, expect, test } from 'vitest';
import type { Overflow } from '../tokens/overflow.ts';
import { clustersOf, type FrameRecord, partsOf, Records, SOURCE, shares } from './records.ts';

const record = (leaves: number[], weights: number[], motion: number[] = []): FrameRecord => ({
  leaves: Uint16Array.from(leaves),
  weights: Uint8Array.from(weights),
  motion: Uint8Array.from(motion),
});

describe('what a record says of a token', () => {
  // Leaves 0 and 1 are cluster 0, leaf 2 is cluster 1. Two lesser leaves of one cluster outweigh the first of another.
  const clusterOf = [0, 0, 1];
  const mixed = record([2, 0, 1, 2, 0, 1], [255, 150, 120, 255, 20, 10]);

  test('its cluster is the one whose leaves weigh most together', () => {
    expect([...clustersOf(mixed, clusterOf)]).toEqual([0, 1]);
  });

  test('its part is the heaviest leaf of that cluster, so that parts divide clusters', () => {
    const parts = partsOf(mixed, clusterOf);
    expect([...parts]).toEqual([0, 2]);
    expect([...parts].map((leaf) => clusterOf[leaf])).toEqual([...clustersOf(mixed, clusterOf)]);
  });

  test('on a tie the first leaf’s cluster', () => {
    expect([...clustersOf(record([2, 0, 0], [100, 100, 0]), clusterOf)]).toEqual([1]);
  });

  test('with every leaf a cluster, the first leaf: Eq. 3', () => {
    expect([...clustersOf(mixed, [0, 1, 2])]).toEqual([2, 2]);
  });

  test('shares add up to one, but for leaves that are no label’s', () => {
    const [first, second] = shares(mixed, clusterOf, 2);
    expect(first![0]).toBeCloseTo(270 / 525, 6);
    expect(first![0]! + second![0]!).toBeCloseTo(1, 6);
    const [only] = shares(mixed, [-1, -1, 0], 1);
    expect(only![0]).toBeCloseTo(255 / 525, 6);
  });
});

describe('records of a clip', () => {
  const grid = { frames: 3, rows: 1, columns: 2 };
  const cells = { rows: 1, columns: 3 };
  const frames = [0, 1, 2].map((i) =>
    record([i, 0, 0, i + 1, 0, 0], [255, 0, 0, 250 - i, 0, 0], [i, 10 * i, 100]),
  );

  test('frames are pending until they are set', () => {
    const records = new Records(grid, cells);
    expect([records.unfollowed, records.get(1)]).toEqual([3, undefined]);
    records.set(1, frames[1]!, SOURCE.propagated);
    expect(records.unfollowed).toBe(2);
    expect([...records.allSources()]).toEqual([SOURCE.pending, SOURCE.propagated, SOURCE.pending]);
    expect(() => records.pack()).toThrow(/pending/);
  });

  test.each([
    ['with motion', frames],
    ['without', frames.map((one) => ({ ...one, motion: new Uint8Array(0) }))],
  ])('packed and unpacked they are the same: %s', (_, given) => {
    const records = new Records(grid, cells);
    for (const [i, one] of given.entries())
      records.set(i, one, i === 1 ? SOURCE.propagated : SOURCE.analysed);
    const again = Records.of(grid, records.pack(), records.allSources());
    expect([0, 1, 2].map((i) => again.get(i))).toEqual(given);
    expect(again.allSources()).toEqual(records.allSources());
    expect(again.pack()).toEqual(records.pack());
  });

  test('a frame that is lost has no record, but nothing waits for it', () => {
    const records = new Records(grid, cells);
    records.set(0, frames[0]!, SOURCE.analysed);
    for (const place of [1, 2]) records.set(place, frames[place]!, SOURCE.propagated);
    records.lose(0);
    expect([records.unfollowed, records.get(0), records.isLost(0), records.isLost(1)]).toEqual([
      0,
      undefined,
      true,
      false,
    ]);
    const again = Records.of(grid, records.pack(), records.allSources());
    expect([0, 1, 2].map((place) => again.get(place))).toEqual([undefined, frames[1], frames[2]]);
    expect([again.isLost(0), again.isLost(1), again.unfollowed]).toEqual([true, false, 0]);
  });
});

test('records beyond the memory are in a file, and comes back', async () => {
  const file = new Uint16Array(4096);
  let closed = false;
  const overflow: Overflow = {
    write: (at, numbers) => file.set(numbers, at / 2),
    read: (at, count) => file.slice(at / 2, at / 2 + count),
    close: async () => {
      closed = true;
    },
  };
  // An odd number of bytes a frame; 2 · 3 tokens take 18 leaves of two bytes, 18 weights and 5 cells.
  const grid = { frames: 4, rows: 2, columns: 3 };
  const records = new Records(grid, { rows: 1, columns: 5 }, overflow, 130);
  const of = (seed: number, cells = 5) =>
    record(
      Array.from({ length: 18 }, (_, i) => seed * 1000 + i),
      Array.from({ length: 18 }, (_, i) => seed + i),
      Array.from({ length: cells }, (_, i) => 200 + seed + i),
    );
  const kept = [of(0), of(1), of(2), of(3, 0)];
  for (const frame of [3, 0, 2, 1]) records.set(frame, kept[frame]!, SOURCE.analysed);
  expect(records.bytes).toBe(54 + 59);
  for (const [frame, expected] of kept.entries()) expect(records.get(frame)).toEqual(expected);
  // Written again, in place.
  records.set(1, kept[2]!, SOURCE.propagated);
  records.set(0, kept[2]!, SOURCE.propagated);
  expect([0, 1, 2].map((frame) => records.get(frame))).toEqual([kept[2], kept[2], kept[2]]);
  expect(records.bytes).toBe(54 + 59);
  expect(records.unfollowed).toBe(0);
  await records.release();
  expect(closed).toBe(true);
});
