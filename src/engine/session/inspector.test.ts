import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { loadGoldens } from '../../../test/cluster-goldens.ts';
import { runSettings } from '../../../test/run-settings.ts';
import { Scope } from '../../lib/task.ts';
import { PlainBackend } from '../backend/plain/backend.ts';
import type { Attention, Backend } from '../backend/types.ts';
import { inspectFollowed } from './followed-inspection.ts';
import { createInspector, type InspectedRun } from './inspector.ts';

const { grid, input } = await loadGoldens();
const n = grid.rows * grid.columns;
const backend: Backend = new PlainBackend();
const frames = Int32Array.from({ length: grid.frames }, (_, frame) => frame);
const run = {
  result: { settings: runSettings(), grid, frames, followed: { samples: frames, keys: frames } },
  context: { backend, rowBudget: 2 ** 20, report: { device: 'wasm', precision: 'float32' } },
} as unknown as InspectedRun;
let attention: Attention;

beforeAll(async () => {
  attention = await backend.attend(input(1));
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => {
  attention.release();
  expect(backend.memory.held).toBe(0);
});

test('distances come frame by frame, nearest first, until no more are wanted', async () => {
  const scope = new Scope();
  const { distances } = createInspector(run, scope);
  const found = new Map<number, Float32Array>();
  await distances(
    async () => attention,
    3,
    1,
    4,
    (frame, values) => {
      found.set(frame, values);
      return found.size < 3;
    },
  );
  expect([...found.keys()]).toEqual([1, 0, 2]);
  const [token, frame] = [await attention.rows(3, 1), await attention.rows(2 * n, n)];
  expect(found.get(2)).toEqual(await backend.distances(token, frame));
  for (const rows of [token, frame]) rows.release();
  await scope.close();
});

test('failed queries of a followed run release their rows', async () => {
  const scope = new Scope();
  const following = { rows: attention };
  const inspection = inspectFollowed({ ...run, following, records: null } as never, scope);
  const { held } = backend.memory;
  vi.spyOn(backend, 'distances').mockImplementation(async () => {
    throw new Error('Memory is full.');
  });
  await expect(inspection.distances(0, 0, 0, 0, () => true)).rejects.toThrow('full');
  expect(backend.memory.held).toBe(held);
  await scope.close();
});
