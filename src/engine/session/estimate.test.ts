import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parseManifest } from '../model/manifest.ts';
import { keyFrames } from '../tokens/keyframes.ts';
import {
  comparableSeconds,
  estimateBytes,
  estimateSeconds,
  followedSeconds,
  followingSeconds,
  followingStride,
  processedFrames,
  proportions,
  suitableBatch,
  suitableRatio,
  suitableSize,
  updatedRates,
} from './estimate.ts';
import type { Stage } from './result.ts';

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

test.each([
  ['30 frames a second', { frameCount: 300, duration: 10 }, 4],
  ['60 frames a second', { frameCount: 600, duration: 10 }, 9],
  ['slow ones: every frame', { frameCount: 20, duration: 10 }, 1],
  ['pictures without a time', { frameCount: 20, duration: 0 }, 1],
])('about seven frames a second are analysed, whatever the machine: %s', (_, clip, stride) => {
  expect(followingStride(clip)).toBe(stride);
});

test('following costs what its frames cost, and a propagated one far less than an analysed one', () => {
  const small = proportions(entry('dino-vits16'));
  const rates = { backbone: 1e11, cluster: 1e11, follow: 1 };
  const grid = { frames: 10, rows: 24, columns: 48 };
  const analysed = followingSeconds(small, grid, 4, 0, rates);
  const propagated = followingSeconds(small, { ...grid, frames: 0 }, 4, 10, rates);
  expect(followingSeconds(small, grid, 4, 10, rates)).toBeCloseTo(analysed + propagated, 9);
  expect(analysed).toBeGreaterThan(estimateSeconds(small, grid, 4, rates).tokens);
  expect(propagated).toBeLessThan(analysed / 3);
});

// The quiet machine of bench/README.md, two cores: seconds of the stages there.
test.each([
  ['jelly.webm', { samples: 16, analysed: 97, propagated: 339, pixels: 426 * 240 }, [5.8, 5.6, 62.1]],
  [
    'sam2_05_default_juggle.mp4',
    { samples: 16, analysed: 46, propagated: 185, pixels: 1280 * 720 },
    [6.7, 6.7, 40.4],
  ],
] as const)('every stage is foreseen to a fifth: %s', (_, frames, [tokens, cluster, follow]) => {
  const rates = { backbone: 45e9, cluster: 40e9, follow: 1 };
  const cells = { rows: 24, columns: 48 };
  const expected = followedSeconds(proportions(entry('ba-tiny-v0')), frames, cells, 4, rates);
  for (const [stage, seconds] of Object.entries({ tokens, cluster, follow })) {
    const share = expected[stage as Stage] / seconds;
    expect(share, stage).toBeGreaterThan(0.8);
    expect(share, stage).toBeLessThan(1.2);
  }
});

describe('speeds after a run', () => {
  const seconds = { model: 0.3, tokens: 10, cluster: 4, follow: 0 };
  const rates = { backbone: 100, cluster: 50, follow: 1 };
  const times = [
    { stage: 'tokens', seconds: 1 },
    { stage: 'cluster', seconds: 8 },
  ] as const;
  const usual = { clustering: 'windowed', metric: 'Av' } as const;

  test('follow what its stages took', () => {
    const updated = updatedRates(rates, comparableSeconds(seconds, usual, 1), times);
    expect(updated).toEqual({ backbone: 1000, cluster: 25, follow: 1 });
  });

  test('count only the frames that it computed itself', () => {
    // Nine in ten frames were there from a run that was cancelled.
    expect(updatedRates(rates, comparableSeconds(seconds, usual, 0.1), times).backbone).toBeCloseTo(100, 9);
    expect(updatedRates(rates, comparableSeconds(seconds, usual, 0), times).backbone).toBe(100);
  });

  test.each([
    { ...usual, clustering: 'kmeans' },
    { ...usual, metric: 'A' },
  ] as const)('say nothing of clustering that is not estimated: %o', (settings) => {
    expect(updatedRates(rates, comparableSeconds(seconds, settings, 1), times).cluster).toBe(50);
  });

  test('are those of following too, within reason', () => {
    const took = (seconds: number) => updatedRates(rates, { follow: 10 }, [{ stage: 'follow', seconds }]);
    expect(took(20)).toEqual({ ...rates, follow: 0.5 });
    expect(took(1000).follow).toBe(0.25);
  });

  test('are not taken from moments', () => {
    const short = [{ stage: 'cluster', seconds: 0.01 }] as const;
    expect(updatedRates(rates, comparableSeconds(seconds, usual, 1), short)).toEqual(rates);
  });
});
