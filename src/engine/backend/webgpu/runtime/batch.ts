import type { Buffers } from './buffers.ts';
import type { Program } from './kernel.ts';

/** A buffer, or a part of one, by the name of its variable in WGSL. */
export type Bindings = Record<string, GPUBuffer | GPUBufferBinding>;

/** How many workgroups: given now, or read from a buffer when its turn comes. */
export type Groups = readonly [x: number, y?: number, z?: number] | { buffer: GPUBuffer; offset: number };

/** Commands recorded in order and submitted as one, with the small buffers that only they use. */
export class Batch {
  private readonly encoder: GPUCommandEncoder;
  private pass: GPUComputePassEncoder | null = null;
  private readonly temporary: GPUBuffer[] = [];

  constructor(
    private readonly buffers: Buffers,
    private readonly label: string,
  ) {
    this.encoder = buffers.device.createCommandEncoder({ label });
  }

  dispatch({ pipeline, bindings }: Program, groups: Groups, resources: Bindings): void {
    this.pass ??= this.encoder.beginComputePass({ label: this.label });
    const entries = Object.entries(resources).map(([name, resource]) => ({
      binding: bindings.get(name)!,
      resource: 'buffer' in resource ? resource : { buffer: resource },
    }));
    this.pass.setPipeline(pipeline);
    const layout = pipeline.getBindGroupLayout(0);
    this.pass.setBindGroup(0, this.buffers.device.createBindGroup({ layout, entries }));
    if ('buffer' in groups) this.pass.dispatchWorkgroupsIndirect(groups.buffer, groups.offset);
    else this.pass.dispatchWorkgroups(...groups);
  }

  copy(from: GPUBuffer, fromByte: number, to: GPUBuffer, toByte: number, bytes: number): void {
    this.endPass();
    this.encoder.copyBufferToBuffer(from, fromByte, to, toByte, bytes);
  }

  /** A uniform buffer of `integers` (u32) followed by `reals` (f32), freed on submit. */
  uniform(integers: readonly number[], reals: readonly number[] = []): GPUBuffer {
    const words = new ArrayBuffer(4 * (integers.length + reals.length));
    new Uint32Array(words, 0, integers.length).set(integers);
    new Float32Array(words, 4 * integers.length).set(reals);
    return this.upload(new Uint8Array(words), GPUBufferUsage.UNIFORM);
  }

  /** A storage buffer with `data`, freed on submit. */
  upload(data: ArrayBufferView<ArrayBuffer>, usage: number = GPUBufferUsage.STORAGE): GPUBuffer {
    return this.free(this.buffers.upload(data, usage, this.label));
  }

  /** Zeroed storage that only this batch uses, freed on submit. */
  scratch(bytes: number): GPUBuffer {
    return this.free(this.buffers.create(bytes, GPUBufferUsage.STORAGE, this.label));
  }

  submit(): void {
    this.endPass();
    const { buffers, label } = this;
    buffers.guard(0, label, () => buffers.device.queue.submit([this.encoder.finish({ label })]));
    for (const buffer of this.temporary) buffers.destroy(buffer);
  }

  private free(buffer: GPUBuffer): GPUBuffer {
    this.temporary.push(buffer);
    return buffer;
  }

  private endPass(): void {
    this.pass?.end();
    this.pass = null;
  }
}
