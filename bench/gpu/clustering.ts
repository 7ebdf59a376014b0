import { createWebgpuBackend } from '../../src/engine/backend/webgpu/backend.ts';
import { madeUpClip } from '../cluster/tokens.ts';
import { CLIPS, HEADS } from './products.ts';
import { type Bench, best } from './table.ts';

const TAU = 1;
/** Labels of K-means, and columns that motion adds to a row. */
const CLUSTERS = 8;
const ADDED = 2;

/** What is done with rows of A'v once they are there, stored as the engine stores them on this device. */
export async function benchClustering(bench: Bench): Promise<void> {
  const { device, software, table } = bench;
  const { grid, rows: count } = CLIPS[software ? 'software' : 'hardware'];
  const backend = createWebgpuBackend(device);
  const half = device.features.has('shader-f16');
  const attention = await backend.attend(madeUpClip({ grid, ...HEADS }));
  const { width } = attention;
  const rows = await attention.rows(0, count);
  const size = `${count} × ${width}, ${half ? 'f16' : 'f32'} rows`;
  const rowBytes = count * width * (half ? 2 : 4);
  const sweepOnce = async () => {
    const sweep = backend.sweep(width, { tau: TAU, inclusive: false });
    await sweep.add(rows);
    const centroids = await sweep.centroids();
    sweep.release();
    return { centroids, pairs: sweep.pairs };
  };

  const { centroids, pairs } = await sweepOnce();
  const found = `${size}, ${centroids.count} clusters`;
  await table.row('Algorithm 1, a sweep', found, async () => {
    const taken = await best(bench, async () => (await sweepOnce()).centroids.release());
    return { ...taken, operations: 4 * pairs * width };
  });
  await table.row('Eq. 3, nearest centroid', found, async () => {
    const taken = await best(bench, async () => void (await backend.nearest(rows, centroids)));
    return { ...taken, operations: 4 * count * centroids.count * width };
  });
  await table.row('means of near rows (released code)', size, async () => {
    const taken = await best(bench, async () => (await backend.smooth(rows, TAU)).release());
    // D alone: how many rows are near, and so added up, is the clip's own.
    return { ...taken, operations: 4 * count * count * width };
  });
  await table.row('sums by label (K-means)', `${size}, ${CLUSTERS} labels`, async () => {
    const labels = Int32Array.from({ length: count }, (_, row) => row % CLUSTERS);
    const taken = await best(bench, async () => {
      const sums = backend.accumulator(width, CLUSTERS);
      await sums.add(rows, labels);
      (await sums.means()).rows.release();
      sums.release();
    });
    return { ...taken, bytes: rowBytes };
  });
  await table.row('a value seen through rows', size, async () => {
    const values = new Float32Array(width).fill(0.5);
    return {
      ...(await best(bench, async () => void (await backend.expectation(rows, values)))),
      bytes: rowBytes,
    };
  });
  await table.row('rows with motion behind them', size, async () => {
    const values = new Float32Array(ADDED * count).fill(0.5);
    const taken = await best(bench, async () => (await backend.extend(rows, values)).release());
    // Read, written, and read for their entropies.
    return { ...taken, bytes: 3 * rowBytes };
  });
  await table.row('rows copied', size, async () => {
    const all = Array.from({ length: count }, (_, row) => row);
    return {
      ...(await best(bench, async () => (await backend.gather(rows, all)).release())),
      bytes: 2 * rowBytes,
    };
  });
  for (const held of [centroids, rows, attention]) held.release();
  await backend.release();
}
