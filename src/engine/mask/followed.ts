import { type LinearWeights, linearWeights } from '../../lib/linear.ts';
import type { Cells } from '../../lib/size.ts';
import type { Guide, GuidedFilter, Membership } from '../backend/guided.ts';
import { plainFilter } from '../backend/plain/guided.ts';
import { CANDIDATES, type FrameRecord, shares } from '../follow/records.ts';
import { atCells } from '../motion/pool.ts';
import { labelLogits, type MeanField, meanField } from './meanfield.ts';
import { boxAround, hardMemberships } from './memberships.ts';

/** What the clusters of a followed clip are, at some τ. */
export interface FollowedClusters {
  /** Cluster of every leaf. */
  clusterOf: Int32Array;
  clusters: number;
  /** Which clusters move by themselves; null where motion was not used. */
  foreground: readonly boolean[] | null;
}

/** What makes outlines follow the edges of a picture. */
export interface Edges {
  filter?: GuidedFilter;
  field?: MeanField;
}

/** A share of a token by less than this does not count. */
const LEAST = 0.02;
/** What every moving cluster of a frame has of a moving token at the least, so that none of it is without an owner. */
const FLOOR = 1e-3;
/** Of the area that the tokens of what moves take, a mask by m that covers less is drawn by the tokens too. */
const LEAST_DRAWN = 0.25;
/** How much such tokens speak for it: little, so that the colours of the picture decide where it ends. */
const RESTING = 0.65;

/**
 * Labels of a frame's pixels along the edges of its picture, [height, width]: clusters, or `parts` of them.
 *
 * With motion, how much a cell is foreground is m; the clusters that move share it by how much its token belongs to each,
 * and a mean field in a bilateral grid draws their outlines against the rest (meanfield.ts). Without, all clusters
 * compete through a guided filter.
 *
 * @param cells the grid of the record's m
 * @param parts label of every leaf, given instead of its cluster
 */
export async function followedLabels(
  record: FrameRecord,
  view: FollowedClusters,
  grid: Cells,
  cells: Cells,
  guide: Guide,
  parts: ArrayLike<number> | null,
  { filter = plainFilter, field = meanField }: Edges = {},
): Promise<Uint16Array> {
  const { clusterOf, clusters, foreground } = view;
  const planes = shares(record, clusterOf, clusters);
  const labels =
    foreground && record.motion.length > 0
      ? await movingLabels(record, planes, foreground, grid, cells, guide, { filter, field })
      : await filter(grid, guide)(membershipsOf(planes, grid));
  return parts ? dividedLabels(labels, record, clusterOf, parts, grid, guide) : labels;
}

function membershipsOf(planes: readonly Float32Array[], grid: Cells): Membership[] {
  const present = planes.flatMap((values, label) =>
    values.some((share) => share > 0.5) ? [{ label, values }] : [],
  );
  if (present.length === 0) return hardMemberships(argmax(planes), grid);
  return present.map(({ label, values }) => {
    const kept = values.map((share) => (share < LEAST ? 0 : share));
    return { label, values: kept, box: boxAround(kept, grid) };
  });
}

async function movingLabels(
  record: FrameRecord,
  planes: readonly Float32Array[],
  foreground: readonly boolean[],
  grid: Cells,
  cells: Cells,
  guide: Guide,
  { filter, field }: Required<Edges>,
): Promise<Uint16Array> {
  const ids = [...planes.keys()];
  const moving = ids.filter((id) => foreground[id] && planes[id]!.some((share) => share > LEAST));
  const rest = ids.filter((id) => !foreground[id]);
  const behind = upsampledArgmax(rest, planes, grid, guide);
  if (moving.length === 0) return behind;
  const raised = moving.map((id) => atCells(planes[id]!, grid, cells));
  const total = (cell: number) => raised.reduce((sum, plane) => sum + plane[cell]!, 0);
  const draw = (evidence: (cell: number) => number) =>
    field(
      guide,
      labelLogits(
        raised.map((plane) =>
          plane.map(
            (share, cell) => (evidence(cell) * (share + FLOOR)) / (total(cell) + FLOOR * raised.length),
          ),
        ),
      ),
      cells,
    );
  const m = (cell: number) => record.motion[cell]! / 255;
  let found = await draw(m);
  // What moves by itself in the clip may rest in a frame: it is there all the same.
  const expected = moving.reduce((sum, id) => sum + planes[id]!.reduce((all, share) => all + share, 0), 0);
  const isLost = (labels: Uint16Array, isMoving: (label: number) => boolean) => {
    const drawn = labels.reduce((sum, label) => sum + Number(isMoving(label)), 0) / labels.length;
    return drawn < LEAST_DRAWN * (expected / (grid.rows * grid.columns));
  };
  const isFound = (label: number) => label > 0;
  if (isLost(found, isFound)) found = await draw((cell) => Math.max(m(cell), RESTING * total(cell)));
  if (isLost(found, isFound)) {
    // A thing of few tokens is outvoted by the colours around it.
    const labels = await filter(grid, guide)(membershipsOf(planes, grid));
    return isLost(labels, (id) => moving.includes(id)) ? upsampledArgmax(ids, planes, grid, guide) : labels;
  }
  for (let pixel = 0; pixel < found.length; pixel++)
    if (found[pixel]! > 0) behind[pixel] = moving[found[pixel]! - 1]!;
  return behind;
}

/**
 * Pixels of an object that clicks made, [height, width], other than 0: a mean field of how much its tokens belong to it, on
 * the finer cells, against the rest.
 *
 * @param shares how much every token belongs to it, 0…1
 */
export async function promptedOutline(
  shares: Float32Array,
  grid: Cells,
  cells: Cells,
  guide: Guide,
  { field = meanField }: Edges = {},
): Promise<Uint16Array> {
  return field(guide, labelLogits([atCells(shares, grid, cells)]), cells);
}

/**
 * Of some labels, the one with the greatest share at every pixel, interpolated between tokens; of equal ones the first.
 * Between four tokens only labels that one of them has can be that, and one that leads at all four leads between them.
 */
function upsampledArgmax(
  ids: readonly number[],
  planes: readonly Float32Array[],
  { rows, columns }: Cells,
  { width, height }: Pick<Guide, 'width' | 'height'>,
): Uint16Array {
  const present = ids.filter((id) => planes[id]!.some((share) => share > LEAST));
  const labels = new Uint16Array(width * height).fill(present[0] ?? ids[0] ?? 0);
  if (present.length < 2) return labels;
  const across = linearWeights(width, columns);
  const down = linearWeights(height, rows);
  const spans = spansOf(across);
  for (const { from: y0, to: y1, before: above, after: below } of spansOf(down))
    for (const { from: x0, to: x1, before: left, after: right } of spans) {
      const corners = [above, below].flatMap((row) => [left, right].map((column) => row * columns + column));
      const rivals = present.filter((id, i) => i === 0 || corners.some((corner) => planes[id]![corner]! > 0));
      const leader = leaderOf(rivals, planes, corners);
      if (leader !== undefined) {
        for (let y = y0; y < y1; y++) labels.fill(leader, y * width + x0, y * width + x1);
        continue;
      }
      const shares = Float32Array.from(rivals.flatMap((id) => corners.map((corner) => planes[id]![corner]!)));
      for (let y = y0; y < y1; y++) {
        const v = down.weight[y]!;
        for (let x = x0; x < x1; x++) {
          const u = across.weight[x]!;
          let best = -1;
          let first = 0;
          for (let at = 0; at < shares.length; at += 4) {
            const top = shares[at]! + u * (shares[at + 1]! - shares[at]!);
            const bottom = shares[at + 2]! + u * (shares[at + 3]! - shares[at + 2]!);
            const share = top + v * (bottom - top);
            if (share <= best) continue;
            best = share;
            first = at / 4;
          }
          labels[y * width + x] = rivals[first]!;
        }
      }
    }
  return labels;
}

/** The label that has the greatest share at every corner, if one has; it has to exceed those before it. */
function leaderOf(
  rivals: readonly number[],
  planes: readonly Float32Array[],
  corners: readonly number[],
): number | undefined {
  const leads = (plane: Float32Array, other: Float32Array, isBefore: boolean) =>
    corners.every((corner) =>
      isBefore ? plane[corner]! > other[corner]! : plane[corner]! >= other[corner]!,
    );
  return rivals.find((id, i) =>
    rivals.every((other, j) => j === i || leads(planes[id]!, planes[other]!, j < i)),
  );
}

/** Places of an axis that lie between the same two tokens. */
function spansOf({
  before,
  after,
}: LinearWeights): { from: number; to: number; before: number; after: number }[] {
  const spans: { from: number; to: number; before: number; after: number }[] = [];
  for (const [at, first] of before.entries()) {
    const last = spans.at(-1);
    const second = after[at]!;
    if (last?.before === first && last.after === second) last.to = at + 1;
    else spans.push({ from: at, to: at + 1, before: first, after: second });
  }
  return spans;
}

/** Every pixel's part of the cluster that it belongs to: of the cluster's leaves around it, the one with most weight. */
function dividedLabels(
  labels: Uint16Array,
  record: FrameRecord,
  clusterOf: Int32Array,
  parts: ArrayLike<number>,
  grid: Cells,
  { width, height }: Pick<Guide, 'width' | 'height'>,
): Uint16Array {
  const fallback = firstParts(clusterOf, parts);
  const divided = new Uint16Array(labels.length);
  for (let y = 0, pixel = 0; y < height; y++) {
    const row = Math.min(grid.rows - 1, Math.floor((y * grid.rows) / height));
    for (let x = 0; x < width; x++, pixel++) {
      const column = Math.min(grid.columns - 1, Math.floor((x * grid.columns) / width));
      const first = (row * grid.columns + column) * CANDIDATES;
      let part = fallback.get(labels[pixel]!) ?? 0;
      for (let i = first; i < first + CANDIDATES; i++) {
        if (clusterOf[record.leaves[i]!] !== labels[pixel]) continue;
        part = parts[record.leaves[i]!]!;
        break;
      }
      divided[pixel] = part;
    }
  }
  return divided;
}

/** A part of every cluster, for pixels none of whose token's leaves are of their cluster. */
function firstParts(clusterOf: Int32Array, parts: ArrayLike<number>): Map<number, number> {
  const first = new Map<number, number>();
  clusterOf.forEach((cluster, leaf) => {
    if (!first.has(cluster)) first.set(cluster, parts[leaf]!);
  });
  return first;
}

function argmax(planes: readonly Float32Array[]): Int32Array {
  return Int32Array.from(planes[0] ?? [], (_, token) => {
    let best = 0;
    for (let label = 1; label < planes.length; label++)
      if (planes[label]![token]! > planes[best]![token]!) best = label;
    return best;
  });
}

/** The same without a picture: shares interpolated between tokens, and the greatest at every pixel. */
export function smoothLabels(
  record: FrameRecord,
  { clusterOf, clusters }: FollowedClusters,
  grid: Cells,
  size: Pick<Guide, 'width' | 'height'>,
  parts: ArrayLike<number> | null,
): Uint16Array {
  const planes = shares(record, clusterOf, clusters);
  const labels = upsampledArgmax([...planes.keys()], planes, grid, size);
  return parts ? dividedLabels(labels, record, clusterOf, parts, grid, size) : labels;
}
