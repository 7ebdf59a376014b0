import type { Attention, Backend, Rows } from './types.ts';

/** Rows that nobody keeps, in pieces that fit `budget` bytes: while they are extended, they are there twice. */
function* pieces(queries: Float32Array, count: number, { rowBytes }: Attention, budget: number) {
  const most = Math.max(1, Math.floor(budget / (2 * rowBytes)));
  const dim = queries.length / count;
  // They are about equal: a short last one would waste the processor.
  const size = Math.ceil(count / Math.ceil(count / most));
  for (let first = 0; first < count; first += size) {
    const end = Math.min(count, first + size);
    yield { first, end, queries: queries.subarray(first * dim, end * dim) };
  }
}

/**
 * D (Eq. 2) of rows that nobody keeps to fixed ones, [count, fixed.count].
 *
 * @param queries as `rowsOf` takes them
 * @param behind [count, columns]: entries behind the rows' own, as `extend` puts them there; none where it is empty
 * @param budget bytes that rows may take at a time
 */
export async function distancesOf(
  backend: Backend,
  attention: Attention,
  { queries, count, behind }: { queries: Float32Array; count: number; behind: Float32Array },
  fixed: Rows,
  budget: number,
): Promise<Float32Array> {
  if (attention.distancesOf) return attention.distancesOf(queries, fixed, behind);
  const columns = behind.length / count;
  const distances = new Float32Array(count * fixed.count);
  for (const { first, end, queries: own } of pieces(queries, count, attention, budget)) {
    const rows = await rowsWith(backend, attention, own, behind.subarray(first * columns, end * columns));
    try {
      distances.set(await backend.distances(rows, fixed), first * fixed.count);
    } finally {
      rows.release();
    }
  }
  return distances;
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

/**
 * Σ_j P_j·v_j of `count` rows that nobody keeps, [count]: `values` [width] seen through them.
 *
 * @param queries as `rowsOf` takes them
 * @param budget bytes that rows may take at a time
 */
export async function expectationOf(
  backend: Backend,
  attention: Attention,
  { queries, count }: { queries: Float32Array; count: number },
  values: Float32Array,
  budget: number,
): Promise<Float32Array> {
  if (attention.expectationOf) return attention.expectationOf(queries, values);
  const means = new Float32Array(count);
  for (const { first, queries: own } of pieces(queries, count, attention, budget)) {
    const rows = await attention.rowsOf(own);
    try {
      means.set(await backend.expectation(rows, values), first);
    } finally {
      rows.release();
    }
  }
  return means;
}
