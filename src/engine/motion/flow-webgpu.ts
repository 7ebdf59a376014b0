import { spans } from '../backend/webgpu/rows.ts';
import type { Batch } from '../backend/webgpu/runtime/batch.ts';
import type { Gpu } from '../backend/webgpu/runtime/gpu.ts';
import { type Kernel, LANES } from '../backend/webgpu/runtime/kernel.ts';
import {
  assertPixels,
  assertSameSize,
  type Flow,
  type FlowBackend,
  type FlowImage,
  type FlowPair,
  type FlowQuality,
  type Layout,
  type Level,
  layoutOf,
} from './flow.ts';
import flowSource from './flow.wgsl?raw';
import { BORDER, LEAST_DETERMINANT, PASSES, PATCH, STRIPES, TENSOR } from './flow-constants.ts';

const FLOW: Kernel = {
  name: 'flow',
  source: `const PATCH = ${PATCH}u;
const BORDER = ${BORDER}u;
const STRIPES = ${STRIPES}u;
const PASSES = ${PASSES}u;
const TENSOR = ${TENSOR}u;
const LEAST_DETERMINANT = ${LEAST_DETERMINANT};
${flowSource}`,
};

export interface GpuImage extends FlowImage {
  layout: Layout;
  buffer: GPUBuffer;
}

/** Pairs at a time, where their frames fit into a buffer: a pair alone has too few threads to fill a device. */
const GROUP = 16;

/** The flow on a GPU (flow.wgsl): the CPU's, to rounding. Throws what Gpu.check throws. */
export async function webgpuFlow(
  gpu: Gpu,
  { stride, iterations, gain }: FlowQuality,
): Promise<FlowBackend<GpuImage>> {
  const names = ['round_luma', 'shrink', 'derive', 'sum', 'enlarge', 'search', 'densify'] as const;
  const [round, shrink, derive, sum, enlarge, search, densify] = await Promise.all(
    names.map((name) => gpu.program(FLOW, name)),
  );
  const held = new Set<GPUBuffer>();
  const steps = Math.floor(iterations / PASSES);
  const paramsOf = (batch: Batch, level: Level, other: Level = level) =>
    batch.uniform(
      [
        ...[level.width, level.height, level.pitch, level.origin],
        ...[level.gradientX, level.gradientY, level.tensors, level.columns, level.rows],
        ...[stride, steps, other.width, other.height, other.pitch, other.origin],
      ],
      [gain],
    );
  const groups = (count: number) => Math.ceil(count / LANES);

  /** Records the flow of pairs, whose images all lie in one buffer, and gives the buffer that will hold it. */
  const record = (
    batch: Batch,
    { levels }: Layout,
    [images, pairs]: readonly GPUBuffer[],
    count: number,
    [coarse, dense]: GPUBuffer[],
  ): GPUBuffer => {
    const finest = levels[0]!;
    const sparse = batch.scratch(8 * count * finest.columns * finest.rows);
    for (let scale = levels.length - 1; scale >= 0; scale--) {
      const level = levels[scale]!;
      const before = levels[scale + 1];
      const params = paramsOf(batch, level, before);
      const pixels = [groups(level.width), level.height, count] as const;
      if (before) {
        [coarse, dense] = [dense, coarse];
        batch.dispatch(enlarge!, pixels, { coarse: coarse!, dense: dense!, params });
      }
      const shared = { images: images!, pairs: pairs!, dense: dense!, sparse, params };
      batch.dispatch(search!, [STRIPES, 1, count], shared);
      batch.dispatch(densify!, pixels, shared);
    }
    return dense!;
  };

  const between = async (pairs: readonly FlowPair<GpuImage>[]): Promise<Flow[]> => {
    const { layout, width, height } = pairs[0]![0];
    const frames = [...new Set(pairs.flat())];
    const bytes = 4 * layout.floats;
    const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
    const images = gpu.buffers.create(bytes * frames.length, STORAGE | COPY_DST, 'frames');
    const flowBytes = 8 * width * height;
    const flows = [0, 1].map(() => gpu.buffers.create(flowBytes * pairs.length, STORAGE | COPY_SRC, 'flow'));
    try {
      const batch = gpu.batch('flow');
      for (const [at, { buffer }] of frames.entries()) batch.copy(buffer, 0, images, at * bytes, bytes);
      const places = batch.upload(
        Uint32Array.from(pairs.flat().map((image) => layout.floats * frames.indexOf(image))),
      );
      const found = record(batch, layout, [images, places], pairs.length, flows);
      batch.submit();
      const [read] = await gpu.read({ buffer: found, bytes: flowBytes * pairs.length });
      return pairs.map((_, at) => ({
        ...{ width, height },
        xy: new Float32Array(read!, at * flowBytes, 2 * width * height).slice(),
      }));
    } finally {
      for (const buffer of [images, ...flows]) gpu.buffers.destroy(buffer);
    }
  };

  return {
    prepare(luma, width, height) {
      const layout = layoutOf(width, height, stride);
      assertPixels(luma, layout);
      const { STORAGE, COPY_SRC } = GPUBufferUsage;
      const buffer = gpu.buffers.create(4 * layout.floats, STORAGE | COPY_SRC, 'frame');
      held.add(buffer);
      const batch = gpu.batch('frame');
      const pixels = batch.upload(new Float32Array(luma));
      for (const [scale, level] of layout.levels.entries()) {
        const params = paramsOf(batch, level, layout.levels[scale - 1]);
        const bordered = [groups(level.pitch), level.height + 2 * BORDER] as const;
        if (scale === 0) batch.dispatch(round!, bordered, { images: buffer, luma: pixels, params });
        else batch.dispatch(shrink!, bordered, { images: buffer, params });
        batch.dispatch(derive!, [groups(level.width), level.height], { images: buffer, params });
        batch.dispatch(sum!, [groups(level.columns), level.rows], { images: buffer, params });
      }
      batch.submit();
      const release = () => {
        held.delete(buffer);
        gpu.buffers.destroy(buffer);
      };
      return { width, height, layout, buffer, release };
    },

    async flows(pairs) {
      assertSameSize(pairs);
      const found: Flow[] = [];
      const most = gpu.device.limits.maxStorageBufferBindingSize / (8 * (pairs[0]?.[0].layout.floats ?? 1));
      for (const [first, count] of spans(pairs.length, Math.max(1, Math.min(GROUP, Math.floor(most)))))
        found.push(...(await between(pairs.slice(first, first + count))));
      return found;
    },

    release() {
      for (const buffer of held) gpu.buffers.destroy(buffer);
      held.clear();
    },
  };
}
