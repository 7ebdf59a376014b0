import {
  EPSILON,
  fittingGrid,
  type Guide,
  type GuidedFilter,
  type Membership,
  reachedCells,
} from '../guided.ts';
import { plainFilter } from '../plain/guided.ts';
import guidedSource from './guided.wgsl?raw';
import { spans } from './rows.ts';
import type { Batch } from './runtime/batch.ts';
import { Gpu } from './runtime/gpu.ts';
import { type Kernel, LANES } from './runtime/kernel.ts';
import { elseOnCpu, labelsAgree } from './runtime/proven.ts';

export const GUIDED: Kernel = { name: 'guided', source: guidedSource };

/** Clusters filtered together: their planes take some 27 MB at the most. */
const GROUP = 32;
/** Planes of a picture's statistics, and of the moments that they come from. */
const STATISTICS = 12;
const MOMENTS = 9;

/** The guided filter on a GPU (guided.wgsl). Its labels are the CPU's, but for pixels where two score the same to rounding. */
export function webgpuFilter(device: Gpu): GuidedFilter {
  return (grid, guide) => async (found) => {
    const gpu = device.lane();
    const pixels = guide.width * guide.height;
    if (found.length === 1) return new Uint16Array(pixels).fill(found[0]!.label);
    const run = await runner(gpu, grid, guide);
    const labels = gpu.buffers.create(4 * pixels, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC, 'labels');
    try {
      const batch = gpu.batch('guided filter');
      run(batch, found, labels);
      batch.submit();
      const [read] = await gpu.read({ buffer: labels, bytes: 4 * pixels });
      return Uint16Array.from(new Uint32Array(read!));
    } finally {
      gpu.buffers.destroy(labels);
    }
  };
}

/** Records the filter and its argmax on one picture. */
async function runner(gpu: Gpu, grid: Parameters<GuidedFilter>[0], guide: Guide) {
  const names = ['average', 'across', 'down', 'invert', 'upsample', 'fit', 'argmax'] as const;
  const [average, across, down, invert, upsample, fit, argmax] = await Promise.all(
    names.map((name) => gpu.program(GUIDED, name)),
  );
  const coarse = fittingGrid(grid, guide);
  const cells = coarse.width * coarse.height;
  const groups = Math.ceil(cells / LANES);
  const { rows, columns } = grid;

  return (batch: Batch, found: readonly Membership[], labels: GPUBuffer) => {
    const { data } = guide;
    const most = Math.max(MOMENTS, 4 * Math.min(GROUP, found.length));
    const picture = batch.upload(
      new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
    );
    const statistics = batch.scratch(4 * STATISTICS * cells);
    const planes = batch.scratch(4 * most * cells);
    const lines = batch.scratch(4 * most * cells);
    const best = batch.scratch(data.length);
    const paramsFor = (clusters: number, fresh: boolean) =>
      batch.uniform(
        [
          ...[coarse.width, coarse.height, coarse.radius, columns, rows, clusters],
          ...[guide.width, guide.height, Number(fresh)],
        ],
        [EPSILON],
      );
    const smooth = (count: number, params: GPUBuffer) => {
      batch.dispatch(across!, [groups, count], { planes, lines, params });
      batch.dispatch(down!, [groups, count], { planes, lines, params });
    };

    const params = paramsFor(0, true);
    batch.dispatch(average!, [groups], { picture, statistics, planes, params });
    smooth(MOMENTS, params);
    batch.dispatch(invert!, [groups], { statistics, planes, params });
    for (const [first, clusters] of spans(found.length, GROUP)) {
      const group = found.slice(first, first + clusters);
      const params = paramsFor(clusters, first === 0);
      const memberships = batch.upload(Float32Array.from(group.flatMap(({ values }) => [...values])));
      const candidates = batch.upload(
        Uint32Array.from(
          group.flatMap(({ label, box }) => {
            const { left, top, right, bottom } = reachedCells(box, grid, coarse);
            return [label, left, top, right, bottom];
          }),
        ),
      );
      batch.dispatch(upsample!, [groups, clusters], { statistics, planes, memberships, params });
      smooth(4 * clusters, params);
      batch.dispatch(fit!, [groups, clusters], { statistics, planes, params });
      smooth(4 * clusters, params);
      batch.dispatch(argmax!, [Math.ceil(guide.width / LANES), guide.height], {
        ...{ picture, planes, candidates, best, labels, params },
      });
    }
  };
}

/** Share of the test picture's pixels that may differ: two scores that are the same to rounding. */
const MOST_DIFFERENT = 0.01;

/** The filter on a device that gets a small picture right; else the CPU's. */
export async function provenFilter(device: GPUDevice): Promise<GuidedFilter> {
  const filter = webgpuFilter(new Gpu(device));
  const { grid, guide, found } = testPicture();
  const right = await labelsAgree(filter(grid, guide), plainFilter(grid, guide), [found], MOST_DIFFERENT);
  if (!right) return plainFilter;
  // The CPU's begins with work of its own on the picture: not before it is needed.
  return (grid, guide) => elseOnCpu(filter(grid, guide), (...found) => plainFilter(grid, guide)(...found));
}

/** Three clusters in a picture of slanted stripes. */
function testPicture() {
  const grid = { rows: 3, columns: 5 };
  const guide = { width: 40, height: 24, data: new Uint8ClampedArray(4 * 40 * 24) };
  const stripe = (at: number) => Math.floor((at % 40) / 13 + Math.floor(at / 40) / 30) % 3;
  for (let at = 0; at < 40 * 24; at++)
    guide.data.set([80 * stripe(at), 200 - 3 * (at % 40), (at * at) % 50, 255], 4 * at);
  const found: Membership[] = [4, 1, 7].map((label, cluster) => ({
    label,
    values: Float32Array.from({ length: 15 }, (_, token) =>
      Number(Math.floor((token % 5) / 1.7) === cluster),
    ),
    box: { left: Math.ceil(1.7 * cluster), right: Math.ceil(1.7 * (cluster + 1)), top: 0, bottom: 3 },
  }));
  return { grid, guide, found };
}
