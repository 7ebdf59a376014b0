import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRandom } from '../../lib/random.ts';
import { PlainBackend } from '../backend/plain/backend.ts';
import type { Backend, Rows } from '../backend/types.ts';
import { type Following, follow, propagateForward } from './follow.ts';
import { planFollowing } from './plan.ts';
import type { Side } from './propagate.ts';
import { CANDIDATES, Records, SOURCE } from './records.ts';

const backend: Backend = new PlainBackend();
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
  /** Grey levels by which the flow misses a frame. */
  error?: (frame: number) => number;
  stride?: number;
  playhead?: () => number;
  onFrames?: (frames: readonly number[]) => void;
  shots?: { start: number; end: number }[];
  /** Frames that cannot be decoded, and whether that is known before they are looked at. */
  lost?: { frames: readonly number[]; known: boolean };
}

function scene({
  labels = () => [0, 1, 0, 1],
  error = () => 0,
  stride = 5,
  playhead = () => START,
  onFrames = () => undefined,
  shots = [{ start: START, end: START + FRAMES }],
  lost = { frames: [], known: true },
}: Scene) {
  const foundLost = new Set(lost.known ? lost.frames : []);
  const looked: number[] = [];
  const done: number[] = [];
  let calls = 0;
  const reported: [number, number | undefined][] = [];
  const still = (frame: number): Pick<Side, 'places' | 'error'> => ({
    places: Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1),
    error: new Float32Array(tokens).fill(error(frame)),
  });
  const abort = new AbortController();
  const following: Following = {
    backend,
    plan: planFollowing(shots, { most: 4, ratio: 1, stride, lost: new Set(foundLost) }),
    leaves,
    tau: 1,
    far: 1,
    records: new Records(grid, grid),
    frames: {
      async look(frame, among, next) {
        looked.push(frame);
        reported.push([frame, next]);
        if (lost.frames.includes(frame)) {
          foundLost.add(frame);
          throw new Error('cannot be decoded');
        }
        const rows = await this.rows(frame);
        const distances = await backend.distances(rows, among);
        rows.release();
        return { distances, m: new Float32Array(0) };
      },
      rows: (frame) => {
        const values = labels(frame).flatMap((leaf) => KINDS[leaf]!);
        return backend.load(Float32Array.from(values), 2, 'kl');
      },
      isLost: (frame) => foundLost.has(frame),
      motion: async (frame, other) => {
        for (const one of [frame, other]) if (lost.frames.includes(one)) foundLost.add(one);
        expect(frame === other, 'flow to itself').toBe(false);
        expect(++calls, 'one call at a time').toBe(1);
        await Promise.resolve();
        calls--;
        return still(frame);
      },
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
  return { following, looked, reported, done, abort, firsts };
}

const range = (start: number, end: number) => Array.from({ length: end - start }, (_, i) => start + i);
const all = range(START, START + FRAMES);

test('every frame is done once: a few analysed, those between propagated', async () => {
  const { following, looked, done, firsts } = scene({});
  await follow(following);
  expect([...done].sort((a, b) => a - b)).toEqual(all);
  expect(following.records.unfollowed).toBe(0);
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

test('what comes directly after a frame is named with it, and nothing else is', async () => {
  const every = scene({ stride: 1 });
  await follow(every.following);
  const ends = new Set(every.following.plan.blocks.map((block) => block.end - 1));
  for (const [frame, next] of every.reported) expect(next).toBe(ends.has(frame) ? undefined : frame + 1);
  const some = scene({ stride: 5 });
  await follow(some.following);
  const near = new Set(some.looked);
  for (const [frame, next] of some.reported)
    if (next !== undefined) {
      expect(next).toBe(frame + 1);
      expect(near).toContain(next);
    }
});

describe('propagating from one frame', () => {
  const start = async (of: Scene, end: number) => {
    const made = scene(of);
    const record = {
      leaves: Uint16Array.from({ length: tokens * CANDIDATES }, (_, at) => (at % CANDIDATES === 0 ? 1 : 0)),
      weights: Uint8Array.from({ length: tokens * CANDIDATES }, (_, at) => (at % CANDIDATES === 0 ? 255 : 0)),
      motion: new Uint8Array(0),
    };
    made.following.records.set(10, record, SOURCE.analysed);
    await propagateForward(made.following, START + 10, end);
    return made;
  };

  test('its record goes into the frames after it, and no further than asked', async () => {
    const { following, done, looked, firsts } = await start({}, START + 15);
    expect(done).toEqual(range(START + 11, START + 15));
    expect(looked).toEqual([]);
    expect(firsts(START + 14)).toEqual([1, 1, 1, 1]);
    expect(following.records.source(14)).toBe(SOURCE.propagated);
  });

  test('it ends where the picture is another one', async () => {
    const { done } = await start({ error: (frame) => (frame === START + 13 ? 60 : 3) }, START + 20);
    expect(done).toEqual([START + 11, START + 12]);
  });
});

describe('frames that cannot be decoded', () => {
  // The first and the last of the clip, one that is analysed, and two that are propagated.
  const frames = [START, START + 7, START + 15, START + 16, START + FRAMES - 1];

  test.each([true, false])('have no records, and all others have: known before: %s', async (known) => {
    const { following, looked, done } = scene({ lost: { frames, known } });
    const { records } = following;
    await follow(following);
    expect([...done].sort((a, b) => a - b)).toEqual(all);
    expect(all.filter((frame) => records.isLost(frame - START))).toEqual(frames);
    expect(records.unfollowed).toBe(0);
    for (const frame of all) if (!frames.includes(frame)) expect(records.get(frame - START)).toBeDefined();
    if (known) for (const frame of frames) expect(looked).not.toContain(frame);
  });

  test('other failures end it', async () => {
    const { following } = scene({});
    following.frames.look = () => Promise.reject(new Error('no memory'));
    await expect(follow(following)).rejects.toThrow('no memory');
  });
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
    // The pair under way is ended, then that of frame 100 comes.
    expect(done.slice(0, done.indexOf(100)).every((frame) => frame <= START + 15)).toBe(true);
    expect([...done].sort((a, b) => a - b)).toEqual(all);
  });

  test('within a block its pair comes first, then those behind it, then the others from the first', async () => {
    let at = START;
    const { following, done } = scene({
      playhead: () => at,
      onFrames: ([frame]) => {
        if (frame === START + 1) at = START + 22;
      },
    });
    await follow(following);
    const block = following.plan.blocks[0]!;
    const order = done.filter((frame) => frame < block.end);
    const [first, ...others] = block.pairs;
    const place = others.findIndex(([from, to]) => from <= at && at < to);
    const expected = [first!, ...others.slice(place), ...others.slice(0, place)].flatMap(([from, to]) => [
      from,
      to,
      ...range(from + 1, to),
    ]);
    expect(order).toEqual([...new Set(expected)]);
  });

  test('wherever it goes, every frame becomes the same', async () => {
    const labels = (frame: number) => [frame % 11 < 4 ? 1 : 0, frame < 62 ? 0 : 1, 0, frame % 23 < 9 ? 1 : 0];
    const still = scene({ labels });
    await follow(still.following);
    const random = createRandom(7);
    const wandering = scene({ labels, playhead: () => START + Math.floor(FRAMES * random.next()) });
    await follow(wandering.following);
    expect(wandering.done).not.toEqual(still.done);
    expect(wandering.following.records.allSources()).toEqual(still.following.records.allSources());
    for (const place of range(0, FRAMES))
      expect(wandering.following.records.get(place)).toEqual(still.following.records.get(place));
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
  expect(following.records.unfollowed).toBe(0);
});

test('an abort stops it at the next frame, and what was done stays', async () => {
  const { following, done, abort } = scene({
    onFrames: ([frame]) => {
      if (frame === START + 7) abort.abort(new Error('enough'));
    },
  });
  await expect(follow(following)).rejects.toThrow('enough');
  expect(done.at(-1)).toBe(START + 7);
  expect(following.records.unfollowed).toBe(FRAMES - done.length);
});
