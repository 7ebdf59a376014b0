import { afterAll, expect, test } from 'vitest';
import { loadGoldens } from '../../../test/cluster-goldens.ts';
import { findIn, followContext } from '../../../test/follow-context.ts';
import { runSettings } from '../../../test/run-settings.ts';
import { PlainBackend } from '../backend/plain/backend.ts';
import { cluster } from '../cluster/algorithm1.ts';
import { planFollowing } from '../follow/plan.ts';
import { Records } from '../follow/records.ts';
import { TokenStore } from '../tokens/store.ts';
import { labelsOf } from './frame-updates.ts';
import { attend, type Tokens } from './pipeline.ts';

const goldens = await loadGoldens();
const { grid, dim } = goldens;
const backend = new PlainBackend();
/** Number of the clip's first frame. */
const START = 40;

afterAll(() => expect(backend.memory.held, 'bytes still held').toBe(0));

/** q and k of all frames, as a run keeps them. */
async function tokensOf(frames: Int32Array): Promise<Tokens> {
  const { heads, read } = goldens.input(1);
  const store = new TokenStore(grid, dim, false);
  await store.write(0, await read('q', 0, grid.frames), await read('k', 0, grid.frames));
  return { metric: 'Av', frames, lost: null, grid, heads, store };
}

// `--samples 0 --motion 0 --window 7` over seven frames, at a τ that is half the model's own.
test.each([0.3, 0.6, 1].flatMap((ratio) => [0.2, 0.35, 0.5, 1, 1.6].map((tau) => ({ ratio, tau }))))(
  'a clip that is found in all its frames and followed has the labels of the paper: ratio $ratio, τ $tau',
  async ({ ratio, tau }) => {
    const shots = [{ start: START, end: START + grid.frames }];
    const settings = runSettings({ ratio, tau, samples: 0, motion: 0, window: grid.frames, stride: 3 });
    const plan = planFollowing(shots, { most: settings.samples || null, ratio, stride: settings.stride });
    const tokens = await tokensOf(plan.samples);
    const records = new Records(grid, { rows: 0, columns: 0 });
    const following = await findIn(followContext({ backend, plan, settings, tokens, records, tau: 2 * tau }));
    await following.follow(
      () => START + 5,
      () => undefined,
    );
    const { clusterOf } = await following.at(tau);
    const { labels } = labelsOf(records, clusterOf);

    const attention = await attend(backend, tokens, settings);
    const paper = await cluster(
      backend,
      attention,
      grid,
      { ...settings, clustering: 'paper' },
      { budget: 2 ** 26 },
    );
    expect(labels).toEqual(paper.labels);
    expect(following.found.leaves.count).toBe(paper.clusters);
    attention.release();
    following.release();
    await tokens.store.release();
  },
);
