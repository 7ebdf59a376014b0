import type { Guide, GuidedFilter } from '../backend/guided.ts';
import { plainFilter } from '../backend/plain/guided.ts';
import { hardMemberships, softMemberships } from './memberships.ts';
import type { SoftLabels } from './upsample.ts';

/** Temperature of the soft assignment, as a share of τ. */
const SOFTNESS = 0.3;

/**
 * Labels of one frame along the edges of its picture: the tokens' soft assignment goes through a guided filter (He, Sun
 * and Tang 2013) with the picture's colours as guide, and every pixel takes the greatest. In every window a
 * membership is fitted by a linear function of colour, a·I + b; the fits are made on a coarse grid, and a and b, not the
 * result, are upsampled (He and Sun 2015), so that outlines are as sharp as the picture. Only clusters with
 * tokens in the frame count, each no farther than its tokens reach. The pixels of a cluster are divided among its parts in
 * the same way.
 *
 * @param frame place among the processed frames
 * @param guide the picture, at the size that is wanted
 * @param tau of the run: how far apart clusters are
 * @param filter the guided filter, on the CPU by default
 * @returns [guide.height, guide.width] cluster of every pixel, or part where there are parts
 */
export async function guidedLabels(
  soft: SoftLabels,
  frame: number,
  guide: Guide,
  tau: number,
  filter: GuidedFilter = plainFilter,
): Promise<Uint16Array> {
  const { grid, parts } = soft;
  const argmax = filter(grid, guide);
  const clusters = await argmax(softMemberships(soft, frame, SOFTNESS * tau));
  if (!parts) return clusters;
  const n = grid.rows * grid.columns;
  const partsOf = (cluster: number) =>
    parts
      .slice(frame * n, (frame + 1) * n)
      .map((part, token) => (soft.labels[frame * n + token] === cluster ? part : NONE));
  const chosen = new Uint16Array(clusters.length);
  for (const cluster of new Set(clusters)) {
    const within = { labels: clusters, label: cluster };
    const divided = await argmax(hardMemberships(partsOf(cluster), grid), within);
    for (let at = 0; at < chosen.length; at++) if (clusters[at] === cluster) chosen[at] = divided[at]!;
  }
  return chosen;
}

const NONE = -1;
