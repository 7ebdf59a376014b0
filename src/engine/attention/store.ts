import type { Grid } from '../cluster/types.ts';
import { fromHalf, toHalf } from '../model/onnx/half.ts';

/**
 * q and k of every frame, in 16 bits: half the memory, and 2⁻¹¹ of relative error, far below what moves a distance.
 * Where q = k (the untrained start) they are kept once.
 */
export class TokenStore {
  readonly #frames: { q: Uint16Array; k: Uint16Array }[] = [];
  readonly #frameValues: number;

  /** `dim`: channels of a token's q or k, all heads together. */
  constructor(
    readonly grid: Grid,
    readonly dim: number,
  ) {
    this.#frameValues = grid.rows * grid.columns * dim;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#frames.reduce((sum, { q, k }) => sum + q.byteLength + (k === q ? 0 : k.byteLength), 0);
  }

  /** Appends whole frames: q and k [frames · n, dim]; the same array for both is kept once. */
  append(q: Float32Array, k: Float32Array): void {
    for (let at = 0; at < q.length; at += this.#frameValues) {
      const halves = toHalf(q.subarray(at, at + this.#frameValues));
      const own = q === k ? halves : toHalf(k.subarray(at, at + this.#frameValues));
      this.#frames.push({ q: halves, k: own });
    }
  }

  /** q or k of the frames [first, first + count): [count · n, dim]. */
  async read(which: 'q' | 'k', first: number, count: number): Promise<Float32Array> {
    const out = new Float32Array(count * this.#frameValues);
    for (let i = 0; i < count; i++) out.set(fromHalf(this.#frames[first + i]![which]), i * this.#frameValues);
    return out;
  }

  release(): void {
    this.#frames.length = 0;
  }
}
