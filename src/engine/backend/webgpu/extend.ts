import { P_FLOOR } from '../numerics.ts';
import expectationSource from './expectation.wgsl?raw';
import extendSource from './extend.wgsl?raw';
import { entropies, type GpuRows, makeRows, pageRows, spans, strideOf } from './rows.ts';
import type { Gpu } from './runtime/gpu.ts';
import { type Kernel, LANES } from './runtime/kernel.ts';

export const EXPECTATION: Kernel = { name: 'expectation', source: expectationSource };
export const EXTEND: Kernel = { name: 'extend', source: extendSource };

/** Σ_j P_j·v_j of every row, [count]; values [width]. */
export async function expectationOf(
  gpu: Gpu,
  { pages, width, count }: GpuRows,
  values: Float32Array<ArrayBuffer>,
): Promise<Float32Array> {
  const program = await gpu.program(EXPECTATION);
  const sums = new Float32Array(count);
  let first = 0;
  for (const page of pages) {
    const bytes = 4 * page.count;
    const out = gpu.buffers.create(bytes, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC, 'expectations');
    try {
      const batch = gpu.batch('expectation');
      batch.dispatch(program, [page.count], {
        logRatios: page.logRatios,
        values: batch.upload(values),
        sums: out,
        params: batch.uniform([width, strideOf(width)], [1 / width]),
      });
      batch.submit();
      const [read] = await gpu.read({ buffer: out, bytes });
      sums.set(new Float32Array(read!), first);
    } finally {
      gpu.buffers.destroy(out);
    }
    first += page.count;
  }
  return sums;
}

/** Rows with `values` [count, columns] behind their own entries. */
export async function extendRows(
  gpu: Gpu,
  { pages, width, count, metric }: GpuRows,
  values: Float32Array<ArrayBuffer>,
): Promise<GpuRows> {
  const columns = values.length / count;
  const wide = width + columns;
  const kind = { width: wide, metric };
  const [program, entropy] = await Promise.all([gpu.program(EXTEND), entropies(gpu, kind)]);
  // Pages of wider rows may have to be smaller: each of the old ones is cut to fit.
  const most = pageRows(gpu, wide);
  const cuts = pages.flatMap((page, number) => {
    const before = pages.slice(0, number).reduce((sum, { count }) => sum + count, 0);
    return [...spans(page.count, most)].map(([from, size]) => ({ page, from, first: before + from, size }));
  });
  const sizes = cuts.map(({ first, size }) => [first, size] as const);
  return makeRows(gpu, kind, sizes, (target, first) => {
    const { page, from } = cuts.find((cut) => cut.first === first)!;
    const batch = gpu.batch('extend');
    batch.dispatch(program, [Math.ceil(strideOf(wide) / LANES), target.count], {
      source: page.logRatios,
      values: batch.upload(values.subarray(first * columns, (first + target.count) * columns)),
      logRatios: target.logRatios,
      params: batch.uniform(
        [width, wide, strideOf(width), strideOf(wide), from],
        [Math.log(wide / width), P_FLOOR],
      ),
    });
    entropy(batch, target);
    batch.submit();
  });
}
