import { afterAll, describe, expect, test } from 'vitest';
import { GOLDEN_WINDOW, loadGoldens } from '../../../test/cluster-goldens.ts';
import { PlainBackend } from '../backend/plain/backend.ts';
import type { Backend } from '../backend/types.ts';
import { cluster } from '../cluster/algorithm1.ts';
import { clusterOfLeaf } from '../cluster/levels.ts';
import type { ClusterSettings } from '../cluster/types.ts';
import { assign } from './assign.ts';
import { type Found, find, levelsAt } from './find.ts';
import { clustersOf } from './records.ts';

const goldens = await loadGoldens();
const { grid } = goldens;
const tokens = grid.frames * grid.rows * grid.columns;
const backend: Backend = new PlainBackend();
const control = { budget: 2 ** 26 };
const NONE = new Float32Array(0);

afterAll(() => expect(backend.memory.held, 'bytes still held').toBe(0));

const settings = (clustering: ClusterSettings['clustering'], tau: number): ClusterSettings => ({
  clustering,
  tau,
  window: GOLDEN_WINDOW,
  k: 8,
  seed: 0,
});

/** All frames as samples: found, and every token then assigned. */
async function followed(ratio: number, of: ClusterSettings, leafTau: number) {
  const attention = await backend.attend(goldens.input(ratio));
  const found = await find(backend, attention, grid, of, leafTau, control);
  const rows = await attention.rows(0, tokens);
  const distances = await backend.distances(rows, found.leaves);
  rows.release();
  attention.release();
  const levels = await levelsAt(backend, found, of.tau);
  const clusterOf = clusterOfLeaf(levels, found.leaves.count);
  const labels = clustersOf(assign(distances, found.leaves.count, NONE, of.tau), clusterOf);
  found.leaves.release();
  return { labels, levels };
}

async function algorithm1(ratio: number, of: ClusterSettings) {
  const attention = await backend.attend(goldens.input(ratio));
  const { labels } = await cluster(backend, attention, grid, of, control);
  attention.release();
  return labels;
}

describe('with all frames as samples', () => {
  // Wider rows and more clusters take long, and say nothing more.
  const small = goldens.runs.filter(({ ratio, tau }) => ratio < 1 && tau < 1);

  test.each(small.filter(({ mode }) => mode === 'windowed'))(
    'leaves at τ itself are Algorithm 1 in windows: ratio $ratio, τ $tau',
    async (run) => {
      const { labels, levels } = await followed(run.ratio, settings('hierarchical', run.tau), run.tau);
      expect(levels).toEqual([]);
      expect(labels).toEqual(await algorithm1(run.ratio, settings('windowed', run.tau)));
    },
  );
});

describe('leaves finer than τ', () => {
  async function fine<T>(tau: number, leafTau: number, use: (found: Found) => Promise<T>) {
    const attention = await backend.attend(goldens.input(1));
    const found = await find(backend, attention, grid, settings('hierarchical', tau), leafTau, control);
    attention.release();
    try {
      return await use(found);
    } finally {
      found.leaves.release();
    }
  }

  test('their members are all tokens, and another τ is a look-up in them', () =>
    fine(0.8, 0.4, async (found) => {
      expect(found.members.reduce((sum, count) => sum + count, 0)).toBe(tokens);
      const counts: number[] = [];
      for (const tau of [0.4, 0.8, 1.6])
        counts.push(new Set(clusterOfLeaf(await levelsAt(backend, found, tau), found.leaves.count)).size);
      expect(counts[0]).toBe(found.leaves.count);
      expect(counts).toEqual([...counts].sort((a, b) => b - a));
      expect(counts[2]).toBeLessThan(counts[0]!);
    }));

  test('a τ below theirs is theirs', () =>
    fine(0.3, 0.8, async (found) => {
      expect(found.options.tau).toBe(0.3);
      expect(await levelsAt(backend, found, 0.3)).toEqual([]);
    }));

  test('there are no more than a frame’s tokens can be compared with, whatever τ', () =>
    fine(1, 0.15, async ({ leaves, members, options }) => {
      expect(leaves.count).toBeLessThanOrEqual(192);
      expect(options.tau).toBeGreaterThan(0.15);
      expect(members).toHaveLength(leaves.count);
      expect(members.reduce((sum, count) => sum + count, 0)).toBe(tokens);
    }));
});
