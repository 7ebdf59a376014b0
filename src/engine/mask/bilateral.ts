import type { Size } from '../../lib/size.ts';
import type { Guide } from '../backend/guided.ts';
import { labOf } from './lab.ts';

/** The picture's longer side for which the mean field's constants were chosen, and the most that it iterates on. */
export const REFERENCE_SIDE = 384;
/** Sides of a cell: in pixels at that size, and in steps of 8-bit CIELAB. */
const SPACE = 16;
const LIGHTNESS = 8;
const COLOUR = 4.8;

export const AXES = 5;

/**
 * The cells of a bilateral grid (y, x, L, a, b) that a picture touches. Values are splatted at the size on which the
 * mean field iterates and sliced there, or at the picture's own size.
 */
export interface BilateralGrid {
  picture: Size;
  /** Where the mean field iterates: the picture's own size, if its longer side has at most `REFERENCE_SIDE`. */
  working: Size;
  cells: number;
  /** Cell of every pixel at the working size. */
  inner: Int32Array;
  /** Cell of every pixel of the picture: its own, if a working pixel is in it, else that of the working pixel over it. */
  outer: Int32Array;
  /** Cells before and after each along every axis, [AXES, 2, cells]; `cells` where there is none. */
  neighbours: Int32Array;
}

/** Colours of a bin of the plane in one table: the cell of each, which is right only if that cell lies in the bin. */
const bucket = (unit: number) =>
  Uint8Array.from({ length: 256 }, (_, value) => Math.floor(value / unit + 0.5));
const LIGHTNESS_OF = bucket(LIGHTNESS);
const COLOUR_OF = bucket(COLOUR);
/** One more than there are, so that a step along an axis never ends in the next line. */
const COLOURS = COLOUR_OF[255]! + 2;
const ROW = COLOURS * COLOURS;
const TABLE = (LIGHTNESS_OF[255]! + 2) * ROW;

function colourOf(red: number, green: number, blue: number): number {
  const lab = labOf(red, green, blue);
  return LIGHTNESS_OF[lab >> 16]! * ROW + COLOUR_OF[(lab >> 8) & 255]! * COLOURS + COLOUR_OF[lab & 255]!;
}

/** The grid of a picture. Cells are sorted by their place in the plane, so a table of one place's colours finds them. */
export function bilateralGrid(guide: Guide): BilateralGrid {
  const picture = { width: guide.width, height: guide.height };
  const working = workingSize(picture);
  const same = working.width === picture.width;
  const inside = same ? guide.data : averaged(guide, working);
  const across = binsOf(working.width, working);
  const down = binsOf(working.height, working);
  const bins = across.count * down.count;

  const table = new Int32Array(TABLE);
  const inner = new Int32Array(working.width * working.height);
  const colours: number[] = [];
  const starts = new Int32Array(bins + 1);
  eachBin(across, down, (bin, { left, right, top, bottom }) => {
    const start = colours.length;
    for (let y = top; y < bottom; y++) {
      for (let x = left, at = y * working.width + left; x < right; x++, at++) {
        const colour = colourOf(inside[4 * at]!, inside[4 * at + 1]!, inside[4 * at + 2]!);
        let cell = table[colour]!;
        if (cell < start || colours[cell] !== colour) {
          cell = colours.length;
          table[colour] = cell;
          colours.push(colour);
        }
        inner[at] = cell;
      }
    }
    starts[bin + 1] = colours.length;
  });

  const cells = colours.length;
  const places = { colours: Int32Array.from(colours), starts, table };
  const neighbours = linked(places, across.count, bins);
  const outer = same ? inner : sliced(guide, working, inner, places);
  return { picture, working, cells, inner, outer, neighbours };
}

/** Colour of every cell, the first cell of every bin, and the table of one bin's colours. */
interface Places {
  colours: Int32Array;
  starts: Int32Array;
  table: Int32Array;
}

/** Fills the table with a bin's cells. Its cell's number says what it has of other bins. */
function fill({ colours, starts, table }: Places, bin: number): void {
  for (let cell = starts[bin]!; cell < starts[bin + 1]!; cell++) table[colours[cell]!] = cell;
}

function linked(places: Places, columns: number, bins: number): Int32Array {
  const { colours, starts, table } = places;
  const cells = colours.length;
  const neighbours = new Int32Array(2 * AXES * cells).fill(cells);
  for (let bin = 0; bin < bins; bin++) {
    fill(places, bin);
    const start = starts[bin]!;
    const end = starts[bin + 1]!;
    /** Links the cells of a bin, along an axis, to those of this one whose colour lies `step` before theirs. */
    const link = (axis: number, other: number, step: number) => {
      const before = 2 * axis * cells;
      for (let cell = starts[other]!; cell < starts[other + 1]!; cell++) {
        const wanted = colours[cell]! - step;
        const found = wanted < 0 ? end : table[wanted]!;
        if (found < start || found >= end || colours[found] !== wanted) continue;
        neighbours[before + cell] = found;
        neighbours[before + cells + found] = cell;
      }
    };
    if (bin + columns < bins) link(0, bin + columns, 0);
    if ((bin + 1) % columns !== 0) link(1, bin + 1, 0);
    link(2, bin, ROW);
    link(3, bin, COLOURS);
    link(4, bin, 1);
  }
  return neighbours;
}

/** Cells of the picture's own pixels. */
function sliced(guide: Guide, working: Size, inner: Int32Array, places: Places): Int32Array {
  const { width, height, data } = guide;
  const { colours, starts, table } = places;
  const outer = new Int32Array(width * height);
  const over = (pixels: number, cells: number) =>
    Int32Array.from({ length: pixels }, (_, at) => Math.floor(((at + 0.5) * cells) / pixels));
  const column = over(width, working.width);
  const row = over(height, working.height);
  eachBin(binsOf(width, guide), binsOf(height, guide), (bin, { left, right, top, bottom }) => {
    fill(places, bin);
    const start = starts[bin]!;
    const end = starts[bin + 1]!;
    for (let y = top; y < bottom; y++) {
      const line = row[y]! * working.width;
      for (let x = left, at = y * width + left; x < right; x++, at++) {
        const colour = colourOf(data[4 * at]!, data[4 * at + 1]!, data[4 * at + 2]!);
        const cell = table[colour]!;
        const found = cell >= start && cell < end && colours[cell] === colour;
        outer[at] = found ? cell : inner[line + column[x]!]!;
      }
    }
  });
  return outer;
}

function workingSize({ width, height }: Size): Size {
  const scale = REFERENCE_SIDE / Math.max(width, height);
  if (scale >= 1) return { width, height };
  const side = (pixels: number) => Math.max(1, Math.round(pixels * scale));
  return { width: side(width), height: side(height) };
}

/** First pixel of every bin of an axis, and the end. Bins are nearest to multiples of their side. */
interface Bins {
  count: number;
  first: Int32Array;
}

function binsOf(pixels: number, { width, height }: Size): Bins {
  const side = (SPACE * Math.max(width, height)) / REFERENCE_SIDE;
  const nearest = (pixel: number) => Math.floor(pixel / side + 0.5);
  const count = nearest(pixels - 1) + 1;
  const first = new Int32Array(count + 1).fill(pixels);
  for (let pixel = pixels - 1; pixel >= 0; pixel--) first[nearest(pixel)] = pixel;
  return { count, first };
}

interface Rectangle {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function eachBin(across: Bins, down: Bins, visit: (bin: number, pixels: Rectangle) => void): void {
  for (let row = 0, bin = 0; row < down.count; row++) {
    const [top, bottom] = [down.first[row]!, down.first[row + 1]!];
    for (let column = 0; column < across.count; column++, bin++)
      visit(bin, { left: across.first[column]!, right: across.first[column + 1]!, top, bottom });
  }
}

/** Mean colours at a smaller size, RGBA. */
function averaged({ width, height, data }: Guide, to: Size): Uint8ClampedArray {
  const means = new Uint8ClampedArray(4 * to.width * to.height);
  const first = (cell: number, cells: number, pixels: number) => Math.ceil((cell * pixels) / cells);
  const lefts = Int32Array.from({ length: to.width + 1 }, (_, x) => first(x, to.width, width));
  for (let y = 0, cell = 0; y < to.height; y++) {
    const top = first(y, to.height, height);
    const bottom = first(y + 1, to.height, height);
    for (let x = 0; x < to.width; x++, cell += 4) {
      const [left, right] = [lefts[x]!, lefts[x + 1]!];
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let row = top; row < bottom; row++) {
        const end = 4 * (row * width + right);
        for (let at = 4 * (row * width + left); at < end; at += 4) {
          red += data[at]!;
          green += data[at + 1]!;
          blue += data[at + 2]!;
        }
      }
      const share = 1 / ((bottom - top) * (right - left));
      means[cell] = red * share;
      means[cell + 1] = green * share;
      means[cell + 2] = blue * share;
    }
  }
  return means;
}
