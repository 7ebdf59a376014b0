import { expect, test } from 'vitest';
import { SOURCE, type Source } from '../follow/records.ts';
import { createPreviews } from './previews.ts';

const FRAMES = 40;
const START = 100;
const SHOT = { start: 100, end: 130 };

/** Previews of a clip's part from frame 100 on, whose quick look knows frame 104 and propagated it as far as 107. */
function previews(playhead = () => START) {
  const sources = new Uint8Array(FRAMES);
  sources.fill(SOURCE.propagated, 4, 8);
  const made: { frame: number; end: number; known: boolean }[] = [];
  const reported: number[] = [];
  const one = createPreviews(
    {
      plan: { start: START },
      records: { source: (place) => sources[place] as Source },
      following: {
        async preview(frame, end, onFrames, _signal, queries) {
          made.push({ frame, end, known: queries !== undefined });
          sources.fill(SOURCE.propagated, frame - START, end - START);
          onFrames(Array.from({ length: end - frame }, (_, i) => frame + i));
        },
        async propagateForward(from, end, onFrames) {
          sources.fill(SOURCE.propagated, from + 1 - START, end - START);
          onFrames(Array.from({ length: end - from - 1 }, (_, i) => from + 1 + i));
        },
      },
    },
    SHOT,
    playhead,
    (frames) => reported.push(...frames),
    new AbortController().signal,
  );
  return { one, made, reported };
}

const tokens = (written: number) => ({ written, read: async () => new Float32Array(1) });
const samples = Int32Array.of(102, 106, 110, 120, 135);

test('samples whose tokens have come are shown, and what lies up to the next one or to frames with masks', async () => {
  const { one, made, reported } = previews();
  await one.samples(samples, tokens(1));
  expect(made).toEqual([{ frame: 102, end: 104, known: true }]);
  await one.samples(samples, tokens(3));
  await one.samples(samples, tokens(3));
  // 106 has masks already: it is propagated from there.
  expect(made.slice(1)).toEqual([{ frame: 110, end: 120, known: true }]);
  await one.samples(samples, tokens(5));
  // Up to the end of the shot, and nothing of another one.
  expect(made.slice(2)).toEqual([{ frame: 120, end: 130, known: true }]);
  expect(reported).toEqual([102, 103, 108, 109, ...Array.from({ length: 20 }, (_, i) => 110 + i)]);
});

test('the frame that the playhead rests on is shown, not one that it passes', async () => {
  let at = 112;
  const { one, made } = previews(() => at);
  await one.playhead();
  at = 114;
  await one.playhead();
  expect(made).toEqual([]);
  await one.playhead();
  expect(made).toEqual([{ frame: 114, end: 130, known: false }]);
  await one.playhead();
  at = 105;
  await one.playhead();
  await one.playhead();
  at = 135;
  await one.playhead();
  await one.playhead();
  expect(made, 'with masks, or in another shot').toHaveLength(1);
});
