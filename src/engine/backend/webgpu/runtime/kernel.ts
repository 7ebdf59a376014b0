import { isSoftware } from './device.ts';

/**
 * A WGSL file, behind the files whose text it shares (tile.wgsl, product.wgsl). It is compiled behind `prelude`,
 * which fits it to the device.
 */
export interface Kernel {
  name: string;
  source: string;
}

/** A compiled entry point, and the binding of each of its kernel's variables. */
export interface Program {
  pipeline: GPUComputePipeline;
  bindings: ReadonlyMap<string, number>;
}

/** What is fitted to a device. */
export interface Tuning {
  /** Rows are stored in 16 bits; sums are 32-bit either way. Needs the feature shader-f16. */
  half: boolean;
  /**
   * Matrix products: threads along one side of a (square) workgroup, and entries along one side of the square
   * that each thread sums in registers. A workgroup's tile has threads · register entries along each side, of which
   * every thread loads whole quads of STEP columns: 4 · register is a multiple of threads.
   */
  threads: number;
  register: number;
  /** A buffer of rows, keys or distances is cut into pages of at most so many bytes. */
  pageBytes: number;
}

/** 128 MiB, the largest binding that every WebGPU device has: larger pages would only make longer dispatches. */
const PAGE_BYTES = 2 ** 27;

export function tuningOf({ features, limits, adapterInfo }: GPUDevice): Tuning {
  // A software adapter has no registers to fill, and compiles large unrolled squares slowly.
  const software = isSoftware(adapterInfo);
  return {
    half: features.has('shader-f16'),
    threads: software ? 4 : 8,
    register: software ? 4 : 8,
    pageBytes: Math.min(PAGE_BYTES, limits.maxStorageBufferBindingSize, limits.maxBufferSize),
  };
}

/** Columns of a stored row are padded to a multiple of this: one step of the matrix products, unguarded. */
export const STEP = 16;

/** Rows of a page at most: one workgroup per row stays far below the 65535 of one dispatch. */
export const PAGE_ROWS = 2 ** 14;

/** Threads of the kernels that go over rows or entries one by one. */
export const LANES = 64;

/** Entries along one side of the matrix products' tiles. */
export function tileOf({ threads, register }: Tuning): number {
  return threads * register;
}

/**
 * What every kernel may name. Register tiles are arrays in function scope, whose sizes WGSL wants as constants,
 * so tile sizes are written into the text rather than given as overrides.
 */
export function prelude(tuning: Tuning): string {
  return `${tuning.half ? 'enable f16;\nalias Store = f16;' : 'alias Store = f32;'}
const THREADS = ${tuning.threads}u;
const REGISTER = ${tuning.register}u;
const TILE = ${tileOf(tuning)}u;
const LANES = ${LANES}u;
`;
}

/** Binding number of every variable, read from the text. */
export function bindingsOf({ source }: Kernel): ReadonlyMap<string, number> {
  const variables = source.matchAll(/@binding\((\d+)\)\s*var(?:<[^>]*>)?\s+(\w+)/g);
  return new Map([...variables].map(([, number, name]) => [name!, Number(number)]));
}
