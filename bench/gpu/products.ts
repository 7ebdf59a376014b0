import { attendWebgpu } from '../../src/engine/backend/webgpu/attention.ts';
import { divergence } from '../../src/engine/backend/webgpu/divergence.ts';
import {
  ascending,
  type GpuRows,
  loadRows,
  scaleOf,
  strideOf,
} from '../../src/engine/backend/webgpu/rows.ts';
import { Gpu } from '../../src/engine/backend/webgpu/runtime/gpu.ts';
import {
  type Kernel,
  type Tuning,
  tileOf,
  tuningOf,
} from '../../src/engine/backend/webgpu/runtime/kernel.ts';
import { madeUpClip } from '../cluster/tokens.ts';
import naiveSource from './naive.wgsl?raw';
import { type Bench, best, type Measured } from './table.ts';

const NAIVE: Kernel = { name: 'naive', source: naiveSource };

/** Square blocks of D of this many rows over this many columns: large enough to fill the device, short enough to wait for. */
const SIZES = {
  software: { rows: 128, width: 512 },
  hardware: { rows: 2048, width: 8192 },
};

/** A clip's tokens, and how many of their rows are asked for at once. */
export const CLIPS = {
  software: { grid: { frames: 4, rows: 6, columns: 12 }, rows: 144 },
  hardware: { grid: { frames: 20, rows: 24, columns: 48 }, rows: 2048 },
};
export const HEADS = { heads: 6, channels: 64, ratio: 0.5 };

/** Squares and workgroups that the tiled product is tried with. A software renderer takes long to compile large ones. */
const TILES = {
  software: [
    { threads: 4, register: 4 },
    { threads: 8, register: 4 },
  ],
  hardware: [
    { threads: 4, register: 4 },
    { threads: 8, register: 4 },
    { threads: 8, register: 8 },
    { threads: 16, register: 4 },
  ],
} satisfies Record<string, Partial<Tuning>[]>;

interface Size {
  rows: number;
  width: number;
}

/** D (Eq. 2) by a naive kernel and by the tiled product, and rows of A'v (Eq. 1), in 32 and where there are in 16 bits. */
export async function benchProducts(bench: Bench): Promise<void> {
  const { device, software, table } = bench;
  const kind = software ? 'software' : 'hardware';
  const size = SIZES[kind];
  const own = tuningOf(device);
  for (const half of own.half ? [false, true] : [false]) {
    const bits = half ? 'f16 rows' : 'f32 rows';
    const shape = `${size.rows}² × ${size.width}, ${bits}`;
    await table.row('D, a thread an entry', shape, () =>
      naiveProduct(bench, new Gpu(device, { half }), size),
    );
    for (const tiles of TILES[kind]) {
      const usual = tiles.threads === own.threads && tiles.register === own.register;
      const name = `D, ${tileOf({ ...own, ...tiles })}² by ${tiles.threads}² threads`;
      await table.row(usual ? `${name} (the usual)` : name, shape, () =>
        tiledProduct(bench, new Gpu(device, { half, ...tiles }), size),
      );
    }
    const { grid, rows } = CLIPS[kind];
    const width = grid.frames * grid.rows * grid.columns * HEADS.ratio;
    await table.row("A'v", `${rows} × ${width}, ${HEADS.heads} heads, ${bits}`, () =>
      attentionRows(bench, new Gpu(device, { half }), CLIPS[kind]),
    );
  }
}

async function naiveProduct(bench: Bench, gpu: Gpu, { rows: count, width }: Size): Promise<Measured> {
  const rows = await madeUpRows(gpu, count, width);
  const program = await gpu.program(NAIVE);
  const [page] = rows.pages;
  const taken = await best(bench, async () => {
    const batch = gpu.batch('naive');
    batch.dispatch(program, [Math.ceil(count / 8), Math.ceil(count / 8)], {
      a: page!.logRatios,
      aEntropy: page!.entropy,
      b: page!.logRatios,
      bEntropy: page!.entropy,
      distances: batch.scratch(4 * count * count),
      params: batch.uniform([count, count, strideOf(width)], [scaleOf(rows)]),
    });
    batch.submit();
    await gpu.check();
  });
  rows.release();
  return { ...taken, operations: 4 * count * count * width };
}

async function tiledProduct(bench: Bench, gpu: Gpu, { rows: count, width }: Size): Promise<Measured> {
  const rows = await madeUpRows(gpu, count, width);
  const record = await divergence(gpu, rows);
  const page = rows.pages[0]!;
  const tiles = Math.ceil(count / tileOf(gpu.tuning));
  const taken = await best(bench, async () => {
    const batch = gpu.batch('tiled');
    const all = batch.upload(ascending(count));
    const shape = batch.upload(Uint32Array.of(count, count, 0, 0, 0));
    const distances = batch.scratch(4 * count * count);
    const block = { a: page, rowOf: all, b: page, columnOf: all, shape, distances, pitch: count, splits: 1 };
    record(batch, block, [tiles, tiles, 1]);
    batch.submit();
    await gpu.check();
  });
  rows.release();
  return { ...taken, operations: 4 * count * count * width };
}

async function attentionRows(
  bench: Bench,
  gpu: Gpu,
  { grid, rows: count }: (typeof CLIPS)['software'],
): Promise<Measured> {
  const attention = await attendWebgpu(gpu, madeUpClip({ grid, ...HEADS }));
  const taken = await best(bench, async () => {
    (await attention.rows(0, count)).release();
    await gpu.check();
  });
  attention.release();
  // Logits are computed twice: for the sums of the softmax, and for the rows.
  return { ...taken, operations: 4 * count * attention.width * HEADS.heads * HEADS.channels };
}

function madeUpRows(gpu: Gpu, count: number, width: number): Promise<GpuRows> {
  const values = Float32Array.from(
    { length: count * width },
    (_, i) => (1 + 0.9 * Math.sin(i * 0.37)) / width,
  );
  return loadRows(gpu, values, width, 'kl');
}
