import { failure } from '../../../../lib/errors.ts';
import { Batch } from './batch.ts';
import { Buffers } from './buffers.ts';
import { bindingsOf, type Kernel, type Program, prelude, type Tuning, tuningOf } from './kernel.ts';

/** One device as our kernels see it: its buffers, compiled kernels, and whether it is still there. */
export class Gpu {
  readonly buffers: Buffers;
  readonly tuning: Tuning;
  private readonly programs = new Map<string, Promise<Program>>();
  private lost: GPUDeviceLostInfo | null = null;

  constructor(
    readonly device: GPUDevice,
    tuning: Partial<Tuning> = {},
  ) {
    this.tuning = { ...tuningOf(device), ...tuning };
    this.buffers = new Buffers(device);
    void device.lost.then((info) => {
      this.lost = info;
    });
  }

  /** Compiles an entry point of a kernel, once. Throws `device/failed` with the compiler's messages. */
  program(kernel: Kernel, entry = 'main', constants: Record<string, number> = {}): Promise<Program> {
    const key = JSON.stringify([kernel.name, entry, constants]);
    let program = this.programs.get(key);
    if (!program) {
      program = this.compile(kernel, entry, constants);
      this.programs.set(key, program);
    }
    return program;
  }

  batch(label: string): Batch {
    return new Batch(this, label);
  }

  /** Waits until everything recorded so far is known to be well; throws `device/lost` and what Buffers.check throws. */
  async check(): Promise<void> {
    await this.buffers.check();
    this.assertAlive();
  }

  /** Copies of `bytes` bytes of each buffer, as they are after all submitted work. */
  async read(...sources: { buffer: GPUBuffer; bytes: number }[]): Promise<ArrayBuffer[]> {
    const offsets = [0];
    for (const { bytes } of sources) offsets.push(offsets.at(-1)! + Math.ceil(bytes / 4) * 4);
    const size = offsets.at(-1)!;
    if (size === 0) return sources.map(() => new ArrayBuffer(0));
    const staging = this.buffers.create(size, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ, 'readback');
    try {
      const batch = this.batch('readback');
      for (const [i, { buffer, bytes }] of sources.entries())
        if (bytes > 0) batch.copy(buffer, 0, staging, offsets[i]!, Math.ceil(bytes / 4) * 4);
      batch.submit();
      await staging.mapAsync(GPUMapMode.READ).catch(async (cause) => {
        await this.check();
        throw failure('device/failed', { detail: String(cause) }, { cause });
      });
      await this.check();
      const mapped = staging.getMappedRange();
      return sources.map(({ bytes }, i) => mapped.slice(offsets[i]!, offsets[i]! + bytes));
    } finally {
      this.buffers.destroy(staging);
    }
  }

  assertAlive(): void {
    if (this.lost) throw failure('device/lost', { reason: this.lost.message || this.lost.reason });
  }

  private async compile(kernel: Kernel, entry: string, constants: Record<string, number>): Promise<Program> {
    const code = prelude(this.tuning) + kernel.source;
    const label = `${kernel.name}:${entry}`;
    const module = this.buffers.guard(0, label, () => this.device.createShaderModule({ code, label }));
    const messages = (await module.getCompilationInfo()).messages.filter(({ type }) => type === 'error');
    if (messages.length > 0) {
      const detail = messages.map(({ lineNum, message }) => `${label}:${lineNum}: ${message}`).join('\n');
      throw failure('device/failed', { detail });
    }
    const pipeline = await this.device
      .createComputePipelineAsync({
        label,
        layout: 'auto',
        compute: { module, entryPoint: entry, constants },
      })
      .catch((cause: Error) => {
        this.assertAlive();
        throw failure('device/failed', { detail: `${label}: ${cause.message}` }, { cause });
      });
    return { pipeline, bindings: bindingsOf(kernel) };
  }
}
