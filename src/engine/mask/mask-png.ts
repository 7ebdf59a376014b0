/** Label maps as the picture files that segmentation benchmarks use: indexed PNG with DAVIS's palette. */

import { decodePng, encodePng } from '../../lib/png.ts';
import { failure } from './errors.ts';
import { hasSoftEdges } from './soft.ts';
import type { LabelMap } from './types.ts';

/** A mask as read from a file. */
export interface MaskImage extends LabelMap {
  /**
   * What each label stands for in this picture, background first: a grey level or 0xRRGGBB. Null where labels are the
   * file's own numbers (palette indices, 16-bit greyscale) and mean the same in every frame.
   */
  values: Uint32Array | null;
  /** Whether values are grey levels. */
  grey: boolean;
  /**
   * Whether it had soft edges, which are cut at half: it was black and white, and label 1 is the brighter half; or what is
   * half transparent and more was taken for background.
   */
  soft: false | 'grey' | 'alpha';
}

/** The greatest number that an indexed PNG gives an object: the benchmarks take 255 for pixels that nobody labelled. */
export const MOST_INDICES = 254;

/**
 * The PASCAL VOC colour map that DAVIS masks carry, 256 RGB triples: bits 0, 1, 2 of a label, taken three at a time
 * from the low end, become the bits of red, green and blue from the high end.
 */
export function davisPalette(): Uint8Array {
  const palette = new Uint8Array(256 * 3);
  for (let label = 0; label < 256; label++) {
    for (let bit = 0, rest = label; rest > 0; bit++, rest >>= 3) {
      for (let channel = 0; channel < 3; channel++) {
        palette[label * 3 + channel]! |= ((rest >> channel) & 1) << (7 - bit);
      }
    }
  }
  return palette;
}

/**
 * Writes labels as an 8-bit palette PNG. Labels above 254 do not fit one, since 255 means no object there: such a map is
 * written as 16-bit greyscale, which holds every label exactly and has no colours.
 */
export async function encodeMask(map: LabelMap, palette = davisPalette()): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, labels } = map;
  if (labels.some((label) => label > MOST_INDICES)) {
    return encodePng({ width, height, colour: 'grey', samples: labels });
  }
  return encodePng({ width, height, colour: 'palette', samples: Uint8Array.from(labels), palette });
}

/**
 * Reads a mask from PNG bytes. Palette indices and 16-bit greyscale are labels as they are. In other pictures black
 * and transparent pixels are label 0, and the other grey levels or colours are numbered from 1, ascending; soft edges of
 * black and white are cut at half. `name` appears in errors; throws `png/…`.
 */
export async function decodeMask(bytes: Uint8Array, name: string): Promise<MaskImage> {
  const { width, height, colour, depth, samples } = await decodePng(bytes, name);
  const size = { width, height };
  if (colour === 'palette') {
    return { ...size, labels: Uint16Array.from(samples), values: null, grey: false, soft: false };
  }
  if (colour === 'grey') {
    const white = 2 ** depth - 1;
    if (hasSoftEdges(samples, width, height, white)) return { ...size, ...cutAtHalf(samples, white) };
    if (depth < 16) return { ...size, ...labelsOfValues(samples, 0, name), grey: true, soft: false };
    return { ...size, labels: Uint16Array.from(samples), values: null, grey: false, soft: false };
  }
  const channels = { 'grey-alpha': 2, rgb: 3, rgba: 4 }[colour];
  const transparent = channels % 2 === 0;
  const values = new Uint32Array(width * height);
  const levels = new Uint8Array(width * height);
  const opaque = depth === 16 ? 0xffff : 0xff;
  let grey = true;
  let alpha = false;
  const byte = (at: number) => (depth === 16 ? samples[at]! >> 8 : samples[at]!);
  for (let i = 0; i < values.length; i++) {
    const at = i * channels;
    const opacity = transparent ? samples[at + channels - 1]! : opaque;
    alpha ||= opacity > 0 && opacity < opaque;
    if (2 * opacity < opaque) continue;
    levels[i] = byte(at);
    values[i] = channels < 3 ? byte(at) : (byte(at) << 16) | (byte(at + 1) << 8) | byte(at + 2);
    if (channels > 2 && values[i] !== levels[i]! * 0x010101) grey = false;
  }
  const soft = alpha && 'alpha';
  if (!grey) return { ...size, ...labelsOfValues(values, 0, name), grey, soft };
  if (hasSoftEdges(levels, width, height, 255)) return { ...size, ...cutAtHalf(levels, 255) };
  return { ...size, ...labelsOfValues(levels, 0, name), grey, soft };
}

/** The brighter half of a grey picture as one object, of the level 255. */
export function cutAtHalf(
  levels: Uint8Array | Uint16Array,
  white: number,
): Pick<MaskImage, 'labels' | 'values' | 'grey' | 'soft'> {
  const labels = Uint16Array.from(levels, (level) => Number(2 * level > white));
  return { labels, values: Uint32Array.of(0, 255), grey: true, soft: 'grey' };
}

/** More colours than this are no mask: photographs have tens of thousands. */
const MAX_COLOURS = 4096;

/**
 * Numbers the values (grey levels or 0xRRGGBB) of a picture: 0 is `background`, the others follow in ascending order.
 * Throws `png/not-mask`.
 */
export function labelsOfValues(
  pixels: Uint8Array | Uint16Array | Uint32Array,
  background: number,
  name: string,
): { labels: Uint16Array; values: Uint32Array } {
  const labelOf = new Map<number, number>();
  // Masks are made of runs: only where a pixel differs from the one before is it looked up.
  for (let i = 0, last = -1; i < pixels.length; i++) {
    const value = pixels[i]!;
    if (value !== last) labelOf.set(value, 0);
    last = value;
  }
  labelOf.delete(background);
  if (labelOf.size > MAX_COLOURS) throw failure('png/not-mask', { name, colours: labelOf.size });
  const values = Uint32Array.of(background, ...Uint32Array.from(labelOf.keys()).sort());
  for (const [label, value] of values.entries()) labelOf.set(value, label);
  const labels = new Uint16Array(pixels.length);
  for (let i = 0, last = -1, label = 0; i < pixels.length; i++) {
    const value = pixels[i]!;
    if (value !== last) label = labelOf.get(value)!;
    last = value;
    labels[i] = label;
  }
  return { labels, values };
}
