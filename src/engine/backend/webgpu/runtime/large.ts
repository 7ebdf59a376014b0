import { failure, isFailure } from '../../errors.ts';
import type { Gpu } from './gpu.ts';
import { type Kernel, LANES } from './kernel.ts';
import largeSource from './large.wgsl?raw';

export const LARGE: Kernel = { name: 'large', source: largeSource };

/** A little over 128 MiB: the binding that every device has, past which some lose what is written. */
const ROWS = 2052;
const STRIDE = 2 ** 14;

/**
 * Whether a matrix over 128 MiB was tried on the device, and held what was written: ONNX Runtime binds such where the
 * device's limits let it, our own pages end there. False where limits or memory have no room for one.
 * @throws `device/wrong-results` where it lost something
 */
export async function largeBuffersHold(gpu: Gpu, rows = ROWS): Promise<boolean> {
  const bytes = 4 * rows * STRIDE;
  const { maxBufferSize, maxStorageBufferBindingSize } = gpu.device.limits;
  if (bytes > Math.min(maxBufferSize, maxStorageBufferBindingSize)) return false;
  const found = await columnOf(gpu, rows).catch(onlyOutOfMemory);
  if (!found) return false;
  const wrong = found.findIndex((number, row) => number !== row + 1);
  if (wrong < 0) return true;
  const detail = { code: 'lost', params: { mebibytes: bytes / 2 ** 20, row: wrong } } as const;
  throw failure('device/wrong-results', { detail });
}

async function columnOf(gpu: Gpu, rows: number): Promise<Uint32Array> {
  const [write, gather] = await Promise.all([gpu.program(LARGE, 'write'), gpu.program(LARGE, 'gather')]);
  const { STORAGE, COPY_SRC } = GPUBufferUsage;
  const column = gpu.buffers.create(4 * rows, STORAGE | COPY_SRC, 'column');
  try {
    const batch = gpu.batch('large matrix');
    const whole = batch.scratch(4 * rows * STRIDE);
    const params = batch.uniform([rows, STRIDE]);
    batch.dispatch(write, [Math.ceil(rows / LANES)], { whole, params });
    batch.dispatch(gather, [Math.ceil(rows / LANES)], { whole, column, params });
    batch.submit();
    const [read] = await gpu.read({ buffer: column, bytes: 4 * rows });
    return new Uint32Array(read!);
  } finally {
    gpu.buffers.destroy(column);
  }
}

function onlyOutOfMemory(error: unknown): null {
  if (isFailure(error, 'device/out-of-memory')) return null;
  throw error;
}
