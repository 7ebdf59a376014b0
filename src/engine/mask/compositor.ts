/**
 * What effects make of a picture: the definition in TypeScript, which also runs where there is no fast WebGL. Its twin,
 * webgl-compositor.ts, gives the same within 2/255.
 */

import { coverage } from './coverage.ts';
import type { Background, Edge, Effects, ObjectLook } from './effects.ts';
import { LABELS } from './strokes.ts';
import type { LabelMap } from './types.ts';

/** What becomes of the pixels of a label. */
const TREATMENT = { behind: 0, kept: 1, pixelated: 2, blurred: 3 } as const;

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
  const treatments = new Uint8Array(LABELS);
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
  /** Soft coverage of all shown objects, of the pixelated and of the blurred ones, 0..255; null: not needed. [height, width] */
  shown: Uint8Array | null;
  pixelated: Uint8Array | null;
  blurred: Uint8Array | null;
  /** Side of the blocks that are averaged before they are blurred. */
  block: number;
  /** Side of the blocks of what is pixelated. */
  mosaic: number;
}

export function prepared({ map, treatments, background, strength, edge }: Scene): Prepared {
  const plane = (chosen: (treatment: number) => boolean) =>
    coverage(map, treatments.map((treatment) => Number(chosen(treatment))) as Uint8Array, edge);
  const only = (wanted: number) =>
    treatments.includes(wanted) ? plane((treatment) => treatment === wanted) : null;
  return {
    width: map.width,
    height: map.height,
    shown: background === 'none' ? null : plane((treatment) => treatment !== TREATMENT.behind),
    pixelated: only(TREATMENT.pixelated),
    blurred: only(TREATMENT.blurred),
    block: Math.max(1, Math.round(strength / SIGMA)),
    mosaic: Math.max(2, Math.round(strength)),
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

/** In blocks of this side or larger every other row and column is enough to know their mean. */
export const COARSE = 8;

/**
 * Changes a picture, straight RGBA and opaque [height, width, 4], into what the scene's effects make of it: first the
 * objects, then what is behind them. Averages are of the picture as it came.
 */
export function composite(pixels: Uint8ClampedArray, scene: Scene): void {
  const { width, height, shown, pixelated, blurred, block, mosaic } = prepared(scene);
  const blur = (front: Uint8Array | null) =>
    enlarged(smallOf(blurredSums(blockSums(pixels, front, width, height, block))), width, block);
  const around = scene.background === 'blur' ? blur(shown) : null;
  const within = blurred && blur(null);
  const tiles = pixelated && smallOf(blockSums(pixels, null, width, height, mosaic));

  if (pixelated && tiles) pixelate(pixels, pixelated, tiles, width, mosaic);
  for (let y = 0; y < height; y++) {
    if (blurred && within) mixRow(pixels, blurred, within(y), y * width, width, 0);
    if (shown && around) mixRow(pixels, shown, around(y), y * width, width, 255);
  }
  if (!shown) return;
  if (scene.background === 'grey') greyBehind(pixels, shown);
  else if (scene.background === 'dim') dimBehind(pixels, shown);
  else if (scene.background === 'colour') fillBehind(pixels, shown, rgbOf(scene.colour));
}

/** A small picture: [rows, columns, 3] of 0..255. */
interface Small {
  rows: number;
  columns: number;
  rgb: Float32Array;
}

function pixelate(
  pixels: Uint8ClampedArray,
  cover: Uint8Array,
  { columns, rgb }: Small,
  width: number,
  side: number,
): void {
  for (let i = 0, y = 0; i < cover.length; y++) {
    const row = Math.floor(y / side) * columns;
    for (let x = 0; x < width; x++, i++) {
      if (cover[i] === 0) continue;
      const share = cover[i]! / 255;
      const tile = 3 * (row + Math.floor(x / side));
      const at = 4 * i;
      pixels[at] = pixels[at]! + (rgb[tile]! - pixels[at]!) * share;
      pixels[at + 1] = pixels[at + 1]! + (rgb[tile + 1]! - pixels[at + 1]!) * share;
      pixels[at + 2] = pixels[at + 2]! + (rgb[tile + 2]! - pixels[at + 2]!) * share;
    }
  }
}

/** Mixes a row of colours [width, 3] into the picture where it is covered, or with `flip` 255, where it is not. */
function mixRow(
  pixels: Uint8ClampedArray,
  cover: Uint8Array,
  line: Float32Array,
  from: number,
  width: number,
  flip: 0 | 255,
): void {
  for (let x = 0, to = 0, i = from, at = 4 * from; x < width; x++, to += 3, i++, at += 4) {
    const covered = cover[i]! ^ flip;
    if (covered === 0) continue;
    if (covered === 255) {
      pixels[at] = line[to]!;
      pixels[at + 1] = line[to + 1]!;
      pixels[at + 2] = line[to + 2]!;
      continue;
    }
    const share = covered / 255;
    pixels[at] = pixels[at]! + (line[to]! - pixels[at]!) * share;
    pixels[at + 1] = pixels[at + 1]! + (line[to + 1]! - pixels[at + 1]!) * share;
    pixels[at + 2] = pixels[at + 2]! + (line[to + 2]! - pixels[at + 2]!) * share;
  }
}

function greyBehind(pixels: Uint8ClampedArray, shown: Uint8Array): void {
  for (let i = 0, at = 0; i < shown.length; i++, at += 4) {
    if (shown[i] === 255) continue;
    const [r, g, b] = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
    const luma = LUMA[0] * r + LUMA[1] * g + LUMA[2] * b;
    const share = shown[i]! / 255;
    pixels[at] = luma + (r - luma) * share;
    pixels[at + 1] = luma + (g - luma) * share;
    pixels[at + 2] = luma + (b - luma) * share;
  }
}

function dimBehind(pixels: Uint8ClampedArray, shown: Uint8Array): void {
  const [red, green, blue] = rgbOf(NIGHT);
  // Most pixels are wholly behind: what they become is looked up.
  const dimmed = (to: number) =>
    Uint8ClampedArray.from({ length: 256 }, (_, own) => own + (to - own) * DIMMED);
  const [reds, greens, blues] = [dimmed(red), dimmed(green), dimmed(blue)];
  for (let i = 0, at = 0; i < shown.length; i++, at += 4) {
    if (shown[i] === 255) continue;
    if (shown[i] === 0) {
      pixels[at] = reds[pixels[at]!]!;
      pixels[at + 1] = greens[pixels[at + 1]!]!;
      pixels[at + 2] = blues[pixels[at + 2]!]!;
      continue;
    }
    const share = (1 - shown[i]! / 255) * DIMMED;
    pixels[at] = pixels[at]! + (red - pixels[at]!) * share;
    pixels[at + 1] = pixels[at + 1]! + (green - pixels[at + 1]!) * share;
    pixels[at + 2] = pixels[at + 2]! + (blue - pixels[at + 2]!) * share;
  }
}

function fillBehind(
  pixels: Uint8ClampedArray,
  shown: Uint8Array,
  [red, green, blue]: readonly [number, number, number],
): void {
  for (let i = 0, at = 0; i < shown.length; i++, at += 4) {
    if (shown[i] === 255) continue;
    if (shown[i] === 0) {
      pixels[at] = red;
      pixels[at + 1] = green;
      pixels[at + 2] = blue;
      continue;
    }
    const share = shown[i]! / 255;
    pixels[at] = red + (pixels[at]! - red) * share;
    pixels[at + 1] = green + (pixels[at + 1]! - green) * share;
    pixels[at + 2] = blue + (pixels[at + 2]! - blue) * share;
  }
}

/** Weighted sums of colours, and the weights' own: [rows, columns, 4]. */
interface Sums {
  rows: number;
  columns: number;
  sums: Float32Array;
}

/** Sums over square blocks; `front`: what of a pixel is an object, and hardly counts. */
function blockSums(
  pixels: Uint8ClampedArray,
  front: Uint8Array | null,
  width: number,
  height: number,
  side: number,
): Sums {
  const [rows, columns] = [Math.ceil(height / side), Math.ceil(width / side)];
  const sums = new Float32Array(4 * rows * columns);
  const step = side >= COARSE ? 2 : 1;
  const weights = Float32Array.from({ length: 256 }, (_, cover) => 1 - (cover / 255) * (1 - LEAST));
  for (let row = 0; row < rows; row++) {
    const bottom = Math.min(height, (row + 1) * side);
    for (let y = row * side; y < bottom; y += step) {
      for (let column = 0; column < columns; column++) {
        const end = Math.min(width, (column + 1) * side);
        let r = 0;
        let g = 0;
        let b = 0;
        let w = 0;
        for (let x = column * side; x < end; x += step) {
          const i = y * width + x;
          const weight = front ? weights[front[i]!]! : 1;
          r += weight * pixels[4 * i]!;
          g += weight * pixels[4 * i + 1]!;
          b += weight * pixels[4 * i + 2]!;
          w += weight;
        }
        const to = 4 * (row * columns + column);
        sums[to]! += r;
        sums[to + 1]! += g;
        sums[to + 2]! += b;
        sums[to + 3]! += w;
      }
    }
  }
  return { rows, columns, sums };
}

/** The sums blurred along both axes; what lies beyond the border does not count. */
function blurredSums({ rows, columns, sums }: Sums): Sums {
  const across = new Float32Array(sums.length);
  const out = new Float32Array(sums.length);
  for (let tap = -TAPS; tap <= TAPS; tap++) {
    const weight = KERNEL[tap + TAPS]!;
    const [first, end] = [4 * Math.max(0, -tap), 4 * Math.min(columns, columns - tap)];
    for (let row = 0; row < 4 * rows * columns; row += 4 * columns)
      for (let at = first; at < end; at++) across[row + at]! += weight * sums[row + at + 4 * tap]!;
  }
  for (let tap = -TAPS; tap <= TAPS; tap++) {
    const weight = KERNEL[tap + TAPS]!;
    const [first, end] = [Math.max(0, -tap), Math.min(rows, rows - tap)];
    for (let at = 4 * columns * first; at < 4 * columns * end; at++)
      out[at]! += weight * across[at + 4 * columns * tap]!;
  }
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
function enlarged({ rows, columns, rgb }: Small, width: number, block: number): (y: number) => Float32Array {
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
    for (let x = 0, to = 0; x < width; x++, to += 3) {
      const left = before[x]!;
      const right = after[x]!;
      const u = weight[x]!;
      out[to] = line[left]! + (line[right]! - line[left]!) * u;
      out[to + 1] = line[left + 1]! + (line[right + 1]! - line[left + 1]!) * u;
      out[to + 2] = line[left + 2]! + (line[right + 2]! - line[left + 2]!) * u;
    }
    return out;
  };
}
