import { breathe } from './passes.ts';
import type { Attention, Clustering, Compute, Rows } from './types.ts';

/** How many rows are made at a time, and whether they are still wanted: throws where they are not. */
export interface Pace {
  rows: number;
  check(): void;
}

async function forRows(
  attention: Attention,
  pace: Pace,
  use: (rows: Rows, first: number) => Promise<void>,
): Promise<void> {
  for (let first = 0; first < attention.tokens; first += pace.rows) {
    await breathe();
    pace.check();
    const rows = await attention.rows(first, Math.min(pace.rows, attention.tokens - first));
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
  compute: Compute,
  attention: Attention,
  { labels, clusters, distances }: Pick<Clustering, 'labels' | 'clusters' | 'distances'>,
  pace: Pace,
): Promise<Float32Array> {
  if (distances) return Float32Array.from(labels, (label, token) => distances[token * clusters + label]!);
  const sums = compute.accumulator(attention.width, clusters);
  try {
    await forRows(attention, pace, (rows, first) => sums.add(rows, labels.slice(first, first + rows.count)));
    const { rows: centroids } = await sums.means();
    try {
      const own = new Float32Array(attention.tokens);
      await forRows(attention, pace, async (rows, first) => {
        const all = await compute.distances(rows, centroids);
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
  compute: Compute,
  attention: Attention,
  painted: readonly number[],
  own: Float32Array,
  pace: Pace,
): Promise<Int32Array> {
  const sums = compute.accumulator(attention.width, 1);
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
        const distances = await compute.distances(rows, centroid);
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
