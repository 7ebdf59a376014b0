import { expect, test } from 'vitest';
import { SOURCE, type Source } from '../follow/records.ts';
import { createPreviews } from './previews.ts';

const FRAMES = 40;
const START = 100;
const SHOT = { start: 100, end: 130 };

/**
 * Previews of a clip's part from frame 100 on, whose quick look has seen frame 104 and propagated it as far as 107.
 *
 * @param cost seconds that motion takes a frame
 */
function previews(playhead = () => START, cost = 0) {
  const sources = new Uint8Array(FRAMES);
  sources.fill(SOURCE.propagated, 4, 8);
  const analysed: { frame: number; known: boolean }[] = [];
  const filled: [from: number, end: number][] = [];
  const reported: number[] = [];
  const clock = { seconds: 0 };
  const one = createPreviews(
    {
      plan: { start: START, samples: Int32Array.of(104) },
      records: { source: (place) => sources[place] as Source },
      following: {
        async preview(frame, end, onFrames, _signal, queries) {
          expect(end).toBe(frame + 1);
          analysed.push({ frame, known: queries !== undefined });
          sources[frame - START] = SOURCE.analysed;
          onFrames([frame]);
        },
        async propagateForward(from, end, onFrames) {
          filled.push([from, end]);
          clock.seconds += cost * (end - from - 1);
          sources.fill(SOURCE.propagated, from + 1 - START, end - START);
          onFrames(Array.from({ length: end - from - 1 }, (_, i) => from + 1 + i));
        },
      },
    },
    SHOT,
    playhead,
    (frames) => reported.push(...frames),
    new AbortController().signal,
    () => 1000 * clock.seconds,
  );
  return { one, analysed, filled, reported, clock };
}

const tokens = (written: number) => ({ written, read: async () => new Float32Array(1) });
const samples = Int32Array.of(102, 106, 110, 120, 135);

test('samples whose tokens have come are shown, but those that have masks and those of another shot', async () => {
  const { one, analysed } = previews(() => 130);
  await one.show(samples, tokens(1));
  expect(analysed).toEqual([{ frame: 102, known: true }]);
  await one.show(samples, tokens(3));
  await one.show(samples, tokens(5));
  expect(analysed.map(({ frame }) => frame)).toEqual([102, 110, 120]);
});

test('motion fills the frames after the playhead first, then those before it, a few at a time', async () => {
  const { one, filled, reported } = previews(() => 112);
  for (let i = 0; i < 8; i++) await one.show(samples, tokens(4));
  expect(filled).toEqual([
    [112 - 2, 119],
    [118, 120],
    [120, 129],
    [128, 130],
    [102, 104],
    [107, 110],
  ]);
  expect(reported.toSorted((a, b) => a - b)).toEqual([
    102,
    103,
    108,
    109,
    ...Array.from({ length: 20 }, (_, i) => 110 + i),
  ]);
});

test('masks are not propagated far from the frame that they were seen in', async () => {
  const { one, filled } = previews();
  for (let i = 0; i < 8; i++) await one.show(Int32Array.of(), tokens(0));
  expect(filled.at(-1)).toEqual([123, 129]);
});

test('motion takes its share of the search’s time, and no more', async () => {
  const { one, filled, clock } = previews(() => START, 1);
  for (let i = 0; i < 8; i++) await one.show(samples, tokens(5));
  const spent = one.seconds;
  expect(filled.length, 'something is left').toBeLessThan(5);
  expect(spent).toBeLessThan(3 + 8);
  clock.seconds += 100;
  await one.show(samples, tokens(5));
  expect(one.seconds).toBeGreaterThan(spent);
});

test('the frame that the playhead rests on is analysed, not one that it passes', async () => {
  let at = 112;
  const { one, analysed } = previews(() => at, 1000);
  const look = () => one.show(Int32Array.of(), tokens(0));
  await look();
  // Too far from the quick look's frame for motion.
  at = 129;
  await look();
  expect(analysed).toEqual([]);
  await look();
  expect(analysed).toEqual([{ frame: 129, known: false }]);
  await look();
  at = 105;
  await look();
  await look();
  at = 135;
  await look();
  await look();
  expect(analysed, 'with masks, or in another shot').toHaveLength(1);
});
