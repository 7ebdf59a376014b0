import { joined } from '../../lib/arrays.ts';
import type { Guide } from '../backend/guided.ts';
import { Gpu } from '../backend/webgpu/runtime/gpu.ts';
import { type Kernel, LANES } from '../backend/webgpu/runtime/kernel.ts';
import { elseOnCpu, labelsAgree } from '../backend/webgpu/runtime/proven.ts';
import { AXES, bilateralGrid } from './bilateral.ts';
import {
  enlargedLogits,
  gaussianTaps,
  ITERATIONS,
  LIKENESS,
  labelLogits,
  type MeanField,
  meanField,
  NEARNESS,
  starting,
} from './meanfield.ts';
import source from './meanfield.wgsl?raw';

export const MEAN_FIELD: Kernel = { name: 'meanfield', source };

const ENTRIES = [
  'splat',
  'smooth_cells',
  'weigh_cells',
  'down',
  'across',
  'weigh_pixels',
  'normalise',
  'compete',
] as const;

/**
 * The mean field on a GPU; the grid is made on the CPU. Its Gaussian has all its taps, so labels may differ from the CPU's
 * in a few pixels of an outline.
 */
export function webgpuMeanField(gpu: Gpu): MeanField {
  return async (guide, logits, tokens, grid = bilateralGrid(guide)) => {
    if (logits.length === 0) return new Uint16Array(guide.width * guide.height);
    const programs = await Promise.all(ENTRIES.map((entry) => gpu.program(MEAN_FIELD, entry)));
    const [splat, smoothCells, weighCells, down, across, weighPixels, normalise, compete] = programs;
    const { working, picture, cells } = grid;
    const pixels = working.width * working.height;
    const labels = logits.length;
    const unaries = enlargedLogits(logits, tokens, working);
    const tapValues = gaussianTaps(working);

    const bytes = 4 * picture.width * picture.height;
    const winners = gpu.buffers.create(bytes, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC, 'labels');
    try {
      const batch = gpu.batch('mean field');
      const paramsFor = (axis: number) =>
        batch.uniform(
          [
            ...[working.width, working.height, cells, labels],
            ...[picture.width, picture.height, axis, tapValues.length - 1],
          ],
          [LIKENESS, NEARNESS],
        );
      const axes = Array.from({ length: AXES }, (_, axis) => paramsFor(axis));
      const params = axes[0]!;
      const sorted = sortedPixels(grid.inner, cells);
      const [starts, order] = [batch.upload(sorted.starts), batch.upload(sorted.order)];
      const neighbours = batch.upload(new Uint32Array(grid.neighbours));
      const inner = batch.upload(new Uint32Array(grid.inner));
      const outer = batch.upload(new Uint32Array(grid.outer));
      const taps = batch.upload(tapValues);
      const unary = batch.upload(joined(Float32Array, unaries));
      // A plane of ones behind the labels' is splatted and blurred with them: B's normaliser.
      const q = batch.upload(joined(Float32Array, [...starting(unaries), new Float32Array(pixels).fill(1)]));
      const [lines, near] = [batch.scratch(4 * labels * pixels), batch.scratch(4 * labels * pixels)];
      let values = batch.scratch(4 * (labels + 1) * cells);
      let blurred = batch.scratch(4 * (labels + 1) * cells);
      const overCells = Math.ceil(cells / LANES);
      const overPixels = Math.ceil(pixels / LANES);

      for (let iteration = 1; iteration <= ITERATIONS; iteration++) {
        batch.dispatch(splat!, [overCells, labels + 1], { q, starts, order, values, params });
        for (const axis of axes) {
          batch.dispatch(smoothCells!, [overCells, labels + 1], {
            neighbours,
            values,
            blurred,
            params: axis,
          });
          [values, blurred] = [blurred, values];
        }
        batch.dispatch(weighCells!, [overCells], { values, params });
        batch.dispatch(down!, [overPixels, labels], { q, taps, lines, params });
        batch.dispatch(across!, [overPixels, labels], { taps, lines, near, params });
        batch.dispatch(weighPixels!, [overPixels], { near, unary, params });
        if (iteration < ITERATIONS)
          batch.dispatch(normalise!, [overPixels], { q, values, near, inner, params });
      }
      batch.dispatch(compete!, [Math.ceil(picture.width / LANES), picture.height], {
        ...{ values, near, outer, winners, params },
      });
      batch.submit();
      const [read] = await gpu.read({ buffer: winners, bytes });
      return Uint16Array.from(new Uint32Array(read!));
    } finally {
      gpu.buffers.destroy(winners);
    }
  };
}

/** Share of the pixels of the self-test that may have another label than on the CPU. */
const MOST_DIFFERENT = 0.02;

/** The mean field on a device that gets a small picture right; else the CPU's. */
export async function provenMeanField(device: GPUDevice): Promise<MeanField> {
  const onGpu = webgpuMeanField(new Gpu(device));
  const right = await labelsAgree(onGpu, meanField, testPicture(), MOST_DIFFERENT);
  return right ? elseOnCpu(onGpu, meanField) : meanField;
}

/** Two objects in a picture of slanted stripes. */
function testPicture(): Parameters<MeanField> {
  const [cells, width, height] = [{ rows: 6, columns: 12 }, 96, 48];
  const guide: Guide = { width, height, data: new Uint8ClampedArray(4 * width * height) };
  const stripe = (x: number, y: number) => Math.floor((x + y / 2) / 40) % 3;
  for (let at = 0; at < width * height; at++) {
    const [x, y] = [at % width, Math.floor(at / width)];
    guide.data.set([90 * stripe(x, y), 200 - x, 40 + y, 255], 4 * at);
  }
  const shares = [1, 2].map((object) =>
    Float32Array.from({ length: cells.rows * cells.columns }, (_, cell) =>
      stripe(8 * (cell % cells.columns), 8 * Math.floor(cell / cells.columns)) === object ? 0.9 : 0.05,
    ),
  );
  return [guide, labelLogits(shares), cells];
}

/** Pixels sorted by their cell, and the first place of every cell among them. */
function sortedPixels(inner: Int32Array, cells: number) {
  const starts = new Uint32Array(cells + 1);
  for (const cell of inner) starts[cell + 1]!++;
  for (let cell = 0; cell < cells; cell++) starts[cell + 1]! += starts[cell]!;
  const next = starts.slice();
  const order = new Uint32Array(inner.length);
  for (const [pixel, cell] of inner.entries()) order[next[cell]!++] = pixel;
  return { starts, order };
}
