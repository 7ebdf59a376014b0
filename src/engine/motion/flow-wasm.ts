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
import initFlow from './flow.wasm?init';
import { TENSOR } from './flow-constants.ts';

/** What assembly/flow.ts exports; addresses are in bytes. */
interface Kernel {
  memory: WebAssembly.Memory;
  begin(
    ownOrigin: number,
    otherOrigin: number,
    gradientX: number,
    gradientY: number,
    tensors: number,
    width: number,
    height: number,
    pitch: number,
    columns: number,
    rows: number,
    stride: number,
  ): void;
  round(luma: number): void;
  shrink(fine: number, fineWidth: number, fineHeight: number, finePitch: number): void;
  surround(): void;
  derive(): void;
  sum(sums: number, widthOfSums: number, gain: number): void;
  enlarge(coarse: number, coarseWidth: number, coarseHeight: number, fine: number): void;
  start(dense: number, sparse: number): void;
  search(sparse: number, iterations: number): void;
  densify(sparse: number, sums: number, widthOfSums: number, dense: number): void;
}

export interface WasmImage extends FlowImage {
  layout: Layout;
  /** Of its first float. */
  address: number;
}

const PAGE = 2 ** 16;

/** Vectors of four floats, which may go on a little behind a row. */
const LANES = 4;

/** The flow in WebAssembly with SIMD, on the thread that calls it: about as fast as OpenCV's. */
export async function wasmFlow(quality: FlowQuality): Promise<FlowBackend<WasmImage>> {
  const { exports } = await initFlow();
  const kernel = exports as unknown as Kernel;
  const blocks = new Blocks(kernel.memory);

  return {
    prepare(luma, width, height) {
      const layout = layoutOf(width, height, quality.stride);
      assertPixels(luma, layout);
      const bytes = 4 * layout.floats;
      const address = blocks.take(bytes);
      prepare(kernel, blocks, luma, layout, quality.gain, address);
      let held = true;
      const release = () => {
        if (held) blocks.give(address, bytes);
        held = false;
      };
      return { width, height, layout, address, release };
    },
    async flows(pairs) {
      assertSameSize(pairs);
      return pairs.map((pair) => between(kernel, blocks, pair, quality));
    },
    // The memory goes with the module, once nobody holds the backend.
    release: () => undefined,
  };
}

function begin(kernel: Kernel, level: Level, stride: number, from: number, to: number): void {
  kernel.begin(
    from + 4 * level.origin,
    to + 4 * level.origin,
    from + 4 * level.gradientX,
    from + 4 * level.gradientY,
    from + 4 * level.tensors,
    level.width,
    level.height,
    level.pitch,
    level.columns,
    level.rows,
    stride,
  );
}

function prepare(
  kernel: Kernel,
  blocks: Blocks,
  luma: Float32Array,
  layout: Layout,
  gain: number,
  address: number,
): void {
  const { width, levels, stride } = layout;
  const pixelBytes = 4 * (luma.length + LANES);
  const sumBytes = 4 * TENSOR * (width + LANES);
  const pixels = blocks.take(pixelBytes);
  const sums = blocks.take(sumBytes);
  new Float32Array(kernel.memory.buffer, pixels, luma.length).set(luma);
  for (const [scale, level] of levels.entries()) {
    begin(kernel, level, stride, address, address);
    const fine = levels[scale - 1];
    if (fine) kernel.shrink(address + 4 * fine.origin, fine.width, fine.height, fine.pitch);
    else kernel.round(pixels);
    kernel.surround();
    kernel.derive();
    kernel.sum(sums, width + LANES, gain);
  }
  blocks.give(pixels, pixelBytes);
  blocks.give(sums, sumBytes);
}

function between(
  kernel: Kernel,
  blocks: Blocks,
  [from, to]: FlowPair<WasmImage>,
  { stride, iterations }: FlowQuality,
): Flow {
  const { width, height, levels } = from.layout;
  const finest = levels[0]!;
  const widthOfSums = width + LANES;
  const sizes = {
    sparse: 8 * finest.columns * finest.rows,
    sums: 12 * widthOfSums * height,
    dense: 8 * width * height,
  };
  const sparse = blocks.take(sizes.sparse);
  const sums = blocks.take(sizes.sums);
  // Of the level before, and of this one: they change places.
  let coarse = blocks.take(sizes.dense);
  let dense = blocks.take(sizes.dense);
  new Uint8Array(kernel.memory.buffer, dense, sizes.dense).fill(0);
  for (let scale = levels.length - 1; scale >= 0; scale--) {
    const level = levels[scale]!;
    begin(kernel, level, stride, from.address, to.address);
    const before = levels[scale + 1];
    if (before) {
      [coarse, dense] = [dense, coarse];
      kernel.enlarge(coarse, before.width, before.height, dense);
    }
    kernel.start(dense, sparse);
    kernel.search(sparse, iterations);
    kernel.densify(sparse, sums, level.width + LANES, dense);
  }
  const xy = new Float32Array(kernel.memory.buffer, dense, 2 * width * height).slice();
  blocks.give(sparse, sizes.sparse);
  blocks.give(sums, sizes.sums);
  blocks.give(coarse, sizes.dense);
  blocks.give(dense, sizes.dense);
  return { width, height, xy };
}

/** Blocks of a WebAssembly memory. Those given back are kept by size: a clip's frames are all of one. */
class Blocks {
  private readonly free = new Map<number, number[]>();
  /** The module itself keeps nothing in memory. Zero would be no address. */
  private end = 16;

  constructor(private readonly memory: WebAssembly.Memory) {}

  /** Anything may be in there. */
  take(bytes: number): number {
    const address = this.free.get(bytes)?.pop();
    if (address !== undefined) return address;
    const start = this.end;
    this.end = start + 16 * Math.ceil(bytes / 16);
    const missing = this.end - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    return start;
  }

  give(address: number, bytes: number): void {
    const same = this.free.get(bytes);
    if (same) same.push(address);
    else this.free.set(bytes, [address]);
  }
}
