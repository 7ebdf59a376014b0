import { linearWeights } from '../../lib/linear.ts';
import type { Cells } from '../../lib/size.ts';

/** p = sigmoid(logit): how likely something moves there by itself. */
export const probabilities = (logits: Float32Array): Float32Array =>
  logits.map((logit) => 1 / (1 + Math.exp(-logit)));

/**
 * p of the tokens: means over the cells that they cover, by area.
 *
 * @param p [frames, cells]
 * @returns [frames, tokens]
 */
export function tokenMeans(p: Float32Array, cells: Cells, tokens: Cells): Float32Array {
  const across = overlaps(cells.columns, tokens.columns);
  const down = overlaps(cells.rows, tokens.rows);
  const size = cells.rows * cells.columns;
  const frames = p.length / size;
  const out = new Float32Array(frames * tokens.rows * tokens.columns);
  for (let frame = 0, token = 0; frame < frames; frame++) {
    for (const row of down) {
      for (const column of across) {
        let sum = 0;
        for (const [y, height] of row)
          for (const [x, width] of column) sum += height * width * p[frame * size + y * cells.columns + x]!;
        out[token++] = sum;
      }
    }
  }
  return out;
}

/** For every token of an axis: the cells under it, and the share of the token that each takes. */
function overlaps(cells: number, tokens: number): (readonly [cell: number, share: number])[][] {
  return Array.from({ length: tokens }, (_, token) => {
    const [from, to] = [(token * cells) / tokens, ((token + 1) * cells) / tokens];
    const first = Math.floor(from);
    const last = Math.min(Math.ceil(to), cells) - 1;
    return Array.from({ length: last - first + 1 }, (_, i) => {
      const cell = first + i;
      return [cell, (Math.min(to, cell + 1) - Math.max(from, cell)) / (to - from)] as const;
    });
  });
}

/** m = ½p + ½p̄, on one grid. */
export const blend = (p: Float32Array, pooled: Float32Array): Float32Array =>
  p.map((own, at) => (own + pooled[at]!) / 2);

/**
 * Values of tokens at the cells, bilinearly between the tokens' centres: m for a mask is taken there, where p is finer
 * than the tokens.
 *
 * @param values [frames, tokens]
 * @returns [frames, cells]
 */
export function atCells(values: Float32Array, tokens: Cells, cells: Cells): Float32Array {
  const across = linearWeights(cells.columns, tokens.columns);
  const down = linearWeights(cells.rows, tokens.rows);
  const size = tokens.rows * tokens.columns;
  const frames = values.length / size;
  const out = new Float32Array(frames * cells.rows * cells.columns);
  for (let frame = 0, at = 0; frame < frames; frame++) {
    for (let y = 0; y < cells.rows; y++) {
      const top = frame * size + down.before[y]! * tokens.columns;
      const bottom = frame * size + down.after[y]! * tokens.columns;
      const v = down.weight[y]!;
      for (let x = 0; x < cells.columns; x++, at++) {
        const [left, right, u] = [across.before[x]!, across.after[x]!, across.weight[x]!];
        const above = values[top + left]! + u * (values[top + right]! - values[top + left]!);
        const below = values[bottom + left]! + u * (values[bottom + right]! - values[bottom + left]!);
        out[at] = above + v * (below - above);
      }
    }
  }
  return out;
}

/** Shares of a clip's cells that move: with less than the first nothing does, with the second surely something. */
const SOMETHING = [0.001, 0.005] as const;
/** Where so much seems to move, it is the model of the camera that failed. */
const EVERYTHING = [0.6, 0.8] as const;
/** Residual motion beyond this part of the frame's width is a cut, a flash or lost flow. */
const LOST = 1 / 8;

const ramp = (value: number, [from, to]: readonly [number, number]) =>
  Math.min(Math.max((value - from) / (to - from), 0), 1);

/**
 * How much a clip's p is to be trusted: 0 where nothing moves by itself, or where all of it seems to, and 1 where something
 * does. λ is multiplied by it. It goes by the share of cells with p over one half, in the mean over the frames; frames whose
 * residual motion is beyond an eighth of the width have no say. That residual is not asked for a lower bound: as a 98th
 * percentile it does not see what is small.
 *
 * @param p [frames, cells]
 * @param residuals `MotionInput.residual` of every frame, pixels
 * @param width of the frames that flow was computed on, pixels
 */
export function motionConfidence(p: Float32Array, residuals: readonly number[], width: number): number {
  const cells = p.length / residuals.length;
  const shares = residuals.flatMap((residual, frame) => {
    if (residual > LOST * width) return [];
    const own = p.subarray(frame * cells, (frame + 1) * cells);
    return own.reduce((count, value) => count + Number(value > 0.5), 0) / cells;
  });
  if (shares.length === 0) return 0;
  const share = shares.reduce((sum, one) => sum + one, 0) / shares.length;
  return ramp(share, SOMETHING) * (1 - ramp(share, EVERYTHING));
}
