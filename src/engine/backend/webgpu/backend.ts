import type { AttentionInput, Backend, RowMetric, SweepOptions } from '../types.ts';
import { attendWebgpu } from './attention.ts';
import { nearestWebgpu, smoothWebgpu } from './divergence.ts';
import { type GpuRows, gatherRows, loadRows, readRows } from './rows.ts';
import { Gpu } from './runtime/gpu.ts';
import type { Tuning } from './runtime/kernel.ts';
import { WebgpuSums } from './sums.ts';
import { WebgpuSweep } from './sweep.ts';

/**
 * The heavy steps on a GPU. Every method may throw `device/lost`, `device/out-of-memory` or `device/failed`; after
 * `device/lost` this backend is over and a new one on a new device takes its place.
 */
export function createWebgpuBackend(device: GPUDevice, tuning?: Partial<Tuning>): Backend {
  return new WebgpuBackend(new Gpu(device, tuning));
}

class WebgpuBackend implements Backend {
  readonly kind = 'webgpu';

  constructor(private readonly gpu: Gpu) {}

  get memory() {
    const { held, peak } = this.gpu.buffers.tracker;
    return { held, peak };
  }

  attend(input: AttentionInput, signal?: AbortSignal) {
    return attendWebgpu(this.gpu, input, signal);
  }

  load(values: Float32Array, width: number, metric: RowMetric) {
    return loadRows(this.gpu, Float32Array.from(values), width, metric);
  }

  sweep(width: number, options: SweepOptions) {
    return new WebgpuSweep(this.gpu, width, options);
  }

  async distances(a: GpuRows, b: GpuRows) {
    return (await nearestWebgpu(this.gpu, a, b, true)).distances!;
  }

  nearest(rows: GpuRows, centroids: GpuRows, soft = false) {
    return nearestWebgpu(this.gpu, rows, centroids, soft);
  }

  smooth(rows: GpuRows, tau: number) {
    return smoothWebgpu(this.gpu, rows, tau);
  }

  accumulator(width: number, clusters: number) {
    return new WebgpuSums(this.gpu, width, clusters);
  }

  gather(rows: GpuRows, indices: readonly number[]) {
    return gatherRows(this.gpu, [rows], Uint32Array.from(indices));
  }

  concat(parts: readonly GpuRows[]) {
    const count = parts.reduce((sum, part) => sum + part.count, 0);
    return gatherRows(
      this.gpu,
      parts,
      Uint32Array.from({ length: count }, (_, i) => i),
    );
  }

  read(rows: GpuRows) {
    return readRows(this.gpu, rows);
  }

  async release() {
    this.gpu.buffers.release();
  }
}
