import { expect, test, vi } from 'vitest';
import { loadGoldens } from '../../../test/cluster-goldens.ts';
import { followContext } from '../../../test/follow-context.ts';
import { runSettings } from '../../../test/run-settings.ts';
import { PlainBackend } from '../backend/plain/backend.ts';
import { planFollowing } from '../follow/plan.ts';
import { Records } from '../follow/records.ts';
import { findObjects } from './following.ts';
import type { Tokens } from './pipeline.ts';

const { grid, input } = await loadGoldens();
const { heads, channels, read } = input(1);
const cells = grid.rows * grid.columns;
/** A quarter of every frame moves. */
const p = Float32Array.from({ length: cells }, (_, cell) => Number(cell < cells / 4));

function findOn(backend: PlainBackend) {
  const context = followContext({
    backend,
    plan: planFollowing([{ start: 0, end: grid.frames }], { most: null, ratio: 1, stride: 1 }),
    settings: runSettings({ motion: 1 }),
    tokens: { grid, heads, store: { dim: heads * channels, read } } as unknown as Tokens,
    motion: {
      size: { width: 64, height: 64 },
      evidence: async () => ({ p, drawn: p, residual: 0, drift: new Float32Array(2 * cells) }),
    },
    tau: 0.2,
    records: new Records(grid, grid),
  });
  return findObjects(
    context,
    () => backend.attend(input(1)),
    () => undefined,
    context.signal,
  );
}

const full = () => {
  throw new Error('Memory is full.');
};

test('objects that were found give back all that they hold', async () => {
  const backend = new PlainBackend();
  const following = await findOn(backend);
  expect(following.confidence).toBe(1);
  following.release();
  expect(backend.memory.held).toBe(0);
});

test('where evidence cannot be gathered, nothing stays held', async () => {
  const backend = new PlainBackend();
  vi.spyOn(backend, 'expectation').mockImplementation(async () => full());
  await expect(findOn(backend)).rejects.toThrow('full');
  expect(backend.memory.held).toBe(0);
});

test('where no clusters can be found, nothing stays held', async () => {
  const backend = new PlainBackend();
  vi.spyOn(backend, 'sweep').mockImplementation(full);
  await expect(findOn(backend)).rejects.toThrow('full');
  expect(backend.memory.held).toBe(0);
});
