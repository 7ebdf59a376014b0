import { failure } from '../../../../lib/errors.ts';
import { MemoryTracker } from '../../memory.ts';

/**
 * Smaller buffers are made without asking how it went, which costs more than they do: where one fails, so does the
 * submission that uses it.
 */
const GUARDED_BYTES = 2 ** 20;

/**
 * GPU buffers with an account of what is held. Errors of a creation are gathered, since WebGPU reports them
 * later: `check` throws the first of them.
 */
export class Buffers {
  readonly tracker = new MemoryTracker();
  private readonly alive = new Set<GPUBuffer>();
  private readonly pending = new Set<Promise<void>>();
  private failed: Error | null = null;

  constructor(readonly device: GPUDevice) {}

  /** A zeroed buffer of at least `bytes` bytes (rounded up to 16, at least 16). */
  create(bytes: number, usage: number, label: string): GPUBuffer {
    return this.account(bytes, label, (size) => this.device.createBuffer({ size, usage, label }));
  }

  /** A buffer that holds `data`. */
  upload(data: ArrayBufferView<ArrayBuffer>, usage: number, label: string): GPUBuffer {
    return this.account(data.byteLength, label, (size) => {
      const buffer = this.device.createBuffer({ size, usage: usage | GPUBufferUsage.COPY_DST, label });
      this.device.queue.writeBuffer(buffer, 0, data.buffer, data.byteOffset, data.byteLength);
      return buffer;
    });
  }

  /** Frees a buffer; work already submitted still sees it. Freeing twice is harmless. */
  destroy(buffer: GPUBuffer): void {
    if (!this.alive.delete(buffer)) return;
    this.tracker.give(buffer.size);
    buffer.destroy();
  }

  /** Runs `act` and remembers what it did wrong: out of memory or against WebGPU's rules. */
  guard<T>(bytes: number, label: string, act: () => T): T {
    this.device.pushErrorScope('validation');
    this.device.pushErrorScope('out-of-memory');
    const result = act();
    const memory = this.device.popErrorScope();
    const rules = this.device.popErrorScope();
    this.watch(memory, () => failure('device/out-of-memory', { megabytes: Math.ceil(bytes / 2 ** 20) }));
    this.watch(rules, (detail) => failure('device/failed', { detail: `${label}: ${detail}` }));
    return result;
  }

  /** Waits for the verdict on everything done so far; throws `device/out-of-memory` or `device/failed`. */
  async check(): Promise<void> {
    await Promise.all(this.pending);
    const error = this.failed;
    this.failed = null;
    if (error) throw error;
  }

  /** Frees everything still held. */
  release(): void {
    for (const buffer of this.alive) this.destroy(buffer);
  }

  private account(bytes: number, label: string, make: (size: number) => GPUBuffer): GPUBuffer {
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    const buffer = size < GUARDED_BYTES ? make(size) : this.guard(size, label, () => make(size));
    this.alive.add(buffer);
    this.tracker.take(buffer.size);
    return buffer;
  }

  private watch(scope: Promise<GPUError | null>, say: (detail: string) => Error): void {
    // A scope of a lost device rejects; the loss itself is reported by whoever awaits the work.
    const verdict = scope.then(
      (error) => {
        if (error) this.failed ??= say(error.message);
      },
      () => undefined,
    );
    this.pending.add(verdict);
    void verdict.then(() => this.pending.delete(verdict));
  }
}
