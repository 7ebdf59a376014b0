import type { Clustering, Grid } from '../backend/types.ts';
import type { ClusterSummary } from '../settings/run.ts';

/** Share of the picture's border that no object of eight DAVIS-2016 sequences came above … */
const MOST_BORDER = 1 / 8;
/** … unless it is so large that this share of it is met by chance. */
const LEAST_CONTACT = 0.3;
/** A small cluster that meets the border this much more often than its size would have it is a scrap of background. */
const SCRAP_CONTACT = 1.3;

/**
 * Does a cluster run out of the picture? An object is mostly inside, even one that the border cuts. Measured on eight
 * DAVIS-2016 sequences: a stricter rule clears away more clutter, but hides the object itself in three of them.
 */
const isBackground = (contact: number, share: number) =>
  (contact > MOST_BORDER && contact >= LEAST_CONTACT * share) || contact > SCRAP_CONTACT * share;

/**
 * What each cluster looks like, and which are background. A background runs out of the picture; an object is mostly
 * inside, even one that the border cuts. Where every cluster would be background the one with the least border for its
 * size is not, unless it is the only one.
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
    const background = isBackground(contact, share);
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

/**
 * The one foreground of single-object mode (App. B): all clusters that are not background, as if they were one. Its id is
 * that of the largest of them. Null where all is background.
 */
export function oneForeground(
  { labels }: Pick<Clustering, 'labels'>,
  clusters: readonly ClusterSummary[],
  grid: Grid,
): ClusterSummary | null {
  const parts = clusters.filter(({ background, tokens }) => !background && tokens > 0);
  if (parts.length === 0) return null;
  const ids = new Set(parts.map(({ id }) => id));
  const joined = { labels: labels.map((label) => Number(ids.has(label))), clusters: 2 };
  const { id } = parts.reduce((largest, part) => (part.tokens > largest.tokens ? part : largest));
  return { ...summariseClusters(joined, grid)[1]!, id, background: false };
}
