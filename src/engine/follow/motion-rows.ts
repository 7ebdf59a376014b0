import type { Attention, Backend, Rows } from '../backend/types.ts';

/** m this near to 0 or 1 counts as so far from it: D stays finite. */
const SURE = 0.02;

/** Rows with λ(m, 1 − m) behind them. The rows given are released. @param m of each, 0…1 */
export async function extendByMotion(
  backend: Backend,
  rows: Rows,
  m: Float32Array,
  lambda: number,
): Promise<Rows> {
  try {
    const added = new Float32Array(2 * m.length);
    for (const [token, value] of m.entries()) {
      const sure = Math.min(1 - SURE, Math.max(SURE, value));
      added[2 * token] = lambda * sure;
      added[2 * token + 1] = lambda * (1 - sure);
    }
    return await backend.extend(rows, added);
  } finally {
    rows.release();
  }
}

/** Attention whose rows carry motion. @param m of every token of the input */
export function attentionWithMotion(
  backend: Backend,
  attention: Attention,
  m: Float32Array,
  lambda: number,
): Attention {
  return {
    ...attention,
    width: attention.width + 2,
    // Rows are there twice while they are extended.
    rowBytes: 2 * attention.rowBytes,
    rows: async (first, count) =>
      extendByMotion(backend, await attention.rows(first, count), m.subarray(first, first + count), lambda),
  };
}
