import type { Phrase, Said } from '../../lib/phrases.ts';
import type { CODECS, ELSEWHERE } from './errors.ts';

/** Codecs by the demuxer's short name. */
const NAMES: Record<string, string> = {
  avc: 'H.264',
  hevc: 'HEVC (H.265)',
  vp8: 'VP8',
  vp9: 'VP9',
  av1: 'AV1',
  prores: 'Apple ProRes',
};

/** How containers name video that is not coded: sample entry, or Matroska's CodecID. */
const RAW = ['V_UNCOMPRESSED', 'raw '];

/** Codecs that the demuxer does not know, by how containers name them. */
const FOREIGN: readonly (readonly [prefix: string, name: string])[] = [
  ['mp4v', 'MPEG-4 Part 2 (DivX, Xvid)'],
  ['V_MPEG4/ISO/A', 'MPEG-4 Part 2 (DivX, Xvid)'],
  ['V_MPEG4/ISO/SP', 'MPEG-4 Part 2 (DivX, Xvid)'],
  ['V_MPEG4/MS', 'Microsoft MPEG-4'],
  ['V_MPEG1', 'MPEG-1'],
  ['V_MPEG2', 'MPEG-2'],
  ['V_MJPEG', 'Motion JPEG'],
  ['V_THEORA', 'Theora'],
  ['V_FFV1', 'FFV1'],
  ['jpeg', 'Motion JPEG'],
  ['mjp', 'Motion JPEG'],
  ['dvh', 'DV'],
  ['dvc', 'DV'],
  ['AVd', 'Avid DNxHD'],
  ['s263', 'H.263'],
  ['h263', 'H.263'],
  ['vvc1', 'VVC (H.266)'],
  ['vvi1', 'VVC (H.266)'],
];

/** MPEG-TS's stream types. */
const STREAM_TYPES: Record<number, string> = {
  1: 'MPEG-1',
  2: 'MPEG-2',
  16: 'MPEG-4 Part 2',
  51: 'VVC (H.266)',
};

/**
 * A codec in words: `codec` is the demuxer's short name (null: unknown to it), `internal` the container's own,
 * `parameters` the full string of the web ('avc1.640028').
 */
export function codecName(
  codec: string | null,
  internal: string | number | Uint8Array | null,
  parameters: string | null,
): Phrase<typeof CODECS> | Said {
  if (codec !== null) {
    const profile = parameters ? unusualProfile(parameters) : null;
    const parts = [NAMES[codec] ?? codec, profile, parameters && `(${parameters})`];
    return { says: parts.filter(Boolean).join(' ') };
  }
  if (typeof internal === 'number') {
    const says = STREAM_TYPES[internal];
    return says === undefined ? { code: 'stream', params: { type: internal } } : { says };
  }
  if (typeof internal !== 'string') return { code: 'unknown' };
  if (RAW.some((prefix) => internal.startsWith(prefix))) return { code: 'raw' };
  const known = FOREIGN.find(([prefix]) => internal.startsWith(prefix));
  return { says: known ? known[1] : `“${internal}”` };
}

/** Profiles beyond 8-bit 4:2:0, which browsers may take and then fail to decode; by how the string of the web begins. */
const UNUSUAL_PROFILES: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^avc[13]\.6e/i, 'High 10'],
  [/^avc[13]\.7a/i, 'High 4:2:2'],
  [/^avc[13]\.f4/i, 'High 4:4:4'],
  [/^avc[13]\.2c/i, 'CAVLC 4:4:4'],
  [/^h(vc|ev)1\.[A-C]?2\./, 'Main 10'],
  [/^h(vc|ev)1\.[A-C]?4\./, 'range extensions'],
  [/^vp09\.01/, 'profile 1'],
  [/^vp09\.02/, 'profile 2'],
  [/^vp09\.03/, 'profile 3'],
  [/^av01\.1/, 'High'],
  [/^av01\.2/, 'Professional'],
];

/** The profile's name where it is one that few decoders know, else null. `parameters` as for `codecName`. */
export function unusualProfile(parameters: string): string | null {
  return UNUSUAL_PROFILES.find(([pattern]) => pattern.test(parameters))?.[1] ?? null;
}

/** The codec, where it is one that other browsers decode. */
export const decodableElsewhere = (codec: string | null): keyof typeof ELSEWHERE | null =>
  codec === 'hevc' || codec === 'av1' ? codec : null;

/** The command that makes of a file one that every browser can decode. */
export function convertCommand(name: string): string {
  return `ffmpeg -i ${quoted(name)} -c:v libx264 -crf 18 -pix_fmt yuv420p ${quoted(renamed(name, 'converted'))}`;
}

/** The command that keeps what can be read of a file. */
export function rescueCommand(name: string): string {
  return `ffmpeg -i ${quoted(name)} -c copy ${quoted(renamed(name, 'rescued'))}`;
}

const renamed = (name: string, what: string) => `${name.replace(/\.[^.]*$/, '')}-${what}.mp4`;
const quoted = (name: string) => `"${name.replace(/["$`\\]/g, '\\$&')}"`;
