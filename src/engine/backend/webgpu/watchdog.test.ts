import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { inputFrom } from '../../../../test/cluster-goldens.ts';
import { dawnDevice } from '../../../../test/dawn.ts';
import { attendWebgpu } from './attention.ts';
import { nearestWebgpu } from './divergence.ts';
import { loadRows } from './rows.ts';
import { Batch } from './runtime/batch.ts';
import { Gpu } from './runtime/gpu.ts';
import { tileOf } from './runtime/kernel.ts';

// Drivers reset a GPU whose dispatch takes longer than some seconds. The null backend checks everything and runs nothing.
const device = await dawnDevice([], ['backend=null']);
const gpu = new Gpu(device);
afterAll(() => device.destroy());
afterEach(() => vi.restoreAllMocks());

/** The size of every dispatch of a kernel while `work` is recorded, and the integers of its parameters. */
async function dispatches(kernel: string, work: () => Promise<unknown>) {
  const uniform = vi.spyOn(Batch.prototype, 'uniform');
  const found: { groups: number[]; params: readonly number[] }[] = [];
  const dispatch = Batch.prototype.dispatch;
  vi.spyOn(Batch.prototype, 'dispatch').mockImplementation(function (
    this: Batch,
    program,
    groups,
    resources,
  ) {
    if (program.pipeline.label === `${kernel}:main` && !('buffer' in groups))
      found.push({ groups: groups.map((count) => count ?? 1), params: uniform.mock.lastCall![0] });
    dispatch.call(this, program, groups, resources);
  });
  await work();
  return found;
}

test('D is computed in blocks of at most 1024 × 512 entries', async () => {
  const [rows, centroids] = await Promise.all(
    [2500, 1100].map((count) => loadRows(gpu, new Float32Array(count * 4).fill(0.25), 4, 'kl')),
  );
  const found = await dispatches('divergence', () => nearestWebgpu(gpu, rows!, centroids!, false));
  const tile = tileOf(gpu.tuning);
  expect(found).toHaveLength(3 * 3);
  for (const { groups } of found) {
    expect(groups[0]! * tile).toBeLessThanOrEqual(512);
    expect(groups[1]! * tile).toBeLessThanOrEqual(1024);
  }
});

test.each(['statistics', 'attention-rows'])('%s goes over at most 16,384 keys at a time', async (kernel) => {
  const grid = { frames: 1, rows: 170, columns: 100 };
  const values = new Float32Array(17_000);
  const found = await dispatches(kernel, async () => {
    const attention = await attendWebgpu(gpu, inputFrom(values, values, grid, 1, [0]));
    const rows = await attention.rows(0, 20);
    rows.release();
    attention.release();
  });
  expect(found.map(({ params: [rows, keys] }) => [rows, keys])).toEqual([
    [20, 16_384],
    [20, 616],
  ]);
});
