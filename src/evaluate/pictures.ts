/** Masks in the picture formats that the data sets come in. */

import { cutAtHalf, decodeMask, labelsOfValues, type MaskImage } from '../engine/mask/mask-png.ts';
import { hasSoftEdges } from '../engine/mask/soft.ts';
import { failure } from './errors.ts';

/** Reads a mask: PNG, PGM and PPM (FBMS-59), or uncompressed BMP (SegTrack-v2). Throws `png/…`, `mask/…`. */
export async function readMask(bytes: Uint8Array, name: string): Promise<MaskImage> {
  const start = String.fromCharCode(...bytes.subarray(0, 2));
  if (start === 'P5' || start === 'P6') return readNetpbm(bytes, name);
  if (start === 'BM') return readBitmap(bytes, name);
  return decodeMask(bytes, name);
}

/** One map of masks that are an object each, as SegTrack-v2 has them; where they overlap the later one wins. */
export function mergeObjects(masks: readonly MaskImage[]): MaskImage {
  const { width, height } = masks[0]!;
  const labels = new Uint16Array(width * height);
  for (const [place, mask] of masks.entries()) {
    for (let i = 0; i < labels.length; i++) if (mask.labels[i]) labels[i] = place + 1;
  }
  return { width, height, labels, values: null, grey: false, soft: false };
}

/** Binary PGM and PPM. The background is black in greyscale and white in colour: so FBMS-59 has it. */
function readNetpbm(bytes: Uint8Array, name: string): MaskImage {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 512));
  const found =
    /^P([56])(?:\s+(?:#[^\n]*\n\s*)*(\d+))(?:\s+(?:#[^\n]*\n\s*)*(\d+))(?:\s+(?:#[^\n]*\n\s*)*(\d+))\s/.exec(
      head,
    );
  const [kind, width, height, most] = (found ?? []).slice(1).map(Number);
  if (!found || !width || !height) throw failure('mask/damaged', { name, detail: 'header' });
  if (most !== 255) throw failure('mask/damaged', { name, detail: 'bits' });
  const channels = kind === 6 ? 3 : 1;
  const samples = bytes.subarray(found[0].length);
  if (samples.length < width * height * channels) {
    throw failure('mask/damaged', { name, detail: 'too-few' });
  }
  if (kind === 5)
    return { width, height, ...greyMask(samples.subarray(0, width * height), width, height, name) };
  const values = new Uint32Array(width * height);
  for (let i = 0; i < values.length; i++) {
    const at = i * channels;
    values[i] = (samples[at]! << 16) | (samples[at + 1]! << 8) | samples[at + 2]!;
  }
  return { width, height, ...labelsOfValues(values, 0xffffff, name), grey: false, soft: false };
}

function greyMask(
  levels: Uint8Array,
  width: number,
  height: number,
  name: string,
): Omit<MaskImage, 'width' | 'height'> {
  if (hasSoftEdges(levels, width, height, 255)) return cutAtHalf(levels, 255);
  return { ...labelsOfValues(levels, 0, name), grey: true, soft: false };
}

/** Uncompressed Windows bitmaps of 8 (palette), 24 and 32 bits. */
function readBitmap(bytes: Uint8Array, name: string): MaskImage {
  if (bytes.length < 54) throw failure('mask/damaged', { name, detail: 'cut' });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = view.getUint32(10, true);
  const palette = 14 + view.getUint32(14, true);
  const [width, signed] = [view.getInt32(18, true), view.getInt32(22, true)];
  const height = Math.abs(signed);
  const [bits, compression] = [view.getUint16(28, true), view.getUint32(30, true)];
  if (compression !== 0 || ![8, 24, 32].includes(bits)) {
    throw failure('mask/damaged', { name, detail: 'bitmap' });
  }
  const stride = Math.ceil((width * bits) / 32) * 4;
  const colours = bits === 8 ? view.getUint32(46, true) || 256 : 0;
  if (
    width <= 0 ||
    height === 0 ||
    start + stride * height > bytes.length ||
    palette + 4 * colours > bytes.length
  ) {
    throw failure('mask/damaged', { name, detail: 'too-few' });
  }
  const rgb = (at: number) => (bytes[at + 2]! << 16) | (bytes[at + 1]! << 8) | bytes[at]!;
  const values = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = start + stride * (signed > 0 ? height - 1 - y : y);
    for (let x = 0; x < width; x++) {
      const at = row + (x * bits) / 8;
      values[y * width + x] = rgb(bits === 8 ? palette + 4 * bytes[at]! : at);
    }
  }
  if (values.every((value) => value === (value & 255) * 0x010101))
    return { width, height, ...greyMask(Uint8Array.from(values), width, height, name) };
  return { width, height, ...labelsOfValues(values, 0, name), grey: false, soft: false };
}
