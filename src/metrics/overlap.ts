/** Overlap measures of whole videos: a region is an object's pixels in all frames together. */
import { adjustedRandIndex } from './ari.ts';
import { matchProposals } from './matching.ts';
import { jaccard } from './region.ts';
import type { Overlaps } from './tables.ts';

/** Intersection over union of every proposal and truth object, background left out on both sides: [proposals, truths]. */
export function tubeOverlaps({ truths, proposals, table }: Overlaps): Overlaps {
  const sums = { row: new Float64Array(proposals.length), column: new Float64Array(truths.length) };
  for (const [i, count] of table.entries()) {
    sums.row[Math.floor(i / truths.length)]! += count;
    sums.column[i % truths.length]! += count;
  }
  const rows = proposals.flatMap((label, p) => (label === 0 ? [] : [p]));
  const columns = truths.flatMap((label, t) => (label === 0 ? [] : [t]));
  const values = rows.flatMap((p) =>
    columns.map((t) => {
      const shared = table[p * truths.length + t]!;
      return jaccard(shared, sums.row[p]! + sums.column[t]! - shared);
    }),
  );
  return {
    proposals: rows.map((p) => proposals[p]!),
    truths: columns.map((t) => truths[t]!),
    table: Float64Array.from(values),
  };
}

/**
 * mIoU of the paper's multi-object tables: each truth object's IoU over the whole video with the proposal that a
 * bipartite matching gives it (0 without one); the background is no object. Returns each object's IoU and proposal (0: none).
 */
export function matchedOverlaps(iou: Overlaps): { iou: number; proposal: number }[] {
  const matched = matchProposals(iou.table, iou.proposals.length, iou.truths.length);
  return Array.from(matched, (p, t) => ({
    iou: p < 0 ? 0 : iou.table[p * iou.truths.length + t]!,
    proposal: p < 0 ? 0 : iou.proposals[p]!,
  }));
}

/** mBO (Pont-Tuset et al., PAMI 2017): each truth object's best IoU with any proposal; one may serve many objects. */
export function bestOverlaps(iou: Overlaps): number[] {
  return iou.truths.map((_, t) =>
    iou.proposals.reduce((best, _, p) => Math.max(best, iou.table[p * iou.truths.length + t]!), 0),
  );
}

/** ARI over the pixels of all frames, the truth's background one more object. */
export function videoAri({ truths, proposals, table }: Overlaps): number {
  return adjustedRandIndex(table, proposals.length, truths.length);
}

/**
 * FG-ARI (Greff et al., 2019; per video as in SAVi, Kipf et al., 2022): ARI over the truth's foreground pixels of all
 * frames. The proposals' background counts as one more cluster. A truth of one object gives 0 for any split of it.
 */
export function foregroundAri({ truths, proposals, table }: Overlaps): number {
  const columns = truths.flatMap((label, t) => (label === 0 ? [] : [t]));
  const foreground = proposals.flatMap((_, p) => columns.map((t) => table[p * truths.length + t]!));
  return adjustedRandIndex(foreground, proposals.length, columns.length);
}
