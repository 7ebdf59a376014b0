import type { Cells, Size } from '../../lib/size.ts';

/** Part of a grid, half open. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A picture: RGBA, 0..255, row by row, as ImageData has it. */
export interface Guide extends Size {
  data: Uint8ClampedArray;
}

/** How much the tokens of one frame belong to one label, and which tokens do at all. */
export interface Membership {
  label: number;
  /** [rows, columns], 0..1. */
  values: Float32Array;
  /** Half open box around the tokens that are not 0, in tokens. */
  box: Box;
}

/** Pixels that have a label in a map [height, width]. */
export interface Region {
  labels: Uint16Array;
  label: number;
}

/**
 * Label of the greatest filtered membership at every pixel of a picture, [height, width]; the earlier one on a tie. Pixels
 * outside of `within` get any label.
 */
export type PixelArgmax = (
  memberships: readonly Membership[],
  within?: Region,
) => Uint16Array | Promise<Uint16Array>;

/** The guided filter for one picture, on the CPU or on a GPU. */
export type GuidedFilter = (grid: Cells, guide: Guide) => PixelArgmax;

/** Cells of the longer side of the grid on which colours are fitted. */
const CELLS = 216;
/** Radius of a window, in tokens. */
const REACH = 1.5;
/** Variance of colour, full scale being 1, below which a window counts as flat. */
export const EPSILON = 1e-4;

/** The grid on which the colours of a picture are fitted, and the radius of a window in its cells. */
export function fittingGrid({ rows, columns }: Cells, picture: Size): Size & { radius: number } {
  const scale = Math.min(1, CELLS / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width, picture.height].map((side) =>
    Math.max(1, Math.round(side * scale)),
  );
  const radius = Math.max(1, Math.round(REACH * Math.sqrt((width! * height!) / (rows * columns))));
  return { width: width!, height: height!, radius };
}

/** The cells that a box of tokens reaches: by interpolation a token farther, by the filter two radii. */
export function reachedCells(
  box: Box,
  grid: Cells,
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
