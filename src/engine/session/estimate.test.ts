import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parseManifest } from '../model/manifest.ts';
import { keyFrames } from '../tokens/keyframes.ts';
import {
  estimateBytes,
  processedFrames,
  proportions,
  suitableBatch,
  suitableRatio,
  suitableSize,
  suitableStride,
} from './estimate.ts';

const manifest = new URL('../../../public/models/manifest.json', import.meta.url);
const entries = parseManifest(JSON.parse(await readFile(manifest, 'utf8')));
const entry = (id: string) => entries.find((candidate) => candidate.id === id)!;

describe('proportions', () => {
  test.each(entries)('$id: its blocks hold nearly all of its parameters', (known) => {
    const { dim, depth, hidden, heads } = proportions(known);
    const blocks = depth * (4 * dim * dim + 2 * dim * hidden);
    expect(blocks / known.parameters).toBeGreaterThan(0.95);
    expect(blocks / known.parameters).toBeLessThan(1);
    expect(dim / heads).toBe(64);
  });
});

describe('suitableBatch', () => {
  const small = proportions(entry('dino-vits16'));
  const large = proportions(entry('dino-vitb8'));
  const grid = { frames: 30, rows: 24, columns: 48 };

  test.each([
    ['a budget for all takes the most that help', small, grid, 2 ** 33, 8],
    ['a budget for none takes one', small, grid, 0, 1],
    ['a wider model takes fewer', large, grid, 2 ** 28, 2],
    ['a short clip takes what it has', small, { ...grid, frames: 3 }, 2 ** 33, 3],
  ] as const)('%s', (_, architecture, size, budget, frames) => {
    expect(suitableBatch(architecture, size, budget)).toBe(frames);
  });

  test('stays within the budget it was given', () => {
    const budget = 2 ** 29;
    const batch = suitableBatch(large, grid, budget);
    const rest = estimateBytes(large, grid, 0, 0, 0);
    expect(estimateBytes(large, grid, batch, 0, 0) - rest).toBeLessThanOrEqual(budget);
  });
});

test.each([
  [1, 1],
  [3, 3],
  [4, 4],
  [7, 4],
  [31, 4],
  [40, 4],
  [200, 20],
])('%i frames get %i key frames', (frames, keys) => {
  expect(keyFrames(frames, suitableRatio(frames))).toHaveLength(keys);
});

test('frames of a part, every stride-th, never past the clip', () => {
  expect([...processedFrames(10, { start: 2, end: 9, stride: 3 })]).toEqual([2, 5, 8]);
  expect([...processedFrames(10, { start: 0, end: 99, stride: 4 })]).toEqual([0, 4, 8]);
  expect([...processedFrames(10, { start: 12, end: null, stride: 1 })]).toEqual([]);
});

describe('suitableSize', () => {
  const wanted = { height: 192, width: 384 };

  test.each([
    [{ width: 1920, height: 1080 }, wanted],
    [
      { width: 640, height: 480 },
      { height: 232, width: 320 },
    ],
    [
      { width: 1080, height: 1920 },
      { height: 360, width: 208 },
    ],
  ])('%o', (clip, size) => {
    expect(suitableSize(clip, wanted, 8)).toEqual(size);
  });
});

test('the smallest stride that ends in time is taken, and three frames are kept where none does', () => {
  const secondsAt = (stride: number) => 100 / stride;
  expect(suitableStride(100, secondsAt, 30)).toBe(4);
  expect(suitableStride(100, secondsAt, 1)).toBe(40);
  expect(suitableStride(2, secondsAt, 1)).toBe(1);
});
