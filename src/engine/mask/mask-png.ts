/** Label maps as the picture files that segmentation benchmarks use: indexed PNG with DAVIS's palette. */
import type { LabelMap } from '../api.ts';
import { failure } from '../errors.ts';
import { decodePng, encodePng } from './png.ts';

/** A mask as read from a file. */
export interface MaskImage extends LabelMap {
  /** How the file tells objects apart: by palette index, by grey value or by colour. */
  kind: 'palette' | 'grey' | 'colour';
  /** 0xRRGGBB of each label, where the file has colours (`palette`, `colour`). */
  colours: Uint32Array | null;
}

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
 * Writes labels as an 8-bit palette PNG. Labels above 255 do not fit one: such a map is written as 16-bit greyscale,
 * which holds every label exactly and has no colours.
 */
export async function encodeMask(map: LabelMap, palette = davisPalette()): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, labels } = map;
  if (labels.some((label) => label > 255)) {
    return encodePng({ width, height, colour: 'grey', samples: labels });
  }
  return encodePng({ width, height, colour: 'palette', samples: Uint8Array.from(labels), palette });
}

/**
 * Reads a mask from PNG bytes. Palette and greyscale pictures give their numbers as they are (DAVIS-2016's foreground is 255).
 * In colour pictures black and transparent pixels are label 0 and the other colours are numbered 1, 2, … by
 * 0xRRGGBB ascending; `colours` tells them apart across frames. `name` appears in errors; throws `png/…`.
 */
export async function decodeMask(bytes: Uint8Array, name: string): Promise<MaskImage> {
  const { width, height, colour, depth, samples, palette } = await decodePng(bytes, name);
  if (colour === 'palette') {
    return { width, height, labels: Uint16Array.from(samples), kind: 'palette', colours: packed(palette!) };
  }
  const opaque = (1 << depth) - 1;
  if (colour === 'grey')
    return { width, height, labels: Uint16Array.from(samples), kind: 'grey', colours: null };
  if (colour === 'grey-alpha') {
    const labels = Uint16Array.from({ length: width * height }, (_, i) =>
      samples[2 * i + 1]! > 0 ? samples[2 * i]! : 0,
    );
    return { width, height, labels, kind: 'grey', colours: null };
  }
  const channels = colour === 'rgb' ? 3 : 4;
  const values = new Uint32Array(width * height);
  for (let i = 0; i < values.length; i++) {
    const at = i * channels;
    const alpha = channels === 4 ? samples[at + 3]! : opaque;
    const byte = (channel: number) => samples[at + channel]! >> (depth - 8);
    values[i] = alpha === 0 ? 0 : (byte(0) << 16) | (byte(1) << 8) | byte(2);
  }
  return { width, height, kind: 'colour', ...labelsOfColours(values, name) };
}

/** More colours than this are no mask: photographs have tens of thousands. */
const MAX_COLOURS = 4096;

/** Numbers the colours (0xRRGGBB) of a picture: 0 is black, the others follow in ascending order. Throws `png/not-mask`. */
export function labelsOfColours(
  values: Uint32Array,
  name: string,
): { labels: Uint16Array; colours: Uint32Array } {
  const colours = Uint32Array.from(new Set(values).add(0)).sort();
  if (colours.length > MAX_COLOURS) throw failure('png/not-mask', { name, colours: colours.length });
  const labelOf = new Map(Array.from(colours, (colour, label) => [colour, label]));
  return { labels: Uint16Array.from(values, (value) => labelOf.get(value)!), colours };
}

function packed(palette: Uint8Array): Uint32Array {
  return Uint32Array.from(
    { length: palette.length / 3 },
    (_, i) => (palette[3 * i]! << 16) | (palette[3 * i + 1]! << 8) | palette[3 * i + 2]!,
  );
}
