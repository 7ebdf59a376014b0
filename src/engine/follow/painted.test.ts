import { expect, test } from 'vitest';
import { propagatePainted } from './painted.ts';
import { CANDIDATES, type FrameRecord, Records, SOURCE } from './records.ts';

/** Six frames of 8 × 16 tokens: ground all around, and a body with a head that walks to the right by a token a frame. */
const grid = { frames: 6, rows: 8, columns: 16 };
const n = grid.rows * grid.columns;
const [GROUND, BODY, HEAD, TREE] = [0, 1, 2, 3];
const FAR = 4;
/** D between the leaves: body and head are near each other. */
const apart = Float32Array.from([
  ...[0, FAR, FAR, FAR],
  ...[FAR, 0, 0.5, FAR],
  ...[FAR, 0.5, 0, FAR],
  ...[FAR, FAR, FAR, 0],
]);
const { signal } = new AbortController();

function leafAt(frame: number, token: number): number {
  const [row, column] = [Math.floor(token / grid.columns), token % grid.columns];
  if (row >= 2 && row < 5 && column >= 1 + frame && column < 4 + frame) return BODY;
  return row >= 2 && row < 4 && column >= 4 + frame && column < 6 + frame ? HEAD : GROUND;
}
const isObject = (frame: number) => (token: number) => leafAt(frame, token) !== GROUND;

function recordOf(leafOf: (token: number) => number): FrameRecord {
  const leaves = new Uint16Array(n * CANDIDATES);
  const weights = new Uint8Array(n * CANDIDATES);
  for (let token = 0; token < n; token++) {
    leaves[token * CANDIDATES] = leafOf(token);
    weights[token * CANDIDATES] = 255;
  }
  return { leaves, weights, motion: new Uint8Array(0) };
}

/** @param changed what a frame has in the place of its own leaves */
function recordsWith(changed: Record<number, (token: number) => number> = {}, pending = -1): Records {
  const records = new Records(grid, grid);
  for (let frame = 0; frame < grid.frames; frame++)
    if (frame !== pending)
      records.set(frame, recordOf(changed[frame] ?? ((token) => leafAt(frame, token))), SOURCE.analysed);
  return records;
}

/** Tokens of some rows and columns of a frame. */
const box = (frame: number, rows: readonly number[], columns: readonly number[]): number[] =>
  rows.flatMap((row) => columns.map((column) => frame * n + row * grid.columns + column));
/** What sits on the head, and looks like the ground. */
const hat = (frame: number) => box(frame, [0, 1], [4 + frame, 5 + frame]);
const inFrames = (frames: readonly number[], of: (frame: number) => number[]) => frames.flatMap(of);

test('what was painted moves with the object under it, both ways, in every frame', async () => {
  const records = recordsWith();
  const propagate = (frame: number, painted: number[]) =>
    propagatePainted(painted, isObject(frame), records, apart, signal);
  expect([...(await propagate(0, hat(0)))]).toEqual(inFrames([1, 2, 3, 4, 5], hat));
  expect([...(await propagate(3, hat(3)))]).toEqual(inFrames([0, 1, 2, 4, 5], hat));
  const head = (frame: number) => box(frame, [2, 3], [4 + frame, 5 + frame]);
  expect([...(await propagate(2, head(2)))], 'of the object itself').toEqual(inFrames([0, 1, 3, 4, 5], head));
});

test('a frame in which the object is hidden has none, and what was painted is found again behind it', async () => {
  const records = recordsWith({ 2: () => GROUND });
  const propagated = await propagatePainted(hat(0), isObject(0), records, apart, signal);
  expect([...propagated]).toEqual(inFrames([1, 3, 4, 5], hat));
});

test('tokens of the object that something else covers are left out', async () => {
  const branch = (token: number) => (Math.floor(token / grid.columns) === 3 ? TREE : leafAt(1, token));
  const records = recordsWith({ 1: branch });
  const head = box(0, [2, 3], [4, 5]);
  const propagated = await propagatePainted(head, isObject(0), records, apart, signal);
  expect([...propagated].filter((token) => token < 2 * n)).toEqual(box(1, [2], [5, 6]));
});

test('where there is no object, what was painted stays with what is around it', async () => {
  const records = recordsWith();
  const corner = (frame: number) => box(frame, [7], [14, 15]);
  const propagated = await propagatePainted(corner(0), () => false, records, apart, signal);
  expect([...propagated]).toEqual(inFrames([1, 2, 3, 4, 5], corner));
});

test('all other frames are counted as they are done', async () => {
  const parts: number[] = [];
  await propagatePainted(hat(3), isObject(3), recordsWith(), apart, signal, (part) => parts.push(part));
  expect(parts).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
});

test('frames that are pending have none, and a painted one that is propagates nothing', async () => {
  const propagated = await propagatePainted(hat(0), isObject(0), recordsWith({}, 3), apart, signal);
  expect([...propagated]).toEqual(inFrames([1, 2, 4, 5], hat));
  expect(await propagatePainted(hat(3), isObject(3), recordsWith({}, 3), apart, signal)).toHaveLength(0);
});
