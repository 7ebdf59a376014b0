import type { Backend } from '../../src/engine/backend/types.ts';
import { createWasmBackend } from '../../src/engine/backend/wasm/backend.ts';
import { createWebgpuBackend } from '../../src/engine/backend/webgpu/backend.ts';
import type { Tiles } from '../../src/engine/backend/webgpu/tiles.ts';
import { dawnDevice } from '../../test/dawn.ts';
import { type DriftShape, driftingClip } from './drift.ts';
import { measure } from './measure.ts';

const MIB = 2 ** 20;

interface Case {
  name: string;
  shape: DriftShape;
  /** Frames whose rows are clustered; a row goes over the key frames of all. */
  frames: number;
  tau: number;
  budget: number;
  create(): Promise<Backend>;
}

async function webgpu(features: GPUFeatureName[] = ['shader-f16'], tiles?: Partial<Tiles>): Promise<Backend> {
  const device = await dawnDevice(features);
  const backend = createWebgpuBackend(device, tiles);
  const { release } = backend;
  backend.release = async () => {
    await release.call(backend);
    device.destroy();
  };
  return backend;
}

/** The page's own budgets of rows. */
const BUDGET = { webgpu: 512 * MIB, wasm: 384 * MIB };

const wide = { grid: { frames: 200, rows: 24, columns: 48 }, heads: 3, channels: 64, ratio: 0.1 };
const long = (frames: number): Case => ({
  name: `wasm, ${frames} of ${frames} frames × 60`,
  shape: { grid: { frames, rows: 6, columns: 10 }, heads: 3, channels: 16, ratio: 0.02 },
  frames,
  tau: 1,
  budget: BUDGET.wasm,
  create: createWasmBackend,
});
const part = (frames: number): Case => ({
  name: `webgpu, ${frames} of 200 frames × 1152`,
  shape: wide,
  frames,
  tau: 1,
  budget: BUDGET.webgpu,
  create: webgpu,
});

/** All of `wide` on a coarser grid: the budget shrinks as the rows do, with the square of a frame's tokens. */
const scaled = (rows: number, columns: number): Case => ({
  name: `webgpu, 200 of 200 frames × ${rows * columns}`,
  shape: { ...wide, grid: { frames: 200, rows, columns } },
  frames: 200,
  tau: 1,
  budget: BUDGET.webgpu * ((rows * columns) / 1152) ** 2,
  create: webgpu,
});

/**
 * All of `wide`, its rows in 32 bits, which is the worse case. One head of few channels: rows, centroids and distances, which
 * make the peak, are as large as with many, and a software renderer gets to the end. Its tiles are those that lavapipe is
 * fastest with; no buffer depends on them.
 */
const whole: Case = {
  ...part(200),
  shape: { ...wide, heads: 1, channels: 8 },
  create: () => webgpu([], { threads: 4, register: 8 }),
};

const CASES: Record<string, Case[]> = {
  wasm: [long(500), long(2000)],
  webgpu: [scaled(4, 6), part(1)],
  whole: [whole],
};

/** Says every percent how far a case is, and its peak so far: some take an hour. */
function progressOf(name: string, backend: Backend) {
  let said = 0;
  return (done: number, total: number) => {
    const percent = Math.floor((100 * done) / total);
    if (percent === said) return;
    said = percent;
    console.error(`${name}: ${percent} %, peak ${(backend.memory.peak / MIB).toFixed(0)} MiB`);
  };
}

/** Peak of the engine's own account for the named cases; Markdown. */
export async function benchMemory(names: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const { name, shape, create, ...rest } of names.flatMap((key) => CASES[key] ?? [])) {
    const backend = await create();
    const input = driftingClip(shape);
    const found = await measure(backend, input, { ...rest, onProgress: progressOf(name, backend) });
    await backend.release();
    const { rows, columns } = shape.grid;
    const all = (rest.frames * rows * columns * found.rowBytes) / MIB;
    const numbers = [all, rest.budget / MIB, found.peak / MIB, found.left / MIB].map((mib) =>
      mib.toFixed(mib < 10 ? 1 : 0),
    );
    const row = (found.rowBytes / 1024).toFixed(0);
    lines.push(
      `| ${[name, input.keyFrames.length, row, ...numbers, found.centroids, found.clusters, found.seconds.toFixed(0)].join(' | ')} |`,
    );
    console.error(lines.at(-1));
  }
  return [
    '| rows made | key frames | KiB a row | all rows MiB | budget MiB | peak MiB | left MiB | first centroids | clusters | seconds |',
    `|---|${'---:|'.repeat(9)}`,
    ...lines,
  ].join('\n');
}
