import type { ClusterSummary } from '../run.ts';
import type { Clustering, Grid } from './types.ts';

/** Share of the frame border from which a cluster may be background. */
const BORDER = 0.1;

/**
 * What each cluster looks like, and whether it is background: it covers a good part of the frame border, and more of
 * the border than of the frame. At least one cluster stays in the foreground unless there is only one.
 */
export function summariseClusters({ labels, clusters }: Pick<Clustering, 'labels' | 'clusters'>, grid: Grid): ClusterSummary[] {
  const tokens = new Int32Array(clusters);
  const border = new Int32Array(clusters);
  const frames = Array.from({ length: clusters }, () => new Set<number>());
  const { rows, columns } = grid;
  let borderTokens = 0;
  labels.forEach((cluster, token) => {
    const column = token % columns;
    const row = Math.floor(token / columns) % rows;
    tokens[cluster]!++;
    frames[cluster]!.add(Math.floor(token / (columns * rows)));
    if (row > 0 && row < rows - 1 && column > 0 && column < columns - 1) return;
    border[cluster]!++;
    borderTokens++;
  });
  const summaries = Array.from({ length: clusters }, (_, id) => {
    const share = tokens[id]! / labels.length;
    const rim = border[id]! / borderTokens;
    return { id, tokens: tokens[id]!, share, frames: frames[id]!.size, border: rim, background: rim > BORDER && rim > share };
  });
  if (clusters > 1 && summaries.every(({ background }) => background)) {
    const inmost = summaries.reduce((a, b) => (b.border / b.share < a.border / a.share ? b : a));
    inmost.background = false;
  }
  return summaries;
}
