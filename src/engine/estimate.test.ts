import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { estimateBytes, proportions, suitableBatch } from './estimate.ts';
import { parseManifest } from './model/manifest.ts';

const manifest = new URL('../../public/models/manifest.json', import.meta.url);
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
