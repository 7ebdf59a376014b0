import { attendWebgpu } from '../attention/webgpu.ts';
import { Gpu } from '../gpu/gpu.ts';
import type { Tuning } from '../gpu/kernel.ts';
import { type GpuRows, gatherRows, loadRows, readRows } from '../gpu/rows.ts';
import type { AttentionInput, Compute, RowMetric, SweepOptions } from './types.ts';
import { nearestWebgpu, smoothWebgpu } from './webgpu-divergence.ts';
import { WebgpuSums } from './webgpu-sums.ts';
import { WebgpuSweep } from './webgpu-sweep.ts';

/**
 * The heavy steps on a GPU. Every method may throw `device/lost`, `device/out-of-memory` or `device/failed`; after
 * `device/lost` this compute is over and a new one on a new device takes its place.
 */
export function createWebgpuCompute(device: GPUDevice, tuning?: Partial<Tuning>): Compute {
  return new WebgpuCompute(new Gpu(device, tuning));
}

class WebgpuCompute implements Compute {
  readonly kind = 'webgpu';

  constructor(private readonly gpu: Gpu) {}

  get memory() {
    const { held, peak } = this.gpu.buffers.ledger;
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
