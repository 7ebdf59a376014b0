import type { LIKES } from './errors.ts';
import { findPackets } from './mpegts.ts';

/** What the first bytes of a file say that it is. */
export type Sniffed =
  /** A container that the demuxer reads. */
  | { kind: 'video'; container: string }
  /** A picture; `animated`: it may hold several frames. */
  | { kind: 'image'; type: string; animated: boolean }
  /** Media that cannot be read here, though other programs can. */
  | { kind: 'unsupported'; container: string }
  /** Media without pictures. */
  | { kind: 'audio'; container: string }
  /** Something else. */
  | { kind: 'other'; like: keyof typeof LIKES };

/** How many bytes `sniff` wants to see: enough for a PNG's chunks before its data. */
export const SNIFF_BYTES = 65_536;

/** What a file is, by its first bytes (names lie); pure. */
export function sniff(head: Uint8Array): Sniffed {
  return image(head) ?? isobmff(head) ?? video(head) ?? foreign(head) ?? transport(head) ?? other(head);
}

function image(head: Uint8Array): Sniffed | null {
  const still = (type: string, animated = false): Sniffed => ({ kind: 'image', type, animated });
  if (starts(head, 0xff, 0xd8, 0xff)) return still('image/jpeg');
  if (starts(head, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a))
    return still('image/png', hasChunk(head, 'acTL'));
  if (['GIF87a', 'GIF89a'].includes(ascii(head, 0, 6))) return still('image/gif', true);
  if (ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 4) === 'WEBP')
    return still('image/webp', ascii(head, 12, 4) === 'VP8X' && (head[20]! & 0b10) !== 0);
  if (ascii(head, 0, 2) === 'BM' && head.length > 26 && view(head).getUint32(6, true) === 0)
    return still('image/bmp');
  return null;
}

/** Does the PNG have this chunk before its picture data? */
function hasChunk(png: Uint8Array, wanted: string): boolean {
  for (let at = 8; at + 8 <= png.length; at += 12 + view(png).getUint32(at)) {
    const name = ascii(png, at + 4, 4);
    if (name === wanted) return true;
    if (name === 'IDAT') return false;
  }
  return false;
}

const STILL_BRANDS = ['heic', 'heix', 'mif1', 'msf1', 'hevc', 'heim', 'heis'];

function isobmff(head: Uint8Array): Sniffed | null {
  const box = ascii(head, 4, 4);
  if (box === 'ftyp' || box === 'styp') {
    const major = ascii(head, 8, 4);
    const length = Math.min(head.length, view(head).getUint32(0));
    const brands = [major];
    for (let at = 16; at + 4 <= length; at += 4) brands.push(ascii(head, at, 4));
    if (brands.includes('avif') || brands.includes('avis'))
      return { kind: 'image', type: 'image/avif', animated: brands.includes('avis') };
    if (STILL_BRANDS.includes(major)) return { kind: 'unsupported', container: 'HEIC' };
    return { kind: 'video', container: major === 'qt  ' ? 'QuickTime' : 'MP4' };
  }
  if (box === 'moof' || box === 'sidx') return { kind: 'video', container: 'MP4' };
  // QuickTime came before the file type box, and Apple still writes movies without one.
  if (['moov', 'mdat', 'wide', 'free', 'skip', 'pnot'].includes(box))
    return { kind: 'video', container: 'QuickTime' };
  return null;
}

function video(head: Uint8Array): Sniffed | null {
  if (starts(head, 0x1a, 0x45, 0xdf, 0xa3))
    return { kind: 'video', container: ascii(head, 0, 64).includes('webm') ? 'WebM' : 'Matroska' };
  return null;
}

/** A transport stream may begin anywhere in a packet, so that all others are asked first. */
function transport(head: Uint8Array): Sniffed | null {
  return findPackets(head) && { kind: 'video', container: 'MPEG-TS' };
}

function foreign(head: Uint8Array): Sniffed | null {
  const unsupported = (container: string): Sniffed => ({ kind: 'unsupported', container });
  const audio = (container: string): Sniffed => ({ kind: 'audio', container });
  if (ascii(head, 0, 4) === 'RIFF') {
    const form = ascii(head, 8, 4);
    if (form === 'AVI ') return unsupported('AVI');
    if (form === 'WAVE') return audio('WAV');
    return unsupported(`RIFF ${form.trim()}`);
  }
  if (ascii(head, 0, 3) === 'FLV') return unsupported('FLV');
  if (ascii(head, 0, 4) === 'OggS') return unsupported('Ogg');
  if (starts(head, 0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11)) return unsupported('WMV/ASF');
  if (starts(head, 0x00, 0x00, 0x01, 0xba) || starts(head, 0x00, 0x00, 0x01, 0xb3))
    return unsupported('MPEG program stream');
  if (ascii(head, 0, 4) === '.RMF') return unsupported('RealMedia');
  if (ascii(head, 0, 4) === 'DKIF') return unsupported('IVF');
  if (ascii(head, 0, 9) === 'YUV4MPEG2') return unsupported('Y4M');
  if (starts(head, 0x06, 0x0e, 0x2b, 0x34)) return unsupported('MXF');
  if (starts(head, 0x49, 0x49, 0x2a, 0x00) || starts(head, 0x4d, 0x4d, 0x00, 0x2a))
    return unsupported('TIFF');
  if (ascii(head, 0, 4) === 'fLaC') return audio('FLAC');
  if (ascii(head, 0, 3) === 'ID3' || (head[0] === 0xff && (head[1]! & 0xe6) === 0xe2)) return audio('MP3');
  return null;
}

function other(head: Uint8Array): Sniffed {
  const like = (what: keyof typeof LIKES): Sniffed => ({ kind: 'other', like: what });
  if (ascii(head, 0, 4) === '%PDF') return like('pdf');
  if (starts(head, 0x50, 0x4b, 0x03, 0x04)) return like('zip');
  if (starts(head, 0x1f, 0x8b)) return like('gzip');
  if (starts(head, 0x52, 0x61, 0x72, 0x21)) return like('rar');
  if (starts(head, 0x37, 0x7a, 0xbc, 0xaf)) return like('7z');
  if (starts(head, 0x7f, 0x45, 0x4c, 0x46) || ascii(head, 0, 2) === 'MZ') return like('program');
  if (ascii(head, 0, 6) === 'SQLite') return like('database');
  const text = head.subarray(0, 512);
  const printable = text.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
  if (!printable) return like('binary');
  const start = ascii(head, 0, 512).trimStart().toLowerCase();
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return like('page');
  if (start.startsWith('#extm3u')) return like('playlist');
  if (start.includes('<svg')) return like('svg');
  return like('text');
}

const starts = (head: Uint8Array, ...bytes: number[]) => bytes.every((byte, at) => head[at] === byte);
const ascii = (head: Uint8Array, at: number, length: number) =>
  String.fromCharCode(...head.subarray(at, at + length));
const view = (head: Uint8Array) => new DataView(head.buffer, head.byteOffset, head.byteLength);
