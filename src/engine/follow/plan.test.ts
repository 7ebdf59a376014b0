import { expect, test } from 'vitest';
import { keyFrames } from '../tokens/keyframes.ts';
import { type Block, nearestBlock, nextPair, planFollowing } from './plan.ts';

const range = (start: number, end: number) => Array.from({ length: end - start }, (_, i) => start + i);
const anchorsOf = (blocks: readonly Block[]) =>
  [...new Set(blocks.flatMap(({ pairs }) => pairs.flat()))].sort((a, b) => a - b);

test('samples are about the middles of equal parts of a shot, among the frames that are analysed; key frames are App. A’s of them', () => {
  const plan = planFollowing([{ start: 10, end: 70 }], { most: 6, ratio: 0.5, stride: 4 });
  expect([...plan.samples]).toEqual([14, 22, 34, 42, 54, 62]);
  expect(plan.keys).toEqual(keyFrames(6, 0.5));
  expect([plan.start, plan.end]).toEqual([10, 70]);
});

test.each([
  ['no limit', null],
  ['a limit above the frames', 99],
])('with %s every frame is a sample', (_, most) => {
  const shots = [
    { start: 3, end: 8 },
    { start: 8, end: 20 },
  ];
  const plan = planFollowing(shots, { most, ratio: 1, stride: 4 });
  expect([...plan.samples]).toEqual(range(3, 20));
  expect(plan.keys).toEqual(range(0, 17));
});

test('samples go to shots by their length, at least one to each, and each has a key frame', () => {
  const shots = [
    { start: 0, end: 80 },
    { start: 80, end: 84 },
    { start: 84, end: 120 },
  ];
  const plan = planFollowing(shots, { most: 12, ratio: 0.1, stride: 5 });
  const perShot = shots.map(({ start, end }) => plan.samples.filter((f) => f >= start && f < end).length);
  expect(perShot.reduce((sum, count) => sum + count, 0)).toBe(12);
  expect(perShot).toEqual([8, 1, 3]);
  expect(plan.keys).toEqual([0, 8, 9]);
});

test('more shots than samples: every shot has one all the same', () => {
  const shots = range(0, 6).map((i) => ({ start: 5 * i, end: 5 * (i + 1) }));
  const { samples } = planFollowing(shots, { most: 3, ratio: 1, stride: 1 });
  expect([...samples]).toEqual([2, 7, 12, 17, 22, 27]);
});

test('of very many shots the longest have the samples, and key frames are few, spread over them', () => {
  const shots = range(0, 200).map((i) => ({ start: 50 * i, end: 50 * (i + 1) - (i % 4 === 0 ? 0 : 20) }));
  const long = shots.filter(({ start, end }) => end - start === 50);
  const { samples, keys, blocks } = planFollowing(shots, { most: 16, ratio: 0.25, stride: 4 });
  expect(samples).toHaveLength(48);
  for (const frame of samples)
    expect(long.some(({ start, end }) => frame >= start && frame < end)).toBe(true);
  expect(keys).toEqual(range(0, 16).map((i) => 3 * i));
  expect(new Set(blocks.flatMap(({ start, end }) => range(start, end))).size).toBe(
    shots.reduce((sum, { start, end }) => sum + end - start, 0),
  );
  const all = planFollowing(shots, { most: null, ratio: 0.1, stride: 4 });
  expect(all.samples).toHaveLength(7000);
  expect(all.keys).toHaveLength(keyFrames(7000, 0.1).length);
});

test('nothing is looked for in frames that cannot be decoded', () => {
  const shots = [
    { start: 0, end: 23 },
    { start: 23, end: 26 },
    { start: 26, end: 40 },
  ];
  const lost = new Set([0, 9, 10, 22, 23, 24, 25]);
  const { samples, keys, blocks } = planFollowing(shots, { most: 3, ratio: 1, stride: 5, lost });
  expect([...samples]).toEqual([11, 31]);
  expect(keys).toEqual([0, 1]);
  expect(anchorsOf(blocks)).toEqual([1, 5, 11, 15, 20, 21, 26, 31, 36, 39]);
});

test('every stride-th frame, the samples and both ends of a shot are analysed; nothing is propagated over a cut', () => {
  const shots = [
    { start: 0, end: 23 },
    { start: 23, end: 30 },
  ];
  const { blocks, samples } = planFollowing(shots, { most: 2, ratio: 1, stride: 5 });
  expect([...samples]).toEqual([10, 28]);
  expect(anchorsOf(blocks)).toEqual([0, 5, 10, 15, 20, 22, 23, 28, 29]);
  for (const [from, to] of blocks.flatMap(({ pairs }) => pairs)) expect(from < 23).toBe(to < 23);
});

test('blocks cover every frame, and are short', () => {
  const { blocks } = planFollowing([{ start: 0, end: 301 }], { most: 24, ratio: 1, stride: 4 });
  const covered = new Set(blocks.flatMap(({ start, end }) => range(start, end)));
  expect(covered.size).toBe(301);
  for (const { start, end } of blocks) expect(end - start).toBeLessThanOrEqual(32 + 4 + 1);
  for (const [i, block] of blocks.slice(1).entries()) expect(block.start).toBe(blocks[i]!.end - 1);
});

test('a shot of one frame is a block of its own', () => {
  const { blocks } = planFollowing([{ start: 4, end: 5 }], { most: null, ratio: 1, stride: 3 });
  expect(blocks).toEqual([{ start: 4, end: 5, pairs: [[4, 4]] }]);
});

test('the nearest block holds the frame, or is nearest to it; the later on a tie', () => {
  const block = (start: number, end: number): Block => ({ start, end, pairs: [[start, end - 1]] });
  const [first, second, third] = [block(0, 11), block(10, 21), block(31, 41)];
  const blocks = [first, second, third];
  expect(nearestBlock(blocks, 5)).toBe(first);
  expect(nearestBlock(blocks, 10), 'both hold it').toBe(second);
  expect(nearestBlock(blocks, 24)).toBe(second);
  expect(nearestBlock([first, third], 99)).toBe(third);
  expect(nearestBlock([], 3)).toBeUndefined();
});

test('the next pair begins with the frame or holds it, or is the first behind it; else the first there is', () => {
  const pairs = [
    [0, 5],
    [5, 10],
    [15, 20],
  ] as const;
  expect(nextPair(pairs, 3)).toBe(pairs[0]);
  expect(nextPair(pairs, 5), 'both hold it').toBe(pairs[1]);
  expect(nextPair(pairs, 12)).toBe(pairs[2]);
  expect(nextPair(pairs, 20), 'the last frame').toBe(pairs[2]);
  expect(nextPair(pairs, 40)).toBe(pairs[0]);
  expect(nextPair([[4, 4]], 4)).toEqual([4, 4]);
  expect(nextPair([], 4)).toBeUndefined();
});
