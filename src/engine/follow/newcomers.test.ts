import { afterEach, beforeEach, expect, test } from 'vitest';
import { PlainBackend } from '../backend/plain/backend.ts';
import type { Backend, Level, Rows } from '../backend/types.ts';
import { clusterOfLeaf } from '../cluster/levels.ts';
import { levelsAt, withLater } from './find.ts';
import { type Following, follow } from './follow.ts';
import { noticeNewcomers } from './newcomers.ts';
import { planFollowing } from './plan.ts';
import { CANDIDATES, Records, SOURCE } from './records.ts';

/**
 * A made-up clip: a wall, a floor, and a thing of 3 × 3 tokens that crosses the wall in two visits, both between the
 * samples. The samples know the wall and the floor.
 */
const FRAMES = 120;
const grid = { frames: FRAMES, rows: 8, columns: 12 };
const n = grid.rows * grid.columns;
const SHOTS = [{ start: 0, end: FRAMES }];
const WALL = [0.9, 0.05, 0.05];
const FLOOR = [0.05, 0.9, 0.05];
const THING = [0.05, 0.05, 0.9];
const VISITS = [
  [50, 70],
  [75, 95],
] as const;
const isThere = (frame: number) => VISITS.some(([from, to]) => frame >= from && frame < to);

/** Whether the thing is on a token of a frame. */
function isThing(frame: number, token: number): boolean {
  const [row, column] = [Math.floor(token / grid.columns), token % grid.columns];
  const left = 1 + Math.floor(Math.max(0, frame - 50) / 8);
  return isThere(frame) && row >= 1 && row < 4 && column >= left && column < left + 3;
}

const backend: Backend = new PlainBackend();
let first: Rows;
beforeEach(async () => {
  first = await backend.load(Float32Array.from([...WALL, ...FLOOR]), 3, 'kl');
});
afterEach(() => {
  first.release();
  expect(backend.memory.held).toBe(0);
});

/** Follows the clip with the playhead where it is put, notices what came in, and follows that. */
async function followed(playhead: (done: number) => number, thing = isThing, stopped = false) {
  const records = new Records(grid, grid);
  let [done, looks] = [0, 0];
  const following: Following = {
    backend,
    plan: planFollowing(SHOTS, { most: 4, ratio: 1, stride: 4 }),
    leaves: first,
    tau: 1,
    far: 1,
    records,
    frames: {
      async look(frame, leaves) {
        looks++;
        const rows = await this.rows(frame);
        const distances = await backend.distances(rows, leaves);
        rows.release();
        return { distances, m: new Float32Array() };
      },
      async rows(frame) {
        const values = Array.from({ length: n }, (_, token) =>
          thing(frame, token) ? THING : token < n / 2 ? WALL : FLOOR,
        );
        return backend.load(Float32Array.from(values.flat()), 3, 'kl');
      },
      isLost: () => false,
      motion: async () => ({
        places: Float32Array.from({ length: 2 * n }, (_, i) =>
          i % 2 === 0 ? (i / 2) % grid.columns : Math.floor(i / 2 / grid.columns),
        ),
        error: new Float32Array(n),
      }),
    },
    playhead: () => playhead(done),
    onFrames: () => void done++,
    signal: new AbortController().signal,
  };
  await follow(following);
  const before = Array.from({ length: FRAMES }, (_, frame) => records.get(frame)!);
  let leaves: Rows | null = null;
  const evidence: number[] = [];
  const abort = new AbortController();
  const run = noticeNewcomers(
    following,
    { tau: 0.5, inclusive: false },
    async (frame) => {
      evidence.push(frame);
      if (stopped && evidence.length === 2) abort.abort(new Error('enough'));
    },
    (grown) => {
      leaves = grown.leaves;
    },
    abort.signal,
  );
  const came = await run.catch(() => false);
  const again = records.unfollowed;
  looks = 0;
  await follow({ ...following, leaves: leaves ?? first });
  return { records, came, leaves: leaves as Rows | null, before, again, evidence, looks, run };
}

const leafAt = (records: Records, frame: number, token: number) =>
  records.get(frame)!.leaves[token * CANDIDATES]!;

test('what comes in between the samples becomes a leaf of its own, from its first frame to its last', async () => {
  const { records, came, leaves, before, again, evidence, looks } = await followed(() => 0);
  expect(came).toBe(true);
  expect(leaves!.count).toBe(3);
  expect(evidence.every(isThere)).toBe(true);
  for (let frame = 0; frame < FRAMES; frame++) {
    if (records.source(frame) !== SOURCE.analysed) continue;
    for (let token = 0; token < n; token++)
      expect(leafAt(records, frame, token) === 2, `frame ${frame}, token ${token}`).toBe(
        isThing(frame, token),
      );
  }
  // It is the same when it returns, and only the frames around its visits were followed again.
  expect(again).toBeGreaterThan(30);
  expect(again).toBeLessThan(60);
  expect(looks).toBeLessThan(again);
  for (const frame of [0, 20, 44, 72, 104, 119]) expect(records.get(frame)).toBe(before[frame]);
  expect(records.unfollowed).toBe(0);
  leaves!.release();
});

test('the order in which frames were followed changes nothing', async () => {
  const one = await followed(() => 0);
  const other = await followed((done) => (done % 20 < 10 ? 110 : 45));
  for (let frame = 0; frame < FRAMES; frame++) {
    expect(other.records.get(frame), `frame ${frame}`).toEqual(one.records.get(frame));
    expect(other.records.source(frame)).toBe(one.records.source(frame));
  }
  expect(other.evidence).toEqual(one.evidence);
  expect(await backend.read(other.leaves!)).toEqual(await backend.read(one.leaves!));
  one.leaves!.release();
  other.leaves!.release();
});

test('stopped while it looks, it leaves everything as it was', async () => {
  const { records, before, run } = await followed(() => 0, isThing, true);
  await expect(run).rejects.toThrow('enough');
  expect(records.unfollowed).toBe(0);
  for (let frame = 0; frame < FRAMES; frame++) expect(records.get(frame)).toBe(before[frame]);
});

test('what is small, short, or in the samples is no newcomer', async () => {
  const small = (frame: number, token: number) => isThing(frame, token) && token % 2 === 0;
  const short = (frame: number, token: number) => frame >= 50 && frame < 58 && isThing(52, token);
  for (const thing of [small, short]) {
    const { came, again } = await followed(() => 0, thing);
    expect(came).toBe(false);
    expect(again).toBe(0);
  }
});

test('later leaves change no cluster of the first ones, at any τ', async () => {
  const rows = [
    [0.8, 0.1, 0.1],
    [0.75, 0.15, 0.1],
    [0.1, 0.8, 0.1],
    // Later: like the first two, one apart, and one like that.
    [0.7, 0.2, 0.1],
    [0.1, 0.1, 0.8],
    [0.1, 0.15, 0.75],
  ];
  const leaves = await backend.load(Float32Array.from(rows.flat()), 3, 'kl');
  const found = { leaves, first: 3, options: { tau: 0.001, inclusive: false } };
  const none = () => null;
  for (const tau of [0.002, 0.05, 0.3, 5]) {
    const base = await levelsAt(backend, found, tau);
    const all = clusterOfLeaf(await withLater(backend, found, tau, base, none), 6);
    expect([...all.subarray(0, 3)]).toEqual([...clusterOfLeaf(base, 3)]);
    const old = base.at(-1)?.clusters ?? 3;
    if (tau === 0.002) expect([...all]).toEqual([0, 1, 2, 3, 4, 5]);
    if (tau === 0.05) expect([...all]).toEqual([0, 0, 1, 0, 2, 2]);
    if (tau === 5) expect([...all]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(Math.max(...all)).toBeLessThan(old + 3);
  }
  // What moves together is joined, of the later ones alone.
  const base = await levelsAt(backend, found, 0.002);
  const join = (clusterOf: Int32Array, old: number): Level => {
    expect([...clusterOf]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(old).toBe(3);
    return { clusters: 2, parent: Int32Array.of(0, 1, 1) };
  };
  const levels = await withLater(backend, found, 0.002, base, join);
  expect([...clusterOfLeaf(levels, 6)]).toEqual([0, 1, 2, 3, 4, 4]);
  expect(levels.at(-1)!.clusters).toBe(5);
  leaves.release();
});
