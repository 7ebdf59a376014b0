import type { Attention, Backend, Rows } from '../backend/types.ts';

/** m this near to 0 or 1 counts as so far from it: D stays finite. */
const SURE = 0.02;

/** How motion enters rows. */
export interface MotionTerm {
  /** λ: weight of the divergence of m beside that of A'v. */
  lambda: number;
  /** p of the key frames' tokens, [T'n]: the evidence that is pooled. */
  keys: Float32Array;
  /** 98th percentile of the pooled evidence over the clip. */
  scale: number;
}

/**
 * Rows with λ(m, 1 − m) behind them. m of a token is half its own evidence and half what its attention gathers from the
 * key frames, `pooled`, scaled over the clip. The rows given are released.
 */
export async function withMotion(
  backend: Backend,
  rows: Rows,
  own: Float32Array,
  { lambda, keys, scale }: MotionTerm,
): Promise<{ rows: Rows; pooled: Float32Array }> {
  try {
    const pooled = (await backend.expectation(rows, keys)).map((mean) => Math.min(1, mean / scale));
    const added = new Float32Array(2 * pooled.length);
    for (const [token, value] of pooled.entries()) {
      const m = (own[token]! + value) / 2;
      const sure = Math.min(1 - SURE, Math.max(SURE, m));
      added[2 * token] = lambda * sure;
      added[2 * token + 1] = lambda * (1 - sure);
    }
    return { rows: await backend.extend(rows, added), pooled };
  } finally {
    rows.release();
  }
}

/** Attention whose rows carry motion. `own`: p of every token of the input. */
export function attentionWithMotion(
  backend: Backend,
  attention: Attention,
  own: Float32Array,
  term: MotionTerm,
): Attention {
  return {
    ...attention,
    width: attention.width + 2,
    // Rows are there twice while they are extended.
    rowBytes: 2 * attention.rowBytes,
    rows: async (first, count) =>
      (
        await withMotion(
          backend,
          await attention.rows(first, count),
          own.subarray(first, first + count),
          term,
        )
      ).rows,
  };
}
