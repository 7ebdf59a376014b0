import type { OnPart } from '../../lib/task.ts';

/** Bytes that are read at a time. */
const SPAN = 1 << 18;

/** Reads a file here and there, mostly forwards: what lies near is read but once. `onPart` hears how far into the file. */
export class Window {
  #start = 0;
  #bytes = new Uint8Array(0);

  constructor(
    private readonly file: Blob,
    private readonly signal?: AbortSignal,
    private readonly onPart?: OnPart,
  ) {}

  get size(): number {
    return this.file.size;
  }

  /** The `length` bytes from `at` on, or as many as the file has. */
  async at(at: number, length: number): Promise<Uint8Array> {
    const end = Math.min(at + length, this.file.size);
    if (at < this.#start || end > this.#start + this.#bytes.length) {
      this.signal?.throwIfAborted();
      const part = this.file.slice(at, Math.max(end, at + SPAN));
      this.#bytes = new Uint8Array(await part.arrayBuffer());
      this.#start = at;
      this.onPart?.(Math.min(1, (at + this.#bytes.length) / this.file.size));
    }
    return this.#bytes.subarray(at - this.#start, Math.max(at, end) - this.#start);
  }
}
