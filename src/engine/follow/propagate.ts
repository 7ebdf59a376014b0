import type { Cells } from '../../lib/size.ts';
import { CANDIDATES, type FrameRecord } from './records.ts';

/** An analysed frame, seen from a frame between two of them. */
export interface Side {
  record: FrameRecord;
  /** Place of every token's centre in that frame, [tokens, 2], in tokens: x and y, from the first token's centre. */
  places: Float32Array;
  /** Error of the flow per token: mean |I₁(p + f(p)) − I₀(p)|, in grey levels. */
  error: Float32Array;
  /** Frames between. */
  distance: number;
}

/** Photometric error, in grey levels, at which a side's weight has fallen to 1/e. */
const ERROR_UNIT = 12;
/** Tokens of both sides and four corners each, all their candidates. */
const MOST = 2 * 4 * CANDIDATES;

/**
 * Tokens of a frame between two analysed ones: the records of both at the place where the flow takes each token, interpolated
 * bilinearly. A side weighs more the nearer it is in time and the smaller the error of its flow.
 *
 * @param cells the grid of m
 * @returns the record, and the share of tokens for which the sides have different leaves, 0…1
 */
export function propagate(
  sides: readonly Side[],
  grid: Cells,
  cells: Cells,
): { record: FrameRecord; disagreement: number } {
  const tokens = grid.rows * grid.columns;
  const record: FrameRecord = {
    leaves: new Uint16Array(tokens * CANDIDATES),
    weights: new Uint8Array(tokens * CANDIDATES),
    motion: propagateMotion(sides, grid, cells),
  };
  const found = { leaves: new Int32Array(MOST), weights: new Float64Array(MOST), count: 0 };
  let different = 0;
  for (let token = 0; token < tokens; token++) {
    found.count = 0;
    let total = 0;
    const firsts = new Set<number>();
    for (const side of sides) {
      const trust = trustOf(side, token);
      sample(side, token, trust, grid, found);
      total += trust;
      firsts.add(nearestLeaf(side, token, grid));
    }
    if (firsts.size > 1) different++;
    writeHeaviest(found, record, token, total);
  }
  return { record, disagreement: different / tokens };
}

const trustOf = ({ error, distance }: Side, token: number) =>
  Math.exp(-error[token]! / ERROR_UNIT) / distance + 1e-6;

/** m of every cell: where its token's motion takes it on both sides, interpolated bilinearly. Empty where a side has none. */
function propagateMotion(sides: readonly Side[], grid: Cells, cells: Cells): Uint8Array {
  if (sides.some(({ record }) => record.motion.length === 0)) return new Uint8Array(0);
  const motion = new Uint8Array(cells.rows * cells.columns);
  const [scaleX, scaleY] = [cells.columns / grid.columns, cells.rows / grid.rows];
  for (let row = 0, cell = 0; row < cells.rows; row++) {
    for (let column = 0; column < cells.columns; column++, cell++) {
      const [tokenX, tokenY] = [Math.floor(column / scaleX), Math.floor(row / scaleY)];
      const token = tokenY * grid.columns + tokenX;
      let [sum, total] = [0, 0];
      for (const side of sides) {
        const trust = trustOf(side, token);
        const x = column + (side.places[2 * token]! - tokenX) * scaleX;
        const y = row + (side.places[2 * token + 1]! - tokenY) * scaleY;
        sum += trust * bilinear(side.record.motion, cells, x, y);
        total += trust;
      }
      motion[cell] = Math.round(sum / total);
    }
  }
  return motion;
}

function bilinear(values: Uint8Array, { rows, columns }: Cells, atX: number, atY: number): number {
  const x = Math.min(columns - 1, Math.max(0, atX));
  const y = Math.min(rows - 1, Math.max(0, atY));
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, bottom] = [Math.min(columns - 1, left + 1), Math.min(rows - 1, top + 1)];
  const [u, v] = [x - left, y - top];
  const at = (row: number, column: number) => values[row * columns + column]!;
  const above = (1 - u) * at(top, left) + u * at(top, right);
  return (1 - v) * above + v * ((1 - u) * at(bottom, left) + u * at(bottom, right));
}

interface Found {
  leaves: Int32Array;
  weights: Float64Array;
  count: number;
}

/** Adds a side's candidates around a token's place. */
function sample(
  { record, places }: Side,
  token: number,
  trust: number,
  { rows, columns }: Cells,
  found: Found,
): void {
  const x = Math.min(columns - 1, Math.max(0, places[2 * token]!));
  const y = Math.min(rows - 1, Math.max(0, places[2 * token + 1]!));
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [u, v] = [x - left, y - top];
  for (let corner = 0; corner < 4; corner++) {
    const weight = (corner % 2 === 0 ? 1 - u : u) * (corner < 2 ? 1 - v : v);
    if (weight === 0) continue;
    const source = (top + Number(corner > 1)) * columns + left + (corner % 2);
    for (let i = source * CANDIDATES; i < (source + 1) * CANDIDATES; i++)
      if (record.weights[i]! > 0) add(found, record.leaves[i]!, trust * weight * record.weights[i]!);
  }
}

function add(found: Found, leaf: number, weight: number): void {
  for (let i = 0; i < found.count; i++) {
    if (found.leaves[i] !== leaf) continue;
    found.weights[i]! += weight;
    return;
  }
  found.leaves[found.count] = leaf;
  found.weights[found.count++] = weight;
}

/** The heaviest candidates into the record, the lower leaf first on a tie. */
function writeHeaviest(
  { leaves, weights, count }: Found,
  record: FrameRecord,
  token: number,
  total: number,
): void {
  for (let i = 0; i < CANDIDATES; i++) {
    let best = -1;
    for (let j = 0; j < count; j++) {
      if (weights[j]! < 0) continue;
      const heavier = best < 0 || weights[j]! > weights[best]!;
      if (heavier || (weights[j] === weights[best] && leaves[j]! < leaves[best]!)) best = j;
    }
    if (best < 0) return;
    record.leaves[token * CANDIDATES + i] = leaves[best]!;
    record.weights[token * CANDIDATES + i] = Math.min(255, Math.round(weights[best]! / total));
    weights[best] = -1;
  }
}

function nearestLeaf({ record, places }: Side, token: number, { rows, columns }: Cells): number {
  const x = Math.min(columns - 1, Math.max(0, Math.round(places[2 * token]!)));
  const y = Math.min(rows - 1, Math.max(0, Math.round(places[2 * token + 1]!)));
  return record.leaves[(y * columns + x) * CANDIDATES]!;
}

/**
 * Where the flow takes every token, and how well it explains the picture: means over each token's pixels.
 *
 * @param flow [height, width, 2] from this frame to the other, pixels
 * @param luma [height, width] of both
 */
export function tokenMotion(
  flow: Float32Array,
  luma: { own: ArrayLike<number>; other: ArrayLike<number> },
  { width, height }: { width: number; height: number },
  { rows, columns }: Cells,
): Pick<Side, 'places' | 'error'> {
  const places = new Float32Array(2 * rows * columns);
  const error = new Float32Array(rows * columns);
  const [cellWidth, cellHeight] = [width / columns, height / rows];
  for (let row = 0, token = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, token++) {
      const [fromX, toX] = [Math.floor(column * cellWidth), Math.ceil((column + 1) * cellWidth)];
      const [fromY, toY] = [Math.floor(row * cellHeight), Math.ceil((row + 1) * cellHeight)];
      let [sumX, sumY, off, count] = [0, 0, 0, 0];
      for (let y = fromY; y < Math.min(height, toY); y++) {
        for (let x = fromX; x < Math.min(width, toX); x++) {
          const at = y * width + x;
          const [dx, dy] = [flow[2 * at]!, flow[2 * at + 1]!];
          const atX = Math.min(width - 1, Math.max(0, Math.round(x + dx)));
          const atY = Math.min(height - 1, Math.max(0, Math.round(y + dy)));
          off += Math.abs(luma.other[atY * width + atX]! - luma.own[at]!);
          sumX += dx;
          sumY += dy;
          count++;
        }
      }
      places[2 * token] = column + sumX / count / cellWidth;
      places[2 * token + 1] = row + sumY / count / cellHeight;
      error[token] = off / count;
    }
  }
  return { places, error };
}
