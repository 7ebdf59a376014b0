import { labOf } from '../../engine/mask/lab.ts';
import { PATTERNS, type Pattern } from '../../engine/mask/paint.ts';

/**
 * Object colours. The first seven are distinguished under protanopia, deuteranopia and tritanopia (Okabe and Ito's set,
 * lifted a little so that they carry over dark footage); the rest are lighter and darker siblings for long lists.
 */
export const PALETTE = [
  0x56b4e9, 0xf0a202, 0x1fb58f, 0xd987b8, 0xf0e442, 0xe8692c, 0x3d7fd6, 0xb7e08a, 0xa78bfa, 0xff9d9d,
  0x7adfe0, 0xc9a26d,
] as const;

/** Colours of the palette that people with any colour vision tell apart. */
const SAFE = 7;

/** The share of a picture that has to be near a colour for the colour to be lost in it. */
const NEAR = 0.05;

/**
 * The palette in the order that suits a clip: its first colours are those that stand out most from the picture, and from
 * each other (greatest least difference in CIELAB first). Colours that all people tell apart stay before the others.
 *
 * @param pixels of the clip, RGBA, 0..255 [pixels, 4]; without any, the palette is as it is
 */
export function paletteFor(pixels: ArrayLike<number>): readonly number[] {
  const seen = Array.from({ length: Math.floor(pixels.length / 4) }, (_, i) =>
    inLab(pixels[4 * i]!, pixels[4 * i + 1]!, pixels[4 * i + 2]!),
  );
  if (seen.length === 0) return PALETTE;
  const colours = PALETTE.map((colour) => {
    const lab = inLab(colour >> 16, (colour >> 8) & 255, colour & 255);
    const distances = Float64Array.from(seen, (other) => difference(lab, other)).sort();
    return { colour, lab, apart: distances[Math.floor(NEAR * (distances.length - 1))]! };
  });
  const chosen: typeof colours = [];
  const apart = (one: (typeof colours)[number]) =>
    Math.min(one.apart, ...chosen.map((other) => difference(one.lab, other.lab)));
  for (const group of [colours.slice(0, SAFE), colours.slice(SAFE)])
    for (const left = new Set(group); left.size > 0; ) {
      const next = [...left].reduce((best, one) => (apart(one) > apart(best) ? one : best));
      chosen.push(next);
      left.delete(next);
    }
  return chosen.map(({ colour }) => colour);
}

type Lab = readonly [lightness: number, a: number, b: number];

/** ΔE*ab of 1976. */
const difference = (one: Lab, other: Lab): number =>
  Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);

const inLab = (red: number, green: number, blue: number): Lab => {
  const packed = labOf(red, green, blue);
  return [((packed >> 16) * 100) / 255, (packed >> 8) & 255, packed & 255];
};

/** Colour of the background while it is shown. */
export const BACKGROUND_COLOUR = 0x8b93a1;

/** 0xRRGGBB as CSS. */
export const css = (colour: number): string => `#${colour.toString(16).padStart(6, '0')}`;

/** The `place`-th siblings of a colour: near in hue, lighter or darker; the 0th is the colour itself. Neighbours differ most. */
export function siblings(colour: number, place: number): number {
  if (place === 0) return colour;
  const [hue, saturation, lightness] = hslOf(colour);
  const turn = (step: number) => ((place * step) % 1) - 0.5;
  return rgbOf(
    (hue + 90 * turn(0.618) + 360) % 360,
    saturation,
    Math.min(0.88, Math.max(0.28, lightness + 0.42 * turn(0.382))),
  );
}

/** Hue in degrees, saturation and lightness in 0..1. */
function hslOf(colour: number): [number, number, number] {
  const [r, g, b] = [16, 8, 0].map((shift) => ((colour >> shift) & 255) / 255) as [number, number, number];
  const [low, high] = [Math.min(r, g, b), Math.max(r, g, b)];
  const lightness = (low + high) / 2;
  if (high === low) return [0, 0, lightness];
  const span = high - low;
  const sector = high === r ? (g - b) / span + 6 : high === g ? (b - r) / span + 2 : (r - g) / span + 4;
  return [(sector % 6) * 60, span / (1 - Math.abs(2 * lightness - 1)), lightness];
}

function rgbOf(hue: number, saturation: number, lightness: number): number {
  const span = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (lightness - span * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return (channel(0) << 16) | (channel(8) << 8) | channel(4);
}

/** Pattern of the object at a place in the list: neighbours in the list never share one. */
export const patternAt = (place: number): Pattern => PATTERNS[1 + (place % (PATTERNS.length - 1))]!;

/**
 * Colour of an attention weight, 0..1, from dark violet over red to pale yellow: lightness rises evenly, so that the
 * map reads in greyscale too. [r, g, b] of 0..255.
 */
export function heat(value: number): [number, number, number] {
  const at = Math.min(0.9999, Math.max(0, value)) * (STOPS.length - 1);
  const low = STOPS[Math.floor(at)]!;
  const high = STOPS[Math.floor(at) + 1]!;
  const part = at - Math.floor(at);
  return [0, 1, 2].map((i) => Math.round(low[i]! + (high[i]! - low[i]!) * part)) as [number, number, number];
}

const STOPS = [
  [18, 10, 48],
  [84, 22, 108],
  [158, 40, 98],
  [222, 73, 62],
  [248, 140, 32],
  [250, 208, 74],
  [253, 250, 206],
] as const;
