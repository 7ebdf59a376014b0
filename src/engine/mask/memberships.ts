import type { Cells } from '../../lib/size.ts';
import type { Box, Membership } from '../backend/guided.ts';
import type { SoftLabels } from './upsample.ts';

/** A token that belongs to a cluster by less than this does not count as its: boxes stay small. */
const LEAST = 0.02;

/**
 * Soft assignment of one frame's tokens to the clusters that any of them belongs to: softmax(−D / temperature), or the
 * labels themselves where the distances were not kept.
 *
 * @param frame place among the processed frames
 */
export function softMemberships(
  { grid, labels, clusters, distances }: SoftLabels,
  frame: number,
  temperature: number,
): Membership[] {
  const n = grid.rows * grid.columns;
  const own = labels.subarray(frame * n, (frame + 1) * n);
  if (!distances) return hardMemberships(own, grid);
  const found = planesOf(own);
  for (let token = 0; token < n; token++) {
    const row = (frame * n + token) * clusters;
    const least = distances[row + own[token]!]!;
    let sum = 0;
    for (const [cluster, values] of found) {
      values[token] = Math.exp((least - distances[row + cluster]!) / temperature);
      sum += values[token]!;
    }
    for (const values of found.values()) {
      const share = values[token]! / sum;
      values[token] = share < LEAST ? 0 : share;
    }
  }
  return boxed(found, grid);
}

/** 1 where a token of a frame has the label, for every label that any has; negative labels are none. */
export function hardMemberships(own: Int32Array, grid: Cells): Membership[] {
  const found = planesOf(own);
  for (const [token, label] of own.entries()) if (label >= 0) found.get(label)![token] = 1;
  return boxed(found, grid);
}

/** An empty plane for every label, ascending. */
function planesOf(own: Int32Array): Map<number, Float32Array> {
  const labels = [...new Set(own)].filter((label) => label >= 0).sort((a, b) => a - b);
  return new Map(labels.map((label) => [label, new Float32Array(own.length)]));
}

const boxed = (planes: Map<number, Float32Array>, grid: Cells) =>
  [...planes].map(([label, values]) => ({ label, values, box: boxAround(values, grid) }));

/** The smallest box around the tokens that are not 0. */
export function boxAround(values: Float32Array, { rows, columns }: Cells): Box {
  const box = { left: columns, top: rows, right: 0, bottom: 0 };
  for (const [token, value] of values.entries()) {
    if (value === 0) continue;
    const [y, x] = [Math.floor(token / columns), token % columns];
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x + 1);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y + 1);
  }
  return box;
}
