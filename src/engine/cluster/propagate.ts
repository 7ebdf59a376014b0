import { yieldToEvents } from '../../lib/events.ts';
import type { Attention, Backend, Clustering, Grid, Rows } from '../backend/types.ts';
import { planeOf, throughTime, tokensIn } from './connected.ts';

export interface Pace {
  /** How many rows are made at a time. */
  rows: number;
  /** Throws where they are no longer wanted. */
  check(): void;
  /** Hears how many more have been used. */
  onRows?(rows: number): void;
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
    pace.onRows?.(rows.count);
  }
}

/** How often all rows are made for `ownDistances`: for the means, and to compare them. */
export const ownPasses = ({ distances }: Pick<Clustering, 'distances'>): number => (distances ? 0 : 2);

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

/**
 * Connected component of the painted tokens of one frame, among the tokens that go with them: its tokens in the other
 * frames, ascending. So a look-alike elsewhere in the picture stays as it is.
 *
 * @param painted of one frame
 */
export function connectedComponent(nearer: Int32Array, painted: readonly number[], grid: Grid): Int32Array {
  const n = grid.rows * grid.columns;
  const candidates = Array.from({ length: grid.frames }, () => new Uint8Array(n));
  for (const token of nearer) candidates[Math.floor(token / n)]![token % n] = 1;
  const seeds = planeOf(
    painted.map((token) => token % n),
    grid,
  );
  const component: number[] = [];
  for (const [frame, plane] of throughTime(seeds, Math.floor(painted[0]! / n), candidates, grid))
    for (const token of tokensIn(plane)) component.push(frame * n + token);
  return Int32Array.from(component).sort();
}
