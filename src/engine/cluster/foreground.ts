import type { ClusterSummary } from '../run.ts';
import type { Clustering, Grid } from './types.ts';

/** A background covers more of the picture’s border than this: on DAVIS-2016 no object came above an eighth … */
const LEAST_BORDER = 0.125;
/** … and meets the border at least this much as often as its size alone would have it. */
const LEAST_CONTACT = 0.8;

/**
 * What each cluster looks like, and which are background. A background runs out of the picture: it covers a good part
 * of the border, and its share of the border is not much below its share of the picture. An object is mostly inside,
 * even one that the border cuts. Where every cluster would be background the one with the least border for its size
 * is not, unless it is the only one.
 */
export function summariseClusters(
  { labels, clusters }: Pick<Clustering, 'labels' | 'clusters'>,
  grid: Grid,
): ClusterSummary[] {
  const { rows, columns } = grid;
  const n = rows * columns;
  const tokens = new Int32Array(clusters);
  const onBorder = new Int32Array(clusters);
  const frames = new Int32Array(clusters);
  const lastFrame = new Int32Array(clusters).fill(-1);
  let border = 0;
  for (const [token, label] of labels.entries()) {
    const frame = Math.floor(token / n);
    const [row, column] = [Math.floor((token % n) / columns), (token % n) % columns];
    tokens[label]!++;
    if (row === 0 || row === rows - 1 || column === 0 || column === columns - 1) {
      onBorder[label]!++;
      border++;
    }
    if (lastFrame[label] !== frame) frames[label]!++;
    lastFrame[label] = frame;
  }
  const summaries = Array.from({ length: clusters }, (_, id): ClusterSummary => {
    const share = tokens[id]! / labels.length;
    const contact = onBorder[id]! / border;
    const background = contact > LEAST_BORDER && contact >= LEAST_CONTACT * share;
    return { id, tokens: tokens[id]!, share, frames: frames[id]!, border: contact, background };
  });
  const alive = summaries.filter((cluster) => cluster.tokens > 0);
  if (alive.length > 1 && alive.every((cluster) => cluster.background)) {
    const contact = (cluster: ClusterSummary) => cluster.border / cluster.share;
    alive.reduce((least, cluster) =>
      contact(cluster) < contact(least) ? cluster : least,
    ).background = false;
  }
  return summaries;
}
