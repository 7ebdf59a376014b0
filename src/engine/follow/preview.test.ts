import { expect, test } from 'vitest';
import { showPreviews } from './preview.ts';
import { CANDIDATES, isFollowed, Records, SOURCE } from './records.ts';

const grid = { frames: 4, rows: 1, columns: 3 };
const cells = { rows: 1, columns: 1 };

/** A record whose tokens have these leaves first, and all their weight there. */
const record = (...leaves: number[]) => ({
  leaves: Uint16Array.from(leaves.flatMap((leaf) => [leaf, 0, 0])),
  weights: Uint8Array.from(leaves.flatMap(() => [255, 0, 0])),
  motion: Uint8Array.of(7),
});
const firsts = (records: Records, frame: number) =>
  Array.from({ length: grid.columns }, (_, token) => Number(records.get(frame)!.leaves[token * CANDIDATES]));

test('frames that are still to be followed are shown as the quick look saw them, by the leaves of the run', () => {
  const [found, quick] = [new Records(grid, cells), new Records(grid, cells)];
  found.set(0, record(5, 5, 9), SOURCE.analysed);
  quick.set(0, record(1, 1, 2), SOURCE.analysed);
  quick.set(1, record(2, 1, 2), SOURCE.propagated);
  // A leaf that no common frame has: the commonest of the run.
  quick.set(3, record(3, 2, 1), SOURCE.propagated);
  showPreviews(found, quick);
  expect([...found.allSources()]).toEqual([SOURCE.analysed, SOURCE.preview, SOURCE.pending, SOURCE.preview]);
  expect([0, 1, 3].map((frame) => firsts(found, frame))).toEqual([
    [5, 5, 9],
    [9, 5, 9],
    [5, 9, 5],
  ]);
  expect(found.get(1)!.motion).toEqual(Uint8Array.of(7));
  expect(found.unfollowed).toBe(3);
  expect(isFollowed(found.source(1))).toBe(false);
});

test('without a frame that both have seen nothing is shown', () => {
  const [found, quick] = [new Records(grid, cells), new Records(grid, cells)];
  found.set(0, record(5, 5, 9), SOURCE.analysed);
  quick.set(1, record(1, 1, 2), SOURCE.analysed);
  showPreviews(found, quick);
  expect(found.unfollowed).toBe(3);
  expect(found.get(1)).toBeUndefined();
});
