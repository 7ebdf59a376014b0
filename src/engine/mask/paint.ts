import type { Box } from '../backend/guided.ts';
import type { LabelMap } from './types.ts';

/** Textures that distinguish neighbouring objects without colour. */
export const PATTERNS = ['solid', 'rising', 'falling', 'dots', 'level', 'upright', 'check', 'net'] as const;
export type Pattern = (typeof PATTERNS)[number];

/** How one object is painted. */
export interface Paint {
  /** 0xRRGGBB. */
  colour: number;
  /** Opacity of the area, 0..1; 0 leaves it bare. */
  fill: number;
  /** Opacity of the contour, 0..1. */
  outline: number;
  /** 0xRRGGBB of a line around the contour, which is then twice as wide; absent: none. */
  rim?: number;
  pattern: Pattern;
}

export interface Painting {
  /** Place in `paints` of every cluster. Clusters of one object share a place, so nothing is drawn between them. */
  objectOf: Uint16Array;
  paints: readonly Paint[];
  /** Width of the contour, drawn inside the object, in pixels of the map. */
  outlineWidth: number;
  /** Pixels of the map that one pixel of a pattern's 8 × 8 cell takes. */
  patternScale: number;
}

const CELL = 8;
/** Width of a rim and its contour together, in widths of a contour. */
const RIMMED = 3;

/** Whether the pixel (x, y) of a pattern's cell is inked, 0 ≤ x, y < 8. */
const INKED: Record<Pattern, (x: number, y: number) => boolean> = {
  solid: () => true,
  rising: (x, y) => (x + y) % 8 < 4,
  falling: (x, y) => (x - y + 8) % 8 < 4,
  dots: (x, y) => (x - 3.5) ** 2 + (y - 3.5) ** 2 < 7,
  level: (_, y) => y < 4,
  upright: (x) => x < 4,
  check: (x, y) => x < 4 === y < 4,
  net: (x, y) => x < 2 || y < 2,
};

/** What the bare part of a patterned area keeps of its fill. */
const GROUND = 0.35;

const CELLS: Record<Pattern, Uint8Array> = Object.fromEntries(
  PATTERNS.map((pattern) => [
    pattern,
    Uint8Array.from({ length: CELL * CELL }, (_, i) =>
      Number(INKED[pattern](i % CELL, Math.floor(i / CELL))),
    ),
  ]),
) as Record<Pattern, Uint8Array>;

/** The inked cell of a pattern, [8, 8] of 0 and 1: swatches are drawn from the same. */
export const patternCell = (pattern: Pattern): Uint8Array => CELLS[pattern];

const samePaint = (a: Paint, b: Paint): boolean =>
  a.colour === b.colour &&
  a.fill === b.fill &&
  a.outline === b.outline &&
  a.rim === b.rim &&
  a.pattern === b.pattern;

export const wholeOf = ({ width, height }: Pick<LabelMap, 'width' | 'height'>): Box => ({
  left: 0,
  top: 0,
  right: width,
  bottom: height,
});

/** The box around all pixels that other paints change, one for one; null where they change none. */
export function changedBox(
  { width, height, labels }: LabelMap,
  objectOf: Uint16Array,
  before: readonly Paint[],
  now: readonly Paint[],
): Box | null {
  const changed = Uint8Array.from(now, (own, object) => Number(!samePaint(own, before[object]!)));
  if (!changed.includes(1)) return null;
  const box = { left: width, top: height, right: 0, bottom: 0 };
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const hit = (x: number) => changed[objectOf[labels[row + x]!]!] === 1;
    // What lies between two rows' ends is in the box, whatever it is.
    let left = 0;
    while (left < width && !hit(left)) left++;
    if (left === width) continue;
    let right = width;
    while (right > box.right && !hit(right - 1)) right--;
    box.left = Math.min(box.left, left);
    box.right = Math.max(box.right, right);
    box.top = Math.min(box.top, y);
    box.bottom = y + 1;
  }
  return box.bottom > 0 ? box : null;
}

/** Little-endian RGBA, as ImageData has it. */
function packed(colour: number, alpha: number): number {
  const red = (colour >> 16) & 255;
  const green = (colour >> 8) & 255;
  return (
    ((Math.round(Math.min(1, Math.max(0, alpha)) * 255) << 24) |
      ((colour & 255) << 16) |
      (green << 8) |
      red) >>>
    0
  );
}

/**
 * Paints objects over a frame: straight RGBA, [height, width, 4]. A pixel within `outlineWidth` of another object, to
 * any of the four sides, is contour, or rim where there is one. The picture's own border is none. `into` is used again when
 * its size fits; outside of `area` it stays as it is.
 */
export function paint(
  map: LabelMap,
  painting: Painting,
  into?: Uint8ClampedArray<ArrayBuffer>,
  area: Box = wholeOf(map),
): Uint8ClampedArray<ArrayBuffer> {
  const { width, height, labels } = map;
  const { objectOf, paints, patternScale } = painting;
  const reach = Math.max(1, Math.round(painting.outlineWidth));
  const bytes = into?.length === width * height * 4 ? into : new Uint8ClampedArray(width * height * 4);
  const out = new Uint32Array(bytes.buffer, bytes.byteOffset, width * height);

  const count = paints.length;
  const inked = new Uint32Array(count);
  const ground = new Uint32Array(count);
  const contour = new Uint32Array(count);
  const edge = new Uint32Array(count);
  const contoured = new Uint8Array(count);
  const rimmed = new Uint8Array(count);
  const cells: Uint8Array[] = [];
  paints.forEach(({ colour, fill, outline, rim, pattern }, object) => {
    inked[object] = fill > 0 ? packed(colour, fill) : 0;
    ground[object] = fill > 0 ? packed(colour, pattern === 'solid' ? fill : fill * GROUND) : 0;
    contour[object] = packed(colour, outline);
    edge[object] = packed(rim ?? colour, outline);
    contoured[object] = Number(outline > 0);
    rimmed[object] = Number(outline > 0 && rim !== undefined);
    cells.push(CELLS[pattern]);
  });
  /** Whether another object lies so far from a pixel, to any of the four sides. */
  const ends = (object: number, x: number, y: number, away: number): boolean => {
    const at = y * width + x;
    return (
      objectOf[labels[at - Math.min(away, y) * width]!] !== object ||
      objectOf[labels[at + Math.min(away, height - 1 - y) * width]!] !== object ||
      objectOf[labels[at - Math.min(away, x)]!] !== object ||
      objectOf[labels[at + Math.min(away, width - 1 - x)]!] !== object
    );
  };

  const column = Uint8Array.from({ length: width }, (_, x) => Math.floor(x / patternScale) % CELL);
  for (let y = area.top; y < area.bottom; y++) {
    const cellRow = (Math.floor(y / patternScale) % CELL) * CELL;
    for (let x = area.left, at = y * width + x; x < area.right; x++, at++) {
      const object = objectOf[labels[at]!]!;
      if (contoured[object] === 1 && ends(object, x, y, reach)) out[at] = edge[object]!;
      else if (rimmed[object] === 1 && ends(object, x, y, RIMMED * reach)) out[at] = contour[object]!;
      else out[at] = cells[object]![cellRow + column[x]!] === 1 ? inked[object]! : ground[object]!;
    }
  }
  return bytes;
}
