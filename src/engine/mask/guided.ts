import {
  type Bid,
  type Box,
  compete,
  fitColours,
  type Guide,
  guideWindows,
  type Size,
  type Windows,
} from '../backend/plain/guided.ts';
import type { Grid } from '../backend/types.ts';
import { hardMemberships, type Membership, softMemberships } from './memberships.ts';
import { type SoftLabels, type Spread, spread } from './upsample.ts';

/** Cells of the longer side of the grid on which colours are fitted. */
const CELLS = 216;
/** Radius of a window, in tokens. */
const REACH = 1.5;
/** Variance of colour, full scale being 1, below which a window counts as flat. */
export const EPSILON = 1e-4;
/** Temperature of the soft assignment, as a share of τ. */
const SOFTNESS = 0.3;

/**
 * Labels of one frame along the edges of its picture: the tokens' soft assignment goes through a guided filter (He, Sun
 * and Tang 2013) with the picture's colours as guide, and the greatest wins at every pixel. In every window a
 * membership is fitted by a linear function of colour, a·I + b; the fits are made on a coarse grid, and a and b, not the
 * result, are raised to pixels (He and Sun 2015), so that outlines are as sharp as the picture. Only clusters with
 * tokens in the frame compete, each no farther than its tokens reach. Parts compete in the same way for the pixels of
 * the cluster that they divide.
 *
 * @param frame place among the processed frames
 * @param guide the picture, at the size that is wanted
 * @param tau of the run: how far apart clusters are
 * @param filter what does the work
 * @returns [guide.height, guide.width] cluster of every pixel, or part where there are parts
 */
export async function guidedLabels(
  soft: SoftLabels,
  frame: number,
  guide: Guide,
  tau: number,
  filter: Filter = plainFilter,
): Promise<Uint16Array> {
  const { grid, parts } = soft;
  const contest = filter(grid, guide);
  const clusters = await contest(softMemberships(soft, frame, SOFTNESS * tau));
  if (!parts) return clusters;
  const n = grid.rows * grid.columns;
  const partsOf = (cluster: number) =>
    parts
      .slice(frame * n, (frame + 1) * n)
      .map((part, token) => (soft.labels[frame * n + token] === cluster ? part : NONE));
  const chosen = new Uint16Array(clusters.length);
  for (const cluster of new Set(clusters)) {
    const within = { labels: clusters, label: cluster };
    const divided = await contest(hardMemberships(partsOf(cluster), grid), within);
    for (let at = 0; at < chosen.length; at++) if (clusters[at] === cluster) chosen[at] = divided[at]!;
  }
  return chosen;
}

const NONE = -1;

/**
 * Lets memberships of a frame's tokens compete for its pixels; the greatest wins, the earlier on a tie. Pixels outside of
 * `within` get any label.
 */
export type Contest = (
  found: readonly Membership[],
  within?: Bid['within'],
) => Uint16Array | Promise<Uint16Array>;

/** What puts memberships through the guided filter, for one picture: the CPU, or a GPU (webgpu.ts). */
export type Filter = (grid: Pick<Grid, 'rows' | 'columns'>, guide: Guide) => Contest;

/** The filter on the CPU, which the GPU's is held against. */
export const plainFilter: Filter = (grid, guide) => {
  const bid = createBidder(grid, guide);
  return (found, within) => contest(guide, found, bid, within);
};

type Bidder = (membership: Membership, bid: Omit<Bid, 'label'>) => void;

/** What puts memberships through the filter. The guide's statistics are taken when first needed. */
function createBidder(grid: Pick<Grid, 'rows' | 'columns'>, guide: Guide): Bidder {
  const { rows, columns } = grid;
  const { radius, ...coarse } = fittingGrid(grid, guide);
  const { width, height } = coarse;
  const cells = [spread(width, columns), spread(height, rows)] as const;
  const pixels = [spread(guide.width, width), spread(guide.height, height)] as const;
  let windows: Windows | null = null;
  return ({ label, values, box }, bid) => {
    windows ??= guideWindows(guide, coarse, radius, EPSILON);
    const reached = reach(box, grid, windows);
    const fit = fitColours(windows, raise(values, columns, cells, reached), reached);
    compete(guide, fit, pixels, { label, ...bid });
  };
}

/** The label with the greatest filtered membership at every pixel; one alone needs no filter. */
function contest(
  guide: Guide,
  found: readonly Membership[],
  bid: Bidder,
  within?: Bid['within'],
): Uint16Array {
  const labels = new Uint16Array(guide.width * guide.height).fill(found[0]!.label);
  if (found.length === 1) return labels;
  const best = new Float32Array(labels.length).fill(Number.NEGATIVE_INFINITY);
  for (const membership of found) bid(membership, { best, labels, ...(within ? { within } : {}) });
  return labels;
}

/** The grid on which the colours of a picture are fitted, and the radius of a window in its cells. */
export function fittingGrid(
  { rows, columns }: Pick<Grid, 'rows' | 'columns'>,
  picture: Size,
): Size & { radius: number } {
  const scale = Math.min(1, CELLS / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width, picture.height].map((side) =>
    Math.max(1, Math.round(side * scale)),
  );
  const radius = Math.max(1, Math.round(REACH * Math.sqrt((width! * height!) / (rows * columns))));
  return { width: width!, height: height!, radius };
}

/** The cells that a box of tokens reaches: by interpolation a token farther, by the filter two radii. */
export function reach(
  box: Box,
  grid: Pick<Grid, 'rows' | 'columns'>,
  { width, height, radius }: Size & { radius: number },
): Box {
  const low = (token: number, tokens: number, cells: number) =>
    Math.max(0, Math.floor(((token - 1) * cells) / tokens) - 2 * radius);
  const high = (token: number, tokens: number, cells: number) =>
    Math.min(cells, Math.ceil(((token + 1) * cells) / tokens) + 2 * radius);
  return {
    left: low(box.left, grid.columns, width),
    top: low(box.top, grid.rows, height),
    right: high(box.right, grid.columns, width),
    bottom: high(box.bottom, grid.rows, height),
  };
}

/** Values of tokens, interpolated bilinearly at the cells of a box: [box height, box width]. */
function raise(
  values: Float32Array,
  columns: number,
  [across, down]: readonly [Spread, Spread],
  box: Box,
): Float32Array {
  const raised = new Float32Array((box.right - box.left) * (box.bottom - box.top));
  for (let y = box.top, at = 0; y < box.bottom; y++) {
    const top = down.before[y]! * columns;
    const bottom = down.after[y]! * columns;
    const v = down.weight[y]!;
    for (let x = box.left; x < box.right; x++, at++) {
      const [left, right, u] = [across.before[x]!, across.after[x]!, across.weight[x]!];
      const above = (1 - u) * values[top + left]! + u * values[top + right]!;
      raised[at] = (1 - v) * above + v * ((1 - u) * values[bottom + left]! + u * values[bottom + right]!);
    }
  }
  return raised;
}
