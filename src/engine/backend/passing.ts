import type { Attention, Backend, Rows } from './types.ts';

/**
 * D (Eq. 2) of rows that nobody keeps to fixed ones, [count, fixed.count].
 *
 * @param queries as `rowsOf` takes them
 * @param behind [count, columns]: entries behind the rows' own, as `extend` puts them there; none where it is empty
 */
export async function distancesOf(
  backend: Backend,
  attention: Attention,
  queries: Float32Array,
  fixed: Rows,
  behind: Float32Array,
): Promise<Float32Array> {
  if (attention.distancesOf) return attention.distancesOf(queries, fixed, behind);
  const rows = await rowsWith(backend, attention, queries, behind);
  try {
    return await backend.distances(rows, fixed);
  } finally {
    rows.release();
  }
}

/** Rows with entries behind their own, as in `distancesOf`. The caller releases them. */
export async function rowsWith(
  backend: Backend,
  attention: Attention,
  queries: Float32Array,
  behind: Float32Array,
): Promise<Rows> {
  const rows = await attention.rowsOf(queries);
  if (behind.length === 0) return rows;
  try {
    return await backend.extend(rows, behind);
  } finally {
    rows.release();
  }
}

/** Σ_j P_j·v_j of rows that nobody keeps, [count]: `values` [width] seen through them. @param queries as `rowsOf` takes them */
export async function expectationOf(
  backend: Backend,
  attention: Attention,
  queries: Float32Array,
  values: Float32Array,
): Promise<Float32Array> {
  if (attention.expectationOf) return attention.expectationOf(queries, values);
  const rows = await attention.rowsOf(queries);
  try {
    return await backend.expectation(rows, values);
  } finally {
    rows.release();
  }
}
