import type { Attention, Backend, Grid, RowMetric } from '../backend/types.ts';
import type { TokenStore } from './store.ts';

/**
 * Rows that were computed before: features (F, F_v of Table 4) or per-frame maps (A), kept in a store. They cluster
 * like rows of A'v.
 *
 * @param grid of the frames that the store has
 */
export function storedRows(backend: Backend, store: TokenStore, grid: Grid, metric: RowMetric): Attention {
  const { dim } = store;
  const n = grid.rows * grid.columns;
  const rowsOf = (values: Float32Array) => backend.load(values, dim, metric);
  return {
    tokens: grid.frames * n,
    width: dim,
    rowBytes: 8 * dim + 4,
    async rows(first, count) {
      const firstFrame = Math.floor(first / n);
      const frames = Math.floor((first + count - 1) / n) - firstFrame + 1;
      const values = await store.read('k', firstFrame, frames);
      const from = (first - firstFrame * n) * dim;
      return rowsOf(values.slice(from, from + count * dim));
    },
    rowsOf,
    release() {},
  };
}
