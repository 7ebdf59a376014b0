/**
 * What effects make of a picture: the definition in TypeScript, which also runs where there is no fast WebGL. Its twin,
 * webgl-compositor.ts, gives the same within 2/255.
 */
import { cover } from './coverage.ts';
import type { Background, Edge, Effects, ObjectLook } from './effects.ts';
import type { LabelMap } from './types.ts';

/** What becomes of the pixels of a label. */
export const TREATMENT = { behind: 0, kept: 1, pixelated: 2, blurred: 3 } as const;

/** A picture's masks, and what is to become of it. Lengths in pixels of the map, which is as large as the picture. */
export interface Scene {
  map: LabelMap;
  /** A TREATMENT for every label that the map may hold. */
  treatments: Uint8Array;
  background: Background;
  /** 0xRRGGBB, where the background is one colour. */
  colour: number;
  /** Radius of what is blurred, side of what is pixelated. */
  strength: number;
  edge: Edge;
}

/** Look of each place in a list of objects; null: it is not shown, and belongs to the background. */
export type Looks = readonly (ObjectLook | null)[];

/** Whether anything becomes of the picture itself. */
export const changesPicture = ({ background }: Pick<Effects, 'background'>, looks: Looks): boolean =>
  looks.some((look) => look === 'pixelate' || look === 'blur') || background !== 'none';

/**
 * The scene of a map whose labels are places in a list of objects, or become such by `places`. What is in none of them is
 * background.
 *
 * @param unit pixels of the map that one pixel of the clip takes
 */
export function sceneOf(
  map: LabelMap,
  places: Uint16Array | null,
  looks: Looks,
  effects: Effects,
  unit: number,
): Scene {
  const byPlace = looks.map((look) =>
    look === null
      ? TREATMENT.behind
      : look === 'pixelate'
        ? TREATMENT.pixelated
        : look === 'blur'
          ? TREATMENT.blurred
          : TREATMENT.kept,
  );
  const treatments = new Uint8Array(2 ** 16);
  if (places) for (const [label, place] of places.entries()) treatments[label] = byPlace[place] ?? 0;
  else treatments.set(byPlace);
  const { background, colour, strength, feather, shift } = effects;
  return {
    map,
    treatments,
    background,
    colour,
    strength: strength * Math.max(map.width, map.height),
    edge: { feather: feather * unit, shift: shift * unit },
  };
}

/** What both twins start from. */
export interface Prepared {
  width: number;
  height: number;
  /** Soft coverage of all shown objects, of the pixelated and of the blurred ones; 255. [height, width, 4] */
  covers: Uint8Array;
  /** Side of the blocks that are averaged before they are blurred. */
  block: number;
  /** Side of the blocks of what is pixelated. */
  mosaic: number;
  blursBackground: boolean;
  pixelates: boolean;
  blursObjects: boolean;
}

export function prepared({ map, treatments, background, strength, edge }: Scene): Prepared {
  const { width, height } = map;
  const covers = new Uint8Array(4 * width * height).fill(255);
  const plane = (channel: number, chosen: (treatment: number) => boolean) =>
    cover(map, treatments.map((treatment) => Number(chosen(treatment))) as Uint8Array, edge, {
      bytes: covers,
      from: channel,
      step: 4,
    });
  const has = (treatment: number) => treatments.includes(treatment);
  const pixelates = has(TREATMENT.pixelated);
  const blursObjects = has(TREATMENT.blurred);
  // With the background as it is nothing tells an object's edge but what becomes of the object.
  if (background !== 'none') plane(0, (treatment) => treatment !== TREATMENT.behind);
  if (pixelates) plane(1, (treatment) => treatment === TREATMENT.pixelated);
  if (blursObjects) plane(2, (treatment) => treatment === TREATMENT.blurred);
  return {
    width,
    height,
    covers,
    block: Math.max(1, Math.round(strength / SIGMA)),
    mosaic: Math.max(2, Math.round(strength)),
    blursBackground: background === 'blur',
    pixelates,
    blursObjects,
  };
}

/** What the background is dimmed to, and how much of that it becomes. */
export const NIGHT = 0x05060a;
export const DIMMED = 0.78;
/** Rec. 709's luma. */
export const LUMA = [0.2126, 0.7152, 0.0722] as const;
/**
 * Of an object's pixels, what counts in the blur of the background: its colours must not glow around it, and yet there
 * has to be something to see where there is nothing else.
 */
export const LEAST = 1 / 64;
/** Blur: a Gaussian of this deviation, in blocks, over so many blocks to either side. */
const SIGMA = 2;
const TAPS = 5;
export const KERNEL: readonly number[] = Array.from({ length: 2 * TAPS + 1 }, (_, at) =>
  Math.exp(-((at - TAPS) ** 2) / (2 * SIGMA * SIGMA)),
);

export const rgbOf = (colour: number) => [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255] as const;

/** A small picture: [rows, columns, 3] of 0..255. */
interface Small {
  rows: number;
  columns: number;
  rgb: Float32Array;
}

/** Changes a picture, straight RGBA and opaque [height, width, 4], into what the scene's effects make of it. */
export function composite(pixels: Uint8ClampedArray, scene: Scene): void {
  const made = prepared(scene);
  const { width, height, covers, block, mosaic } = made;
  const blur = (weighted: boolean) =>
    lineReader(
      smallOf(blurred(blocks(pixels, weighted ? covers : null, width, height, block))),
      width,
      block,
    );
  const around = made.blursBackground ? blur(true) : null;
  const within = made.blursObjects ? blur(false) : null;
  const tiles = made.pixelates ? smallOf(blocks(pixels, null, width, height, mosaic)) : null;
  const [red, green, blue] = rgbOf(scene.background === 'dim' ? NIGHT : scene.colour);
  const { background } = scene;

  for (let y = 0, at = 0; y < height; y++) {
    const aroundRow = around?.(y);
    const withinRow = within?.(y);
    const tileRow = Math.floor(y / mosaic) * (tiles?.columns ?? 0);
    for (let x = 0; x < width; x++, at += 4) {
      const front = covers[at]! / 255;
      const pixelated = tiles ? covers[at + 1]! / 255 : 0;
      const smeared = withinRow ? covers[at + 2]! / 255 : 0;
      if (front === 1 && pixelated === 0 && smeared === 0) continue;
      let r = pixels[at]!;
      let g = pixels[at + 1]!;
      let b = pixels[at + 2]!;
      let br = r;
      let bg = g;
      let bb = b;
      if (front < 1) {
        if (aroundRow) {
          br = aroundRow[3 * x]!;
          bg = aroundRow[3 * x + 1]!;
          bb = aroundRow[3 * x + 2]!;
        } else if (background === 'grey') {
          br = LUMA[0] * r + LUMA[1] * g + LUMA[2] * b;
          bg = br;
          bb = br;
        } else if (background === 'dim') {
          br += (red - r) * DIMMED;
          bg += (green - g) * DIMMED;
          bb += (blue - b) * DIMMED;
        } else if (background === 'colour') {
          br = red;
          bg = green;
          bb = blue;
        }
      }
      if (pixelated > 0) {
        const tile = 3 * (tileRow + Math.floor(x / mosaic));
        r += (tiles!.rgb[tile]! - r) * pixelated;
        g += (tiles!.rgb[tile + 1]! - g) * pixelated;
        b += (tiles!.rgb[tile + 2]! - b) * pixelated;
      }
      if (smeared > 0) {
        r += (withinRow![3 * x]! - r) * smeared;
        g += (withinRow![3 * x + 1]! - g) * smeared;
        b += (withinRow![3 * x + 2]! - b) * smeared;
      }
      pixels[at] = br + (r - br) * front;
      pixels[at + 1] = bg + (g - bg) * front;
      pixels[at + 2] = bb + (b - bb) * front;
    }
  }
}

/** Weighted sums of colours, and the weights' own: [rows, columns, 4]. */
interface Sums {
  rows: number;
  columns: number;
  sums: Float32Array;
}

/** Sums over square blocks; `covers`: what of a pixel is an object, and hardly counts. */
function blocks(
  pixels: Uint8ClampedArray,
  covers: Uint8Array | null,
  width: number,
  height: number,
  side: number,
): Sums {
  const [rows, columns] = [Math.ceil(height / side), Math.ceil(width / side)];
  const sums = new Float32Array(4 * rows * columns);
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(y / side) * columns;
    for (let x = 0, column = 0; x < width; column++) {
      const end = Math.min(width, x + side);
      let [r, g, b, w] = [0, 0, 0, 0];
      for (; x < end; x++, at += 4) {
        const weight = covers ? 1 - (covers[at]! / 255) * (1 - LEAST) : 1;
        r += weight * pixels[at]!;
        g += weight * pixels[at + 1]!;
        b += weight * pixels[at + 2]!;
        w += weight;
      }
      const to = 4 * (row + column);
      sums[to]! += r;
      sums[to + 1]! += g;
      sums[to + 2]! += b;
      sums[to + 3]! += w;
    }
  }
  return { rows, columns, sums };
}

/** The sums blurred along both axes; what lies beyond the border does not count. */
function blurred({ rows, columns, sums }: Sums): Sums {
  const across = new Float32Array(sums.length);
  const out = new Float32Array(sums.length);
  const along = (from: Float32Array, to: Float32Array, dx: number, dy: number) => {
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const at = 4 * (y * columns + x);
        for (let tap = -TAPS; tap <= TAPS; tap++) {
          const [column, row] = [x + tap * dx, y + tap * dy];
          if (column < 0 || row < 0 || column >= columns || row >= rows) continue;
          const other = 4 * (row * columns + column);
          for (let channel = 0; channel < 4; channel++)
            to[at + channel]! += KERNEL[tap + TAPS]! * from[other + channel]!;
        }
      }
    }
  };
  along(sums, across, 1, 0);
  along(across, out, 0, 1);
  return { rows, columns, sums: out };
}

function smallOf({ rows, columns, sums }: Sums): Small {
  const rgb = new Float32Array(3 * rows * columns);
  for (let i = 0; i < rows * columns; i++)
    for (let channel = 0; channel < 3; channel++)
      rgb[3 * i + channel] = sums[4 * i + channel]! / sums[4 * i + 3]!;
  return { rows, columns, rgb };
}

/** Rows of a small picture drawn large, linearly between its blocks' centres: [width, 3], the same array every time. */
function lineReader(
  { rows, columns, rgb }: Small,
  width: number,
  block: number,
): (y: number) => Float32Array {
  const line = new Float32Array(3 * columns);
  const out = new Float32Array(3 * width);
  const before = new Int32Array(width);
  const after = new Int32Array(width);
  const weight = new Float32Array(width);
  for (let x = 0; x < width; x++) {
    const at = Math.min(columns - 1, Math.max(0, (x + 0.5) / block - 0.5));
    before[x] = 3 * Math.floor(at);
    after[x] = 3 * Math.min(columns - 1, Math.floor(at) + 1);
    weight[x] = at - Math.floor(at);
  }
  return (y) => {
    const at = Math.min(rows - 1, Math.max(0, (y + 0.5) / block - 0.5));
    const top = 3 * columns * Math.floor(at);
    const bottom = 3 * columns * Math.min(rows - 1, Math.floor(at) + 1);
    const v = at - Math.floor(at);
    for (let i = 0; i < line.length; i++) line[i] = rgb[top + i]! + (rgb[bottom + i]! - rgb[top + i]!) * v;
    for (let x = 0, to = 0; x < width; x++) {
      const [left, right, u] = [before[x]!, after[x]!, weight[x]!];
      for (let channel = 0; channel < 3; channel++, to++)
        out[to] = line[left + channel]! + (line[right + channel]! - line[left + channel]!) * u;
    }
    return out;
  };
}
