import { fromHalf, toHalf } from '../../lib/half.ts';
import type { Grid } from '../backend/types.ts';
import { type Overflow, openOverflow } from './overflow.ts';

/** Memory for 16-bit tokens before the rest of a clip goes to the browser's own files: 3,500 frames of 1,152 × 192. */
const MEMORY_BYTES = 1536 * 2 ** 20;
/** What all stores hold in memory: a finished run's and that of the run under way share the room. */
let inUse = 0;

/**
 * q and k of every frame of a clip, kept in 16 bits and read back in 32. What is beyond `memory` bytes, of all stores
 * together, lies in the origin-private file system, where there is one. `shared`: q is k (an untrained correlator), kept
 * once.
 */
export class TokenStore {
  private readonly frames: (Uint16Array | 'overflow' | undefined)[];
  private overflow: Overflow | null = null;
  private inMemory = 0;
  private gone = false;

  constructor(
    readonly grid: Grid,
    /** heads · channels. */
    readonly dim: number,
    private readonly shared: boolean,
    private readonly memory = MEMORY_BYTES,
  ) {
    // Filled, not sparse: `indexOf` passes over holes.
    this.frames = new Array(grid.frames).fill(undefined);
  }

  /** Whether what it kept is gone. */
  get released(): boolean {
    return this.gone;
  }

  /** Bytes held in memory. */
  get bytes(): number {
    return this.inMemory;
  }

  /** Frames kept, counted from the first without a gap. */
  get written(): number {
    const gap = this.frames.indexOf(undefined);
    return gap < 0 ? this.grid.frames : gap;
  }

  /** Keeps q and k, [frames · n, dim], of the frames from `firstFrame` on. */
  async write(firstFrame: number, q: Float32Array, k: Float32Array): Promise<void> {
    const size = this.half;
    for (let i = 0; i * size < k.length; i++) {
      const record = new Uint16Array(this.record);
      record.set(toHalf(k.subarray(i * size, (i + 1) * size)));
      if (!this.shared) record.set(toHalf(q.subarray(i * size, (i + 1) * size)), size);
      await this.put(firstFrame + i, record);
    }
  }

  /** Queries or keys of the frames [first, first + count): [count · n, dim]. */
  async read(which: 'q' | 'k', first: number, count: number): Promise<Float32Array> {
    const size = this.half;
    const values = new Float32Array(count * size);
    const from = which === 'k' || this.shared ? 0 : size;
    for (let i = 0; i < count; i++) {
      const record = await this.get(first + i);
      values.set(fromHalf(record.subarray(from, from + size)), i * size);
    }
    return values;
  }

  async release(): Promise<void> {
    this.gone = true;
    this.frames.fill(undefined);
    this.take(-this.inMemory);
    await this.overflow?.close();
    this.overflow = null;
  }

  /** Numbers of one frame's k. */
  private get half(): number {
    return this.grid.rows * this.grid.columns * this.dim;
  }

  /** Numbers kept of one frame. */
  private get record(): number {
    return this.shared ? this.half : 2 * this.half;
  }

  private async put(frame: number, record: Uint16Array<ArrayBuffer>): Promise<void> {
    if (this.frames[frame] === undefined && inUse + record.byteLength > this.memory) {
      this.overflow ??= await openOverflow();
      if (this.overflow) {
        this.overflow.write(frame * record.byteLength, record);
        this.frames[frame] = 'overflow';
        return;
      }
    }
    if (!(this.frames[frame] instanceof Uint16Array)) this.take(record.byteLength);
    this.frames[frame] = record;
  }

  private take(bytes: number): void {
    this.inMemory += bytes;
    inUse += bytes;
  }

  private async get(frame: number): Promise<Uint16Array> {
    const kept = this.frames[frame];
    if (kept === 'overflow') return this.overflow!.read(frame * 2 * this.record, this.record);
    if (!kept) throw new RangeError(`Frame ${frame} was never written.`);
    return kept;
  }
}
