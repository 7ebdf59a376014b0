import { expect, test } from 'vitest';
import { PlainBackend } from '../../src/engine/backend/plain/backend.ts';
import { createWasmBackend } from '../../src/engine/backend/wasm/backend.ts';
import { driftingClip } from './drift.ts';
import { measure } from './measure.ts';

const KIB = 1024;
const clip = (frames: number) =>
  driftingClip({ grid: { frames, rows: 3, columns: 4 }, heads: 2, channels: 8, ratio: 0.1 });

test('a clip is the same whenever its frames are read', async () => {
  const input = clip(20);
  const together = await input.read('k', 5, 3);
  expect(await input.read('q', 7, 1)).toEqual(together.slice(2 * 12 * 16));
});

test.each([
  ['plain', async () => new PlainBackend()],
  ['wasm', createWasmBackend],
])('rows stay within the budget however long the clip is: %s', async (_, create) => {
  const input = clip(60);
  const budget = 64 * KIB;
  const found = await Promise.all(
    [20, 60].map(async (frames) => {
      const backend = await create();
      const result = await measure(backend, input, { frames, tau: 0.5, budget });
      await backend.release();
      return result;
    }),
  );
  const [short, long] = found as [(typeof found)[0], (typeof found)[0]];
  expect(60 * 12 * long.rowBytes, 'all rows').toBeGreaterThan(5 * budget);
  expect(long.left).toBe(0);
  // What grows with the clip is the leaf level's centroids: joined, a copy that is swept, and the sweep's own.
  const grown = 3 * long.rowBytes * (long.centroids - short.centroids);
  expect(long.peak - short.peak).toBeLessThanOrEqual(Math.max(0, grown) + budget);
  expect(long.clusters).toBeLessThan(40);
});
