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

const NAIVE: Kernel = { name: 'naive', source: naiveSource };
const REPEATS = 5;

/** Square blocks of D of this many rows over this many columns: large enough to fill the device, short enough to wait for. */
const SIZES = {
  software: { rows: 256, width: 1024, grid: { frames: 4, rows: 8, columns: 16 } },
  hardware: { rows: 2048, width: 8192, grid: { frames: 20, rows: 24, columns: 48 } },
};

/** Squares and workgroups that the tiled product is tried with. */
const TILES = [
  { threads: 4, register: 4 },
  { threads: 8, register: 4 },
  { threads: 8, register: 8 },
  { threads: 16, register: 4 },
] satisfies Partial<Tuning>[];

interface Timed {
  name: string;
  seconds: number;
  /** Multiplications and additions, all told. */
  operations: number;
}

/** The tiled product for D against a naive kernel, and rows of A'v, on `device`; Markdown. */
export async function benchKernels(device: GPUDevice): Promise<string> {
  const { vendor, architecture, description, isFallbackAdapter } = device.adapterInfo;
  const size = isFallbackAdapter ? SIZES.software : SIZES.hardware;
  const own = tuningOf(device);
  const timed: Timed[] = [await naiveProduct(new Gpu(device), size)];
  for (const tiles of TILES) {
    const mark =
      tiles.threads === own.threads && tiles.register === own.register ? ', as the engine has it' : '';
    const name = `tiled, ${tileOf({ ...own, ...tiles })}² by ${tiles.threads}² threads${mark}`;
    timed.push({ ...(await tiledProduct(new Gpu(device, tiles), size)), name });
  }
  timed.push(await attentionRows(new Gpu(device), size.grid));
  const lines = timed.map(({ name, seconds, operations }) => {
    const rate = operations / seconds / 1e9;
    const ratio = rate / (timed[0]!.operations / timed[0]!.seconds / 1e9);
    return `| ${name} | ${(1000 * seconds).toFixed(1)} | ${rate.toFixed(1)} | ${ratio.toFixed(1)} |`;
  });
  return [
    `${[vendor, architecture, description].filter(Boolean).join(', ')}; rows in ${own.half ? 16 : 32} bits; D of`,
    `${size.rows} × ${size.rows} rows over ${size.width} positions; the fastest of ${REPEATS} runs.`,
    '',
    '| kernel | ms | GFLOP/s | × naive |',
    '| --- | ---: | ---: | ---: |',
    ...lines,
  ].join('\n');
}

async function naiveProduct(
  gpu: Gpu,
  { rows: count, width }: { rows: number; width: number },
): Promise<Timed> {
  const rows = await madeUpRows(gpu, count, width);
  const program = await gpu.program(NAIVE);
  const [page] = rows.pages;
  const seconds = await fastest(gpu, () => {
    const batch = gpu.batch('naive');
    batch.dispatch(program, [Math.ceil(count / 8), Math.ceil(count / 8)], {
      a: page!.logits,
      aEntropy: page!.entropy,
      b: page!.logits,
      bEntropy: page!.entropy,
      distances: batch.scratch(4 * count * count),
      params: batch.uniform([count, count, strideOf(width)], [scaleOf(rows)]),
    });
    batch.submit();
  });
  rows.release();
  return { name: 'naive: a thread an entry', seconds, operations: 4 * count * count * width };
}

async function tiledProduct(
  gpu: Gpu,
  { rows: count, width }: { rows: number; width: number },
): Promise<Timed> {
  const rows = await madeUpRows(gpu, count, width);
  const record = await divergence(gpu, rows);
  const page = rows.pages[0]!;
  const tiles = Math.ceil(count / tileOf(gpu.tuning));
  const seconds = await fastest(gpu, () => {
    const batch = gpu.batch('tiled');
    const all = batch.upload(ascending(count));
    const shape = batch.upload(Uint32Array.of(count, count, 0, 0, 0));
    const distances = batch.scratch(4 * count * count);
    const block = { a: page, rowOf: all, b: page, columnOf: all, shape, distances, pitch: count, splits: 1 };
    record(batch, block, [tiles, tiles, 1]);
    batch.submit();
  });
  rows.release();
  return { name: 'tiled', seconds, operations: 4 * count * count * width };
}

async function attentionRows(gpu: Gpu, grid: (typeof SIZES)['software']['grid']): Promise<Timed> {
  const [heads, channels] = [6, 64];
  const attention = await attendWebgpu(gpu, madeUpClip({ grid, heads, channels, ratio: 0.5 }));
  const count = Math.min(1024, attention.tokens);
  const made: GpuRows[] = [];
  const seconds = await fastest(gpu, async () => {
    made.push((await attention.rows(0, count)) as GpuRows);
  });
  for (const rows of made) rows.release();
  attention.release();
  // Logits are computed twice: for the sums of the softmax, and for the rows.
  const operations = 4 * count * attention.width * heads * channels;
  return { name: `A′v, ${count} rows of ${attention.width}, ${heads} heads`, seconds, operations };
}

async function fastest(gpu: Gpu, work: () => void | Promise<void>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat <= REPEATS; repeat++) {
    const start = performance.now();
    await work();
    await gpu.device.queue.onSubmittedWorkDone();
    // The first run warms up.
    if (repeat > 0) least = Math.min(least, performance.now() - start);
  }
  await gpu.check();
  return least / 1000;
}

function madeUpRows(gpu: Gpu, count: number, width: number): Promise<GpuRows> {
  const values = Float32Array.from(
    { length: count * width },
    (_, i) => (1 + 0.9 * Math.sin(i * 0.37)) / width,
  );
  return loadRows(gpu, values, width, 'kl');
}
