import type { Attention, Backend } from '../backend/types.ts';

/** m is kept this far from 0 and 1, so that D stays finite. */
const SURE = 0.02;

/** λ(m, 1 − m) of every token, [tokens, 2]: the columns of its row behind A'v. @param m of each, 0…1 */
export function motionColumns(m: Float32Array, lambda: number): Float32Array {
  const columns = new Float32Array(2 * m.length);
  for (const [token, value] of m.entries()) {
    const sure = Math.min(1 - SURE, Math.max(SURE, value));
    columns[2 * token] = lambda * sure;
    columns[2 * token + 1] = lambda * (1 - sure);
  }
  return columns;
}

/** Attention whose `rows` carry motion; of other queries' m nothing is known here. @param m of every token of the input */
export function attentionWithMotion(
  backend: Backend,
  attention: Attention,
  m: Float32Array,
  lambda: number,
): Attention {
  return {
    ...attention,
    width: attention.width + 2,
    // Rows exist twice while they are extended.
    rowBytes: 2 * attention.rowBytes,
    async rows(first, count) {
      const rows = await attention.rows(first, count);
      try {
        return await backend.extend(rows, motionColumns(m.subarray(first, first + count), lambda));
      } finally {
        rows.release();
      }
    },
  };
}
