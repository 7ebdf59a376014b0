import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PlainBackend } from '../backend/plain/backend.ts';
import type { Rows } from '../backend/types.ts';
import type { Side } from './carry.ts';
import { type Following, follow } from './follow.ts';
import { planFollowing } from './plan.ts';
import { CANDIDATES, Records, SOURCE } from './records.ts';

const backend = new PlainBackend();
const START = 20;
const FRAMES = 90;
const grid = { frames: FRAMES, rows: 2, columns: 2 };
const tokens = 4;
/** Two leaves far apart, and rows like the one or the other. */
const KINDS = [
  [0.9, 0.1],
  [0.1, 0.9],
] as const;
let leaves: Rows;

beforeEach(async () => {
  leaves = await backend.load(Float32Array.from(KINDS.flat()), 2, 'kl');
});
afterEach(() => {
  leaves.release();
  expect(backend.memory.held).toBe(0);
});

interface Scene {
  /** Leaf of every token of a frame that is analysed. */
  labels?: (frame: number) => readonly number[];
  flow?: boolean;
  stride?: number;
  playhead?: () => number;
  onFrames?: (frames: readonly number[]) => void;
  shots?: { start: number; end: number }[];
}

function scene({
  labels = () => [0, 1, 0, 1],
  flow = true,
  stride = 5,
  playhead = () => START,
  onFrames = () => undefined,
  shots = [{ start: START, end: START + FRAMES }],
}: Scene) {
  const looked: number[] = [];
  const done: number[] = [];
  let calls = 0;
  const still: Pick<Side, 'places' | 'error'> = {
    places: Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1),
    error: new Float32Array(tokens),
  };
  const abort = new AbortController();
  const following: Following = {
    backend,
    plan: planFollowing(shots, { most: 4, ratio: 1, stride }),
    leaves,
    tau: 1,
    far: 1,
    records: new Records(grid, grid),
    frames: {
      async look(frame) {
        looked.push(frame);
        const values = labels(frame).flatMap((leaf) => KINDS[leaf]!);
        return { rows: await backend.load(Float32Array.from(values), 2, 'kl'), m: new Float32Array(0) };
      },
      motion: (frame, other) =>
        flow
          ? (async () => {
              expect(frame === other, 'flow to itself').toBe(false);
              expect(++calls, 'one call at a time').toBe(1);
              await Promise.resolve();
              calls--;
              return still;
            })()
          : null,
    },
    playhead,
    onFrames: (frames) => {
      done.push(...frames);
      onFrames(frames);
    },
    signal: abort.signal,
  };
  const firsts = (frame: number) => {
    const record = following.records.get(frame - START)!;
    return Array.from({ length: tokens }, (_, token) => record.leaves[token * CANDIDATES]);
  };
  return { following, looked, done, abort, firsts };
}

const range = (start: number, end: number) => Array.from({ length: end - start }, (_, i) => start + i);
const all = range(START, START + FRAMES);

test('every frame is done once: a few analysed, those between carried', async () => {
  const { following, looked, done, firsts } = scene({});
  await follow(following);
  expect([...done].sort((a, b) => a - b)).toEqual(all);
  expect(following.records.pending).toBe(0);
  const analysed = all.filter((frame) => following.records.source(frame - START) === SOURCE.analysed);
  expect([...looked].sort((a, b) => a - b)).toEqual(analysed);
  expect(analysed).toEqual(
    [
      ...new Set([...range(0, 18).map((i) => START + 5 * i), ...following.plan.samples, START + FRAMES - 1]),
    ].sort((a, b) => a - b),
  );
  for (const frame of [START, START + 3, START + 88]) expect(firsts(frame)).toEqual([0, 1, 0, 1]);
});

test('frames on whose tokens both sides disagree are analysed', async () => {
  const { following, firsts } = scene({ labels: (frame) => (frame < 62 ? [0, 0, 0, 0] : [1, 1, 1, 1]) });
  await follow(following);
  const sources = range(60, 66).map((frame) => following.records.source(frame - START));
  expect(sources).toEqual([1, 1, 1, 1, 1, 1]);
  expect(range(60, 64).map((frame) => firsts(frame)[0])).toEqual([0, 0, 1, 1]);
});

test('without flow nothing is carried', async () => {
  const { following, looked } = scene({ flow: false });
  await follow(following);
  expect(new Set(looked)).toEqual(new Set(all));
});

test('records that are there stay', async () => {
  const { following, looked, done } = scene({});
  const record = {
    leaves: new Uint16Array(12).fill(1),
    weights: new Uint8Array(12).fill(9),
    motion: new Uint8Array(0),
  };
  following.records.set(5, record, SOURCE.analysed);
  await follow(following);
  expect(following.records.get(5)).toBe(record);
  expect(looked).not.toContain(START + 5);
  expect(done).not.toContain(START + 5);
});

describe('the playhead', () => {
  test('what is nearest to it comes first', async () => {
    const { following, done } = scene({ playhead: () => 100 });
    await follow(following);
    const last = following.plan.blocks.at(-1)!;
    const count = last.end - last.start;
    expect(new Set(done.slice(0, count))).toEqual(new Set(range(last.start, last.end)));
  });

  test('where it goes, following goes next, and comes back', async () => {
    let at = START;
    const { following, done } = scene({
      playhead: () => at,
      onFrames: ([frame]) => {
        if (frame === START + 8) at = 100;
      },
    });
    await follow(following);
    // The pair under way is ended, then the block of frame 100 comes.
    const next = done.indexOf(following.plan.blocks.at(-1)!.start);
    expect(done.slice(0, next).every((frame) => frame <= START + 15)).toBe(true);
    expect([...done].sort((a, b) => a - b)).toEqual(all);
  });
});

test('a shot of one frame is followed too', async () => {
  const { following } = scene({
    shots: [
      { start: START, end: START + 1 },
      { start: START + 1, end: START + FRAMES },
    ],
  });
  await follow(following);
  expect(following.records.pending).toBe(0);
});

test('an abort stops it at the next frame, and what was done stays', async () => {
  const { following, done, abort } = scene({
    onFrames: ([frame]) => {
      if (frame === START + 7) abort.abort(new Error('enough'));
    },
  });
  await expect(follow(following)).rejects.toThrow('enough');
  expect(done.at(-1)).toBe(START + 7);
  expect(following.records.pending).toBe(FRAMES - done.length);
});
