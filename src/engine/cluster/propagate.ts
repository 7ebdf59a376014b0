import { yieldToEvents } from '../../lib/events.ts';
import type { Attention, Backend, Clustering, Grid, Rows } from '../backend/types.ts';

/** How many rows are made at a time, and whether they are still wanted: throws where they are not. */
export interface Pace {
  rows: number;
  check(): void;
}

/** Shows the rows of the tokens [from, end) to `use`, some at a time; all where no range is given. */
export async function forRows(
  attention: Attention,
  pace: Pace,
  use: (rows: Rows, first: number) => Promise<void>,
  [from, end]: readonly [number, number] = [0, attention.tokens],
): Promise<void> {
  for (let first = from; first < end; first += pace.rows) {
    await yieldToEvents();
    pace.check();
    const rows = await attention.rows(first, Math.min(pace.rows, end - first));
    try {
      await use(rows, first);
    } finally {
      rows.release();
    }
  }
}

/**
 * D (Eq. 2) of every token to the centroid of its own cluster, [tokens]: from the run where it kept its distances, else
 * from the means of the clusters' rows.
 */
export async function ownDistances(
  backend: Backend,
  attention: Attention,
  { labels, clusters, distances }: Pick<Clustering, 'labels' | 'clusters' | 'distances'>,
  pace: Pace,
): Promise<Float32Array> {
  if (distances) return Float32Array.from(labels, (label, token) => distances[token * clusters + label]!);
  const sums = backend.accumulator(attention.width, clusters);
  try {
    await forRows(attention, pace, (rows, first) => sums.add(rows, labels.slice(first, first + rows.count)));
    const { rows: centroids } = await sums.means();
    try {
      const own = new Float32Array(attention.tokens);
      await forRows(attention, pace, async (rows, first) => {
        const all = await backend.distances(rows, centroids);
        for (let i = 0; i < rows.count; i++) own[first + i] = all[i * clusters + labels[first + i]!]!;
      });
      return own;
    } finally {
      centroids.release();
    }
  } finally {
    sums.release();
  }
}

/**
 * The tokens that go with some painted ones: those nearer (Eq. 2) to the mean of the painted tokens' rows, one more
 * centroid, than to the centroid of their own cluster. Ascending.
 *
 * @param own of every token, D to its own centroid
 */
export async function tokensNearer(
  backend: Backend,
  attention: Attention,
  painted: readonly number[],
  own: Float32Array,
  pace: Pace,
): Promise<Int32Array> {
  const sums = backend.accumulator(attention.width, 1);
  try {
    for (const token of painted) {
      const row = await attention.rows(token, 1);
      try {
        await sums.add(row, new Int32Array(1));
      } finally {
        row.release();
      }
    }
    const { rows: centroid } = await sums.means();
    try {
      const nearer: number[] = [];
      await forRows(attention, pace, async (rows, first) => {
        const distances = await backend.distances(rows, centroid);
        distances.forEach((distance, i) => {
          if (distance < own[first + i]!) nearer.push(first + i);
        });
      });
      return Int32Array.from(nearer);
    } finally {
      centroid.release();
    }
  } finally {
    sums.release();
  }
}

/** How far what was painted may have moved from one processed frame to the next, as a share of the grid's longer side. */
const REACH = 1 / 16;

/**
 * Connected component of the painted tokens of one frame, among the tokens that go with them, through space and time: its
 * tokens in the other frames. From the painted frame it goes on in both directions: in every next frame are taken the tokens
 * within reach of those before, and what touches them. So a look-alike elsewhere in the picture stays as it is. Where a
 * frame has none, for something hidden, the last ones count on. Ascending.
 *
 * @param painted of one frame
 */
export function connectedComponent(nearer: Int32Array, painted: readonly number[], grid: Grid): Int32Array {
  const n = grid.rows * grid.columns;
  const candidates = new Set(nearer);
  const reach = Math.max(1, Math.round(REACH * Math.max(grid.rows, grid.columns)));
  const own = Math.floor(painted[0]! / n);
  const found: number[] = [];
  for (const step of [1, -1]) {
    let before: readonly number[] = painted;
    for (let frame = own + step; frame >= 0 && frame < grid.frames; frame += step) {
      const shifted = before.map((token) => (token % n) + frame * n);
      const reached = shifted.flatMap((token) => around(token, reach, grid));
      const taken = touching(reached, candidates, grid);
      found.push(...taken);
      if (taken.length > 0) before = taken;
    }
  }
  return Int32Array.from(found).sort();
}

/** The candidates among some tokens, and all candidates of their frame that touch them, one over another. */
function touching(tokens: readonly number[], candidates: ReadonlySet<number>, grid: Grid): number[] {
  const taken = new Set(tokens.filter((token) => candidates.has(token)));
  // A set is gone through in the order of insertion, what is added on the way included.
  for (const token of taken)
    for (const next of around(token, 1, grid)) if (candidates.has(next)) taken.add(next);
  return [...taken];
}

/** Tokens of the same frame at most `reach` rows and columns away, the token itself included. */
function around(token: number, reach: number, { rows, columns }: Grid): number[] {
  const place = token % (rows * columns);
  const [first, row, column] = [token - place, Math.floor(place / columns), place % columns];
  const found: number[] = [];
  for (let y = Math.max(0, row - reach); y <= Math.min(rows - 1, row + reach); y++)
    for (let x = Math.max(0, column - reach); x <= Math.min(columns - 1, column + reach); x++)
      found.push(first + y * columns + x);
  return found;
}
