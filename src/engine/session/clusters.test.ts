import { expect, test } from 'vitest';
import { createRandom } from '../../lib/random.ts';
import { PlainBackend } from '../backend/plain/backend.ts';
import { CANDIDATES, Records, SOURCE } from '../follow/records.ts';
import { createClusters, unpackClusters } from './clusters.ts';

const grid = { frames: 8, rows: 4, columns: 6 };
const n = grid.rows * grid.columns;
const WIDTH = 5;
/** Leaves of the samples, of what came later, and twins of the first two. */
const [FIRST, LATER, TWINS] = [6, 2, 2];
const samples = Int32Array.of(0, 3, 6);
const seen = Int32Array.of(2, 5);

const random = createRandom(7);
const randoms = (count: number) => Float32Array.from({ length: count }, () => random.next());

const backend = new PlainBackend();
const records = new Records(grid, { rows: 8, columns: 12 });
for (let frame = 0; frame < grid.frames; frame++)
  records.set(
    frame,
    {
      leaves: Uint16Array.from(randoms(n * CANDIDATES), (x) => Math.floor(x * (FIRST + LATER + TWINS))),
      weights: Uint8Array.from(randoms(n * CANDIDATES), (x) => 1 + Math.floor(x * 254)),
      motion: Uint8Array.from(randoms(96), (x) => 255 * x),
    },
    SOURCE.analysed,
  );
const distributions = randoms((FIRST + LATER) * WIDTH).map((x, _, all) => x / all.length);

async function clustersOf({ motion, later, twins }: { motion: boolean; later: boolean; twins: boolean }) {
  const rows = later ? FIRST + LATER : FIRST;
  const leaves = await backend.load(distributions.slice(0, rows * WIDTH), WIDTH, 'kl');
  const residual = (frames: Int32Array) => randoms(motion ? 2 * frames.length * n : 0);
  const clusters = createClusters({
    backend,
    start: 0,
    samples: { frames: samples, residual: residual(samples) },
    records,
    found: {
      leaves,
      first: FIRST,
      members: new Float64Array(rows).fill(3),
      options: { tau: 0.001, inclusive: false },
    },
  });
  if (later) clusters.see({ frames: seen, residual: residual(seen) });
  if (twins)
    clusters.divide({
      undivided: leaves,
      twins: [
        { leaf: 0, instance: 1 },
        { leaf: 1, instance: 1 },
      ],
    });
  return clusters;
}

test.each([
  { motion: false, later: true, twins: true },
  { motion: true, later: true, twins: false },
  { motion: true, later: true, twins: true },
])('clusters that were packed are the same at every τ: $motion $later $twins', async (has) => {
  const own = await clustersOf(has);
  const { clusters } = await unpackClusters(structuredClone(await own.pack()), {
    backend,
    start: 0,
    frames: samples,
    records,
  });
  expect(clusters.count()).toBe(own.count());
  expect(clusters.grown()).toBe(true);
  const counts = new Set<number>();
  for (let tau = 0; tau < 0.05; tau += 0.0025) {
    const found = await own.at(tau);
    counts.add(found.clusters.length);
    expect(await clusters.at(tau), `τ ${tau}`).toEqual(found);
  }
  expect(counts.size).toBeGreaterThan(2);
  expect(clusters.classified()).toEqual(own.classified());
});
