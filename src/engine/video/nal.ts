/**
 * NAL units of H.264 and HEVC, as far as decoders have to be helped with them. `lengthSize`: bytes of the length before
 * each unit (ISO/IEC 14496-15), or 0 for start codes (ITU-T H.264, Annex B).
 */

/** Bytes of the length before each unit of a track, by its decoder's configuration. */
export function lengthSizeOf({ codec, description }: VideoDecoderConfig): number {
  if (!description) return 0;
  const record = bytesOf(description);
  return ((/^avc/.test(codec) ? record[4]! : record[21]!) & 3) + 1;
}

/** The units of one packet; what does not fit is left out. */
export function nalUnits(data: Uint8Array, lengthSize: number): Uint8Array[] {
  const units: Uint8Array[] = [];
  if (lengthSize === 0) {
    for (let at = afterStartCode(data, 0); at !== null; ) {
      const next = afterStartCode(data, at);
      let end = next === null ? data.length : next - 3;
      while (end > at && data[end - 1] === 0) end--;
      if (end > at) units.push(data.subarray(at, end));
      at = next;
    }
    return units;
  }
  for (let at = 0; at + lengthSize < data.length; ) {
    let length = 0;
    for (let i = 0; i < lengthSize; i++) length = length * 256 + data[at++]!;
    if (length === 0 || at + length > data.length) break;
    units.push(data.subarray(at, at + length));
    at += length;
  }
  return units;
}

function afterStartCode(data: Uint8Array, from: number): number | null {
  for (let at = data.indexOf(1, from + 2); at !== -1; at = data.indexOf(1, at + 1))
    if (data[at - 1] === 0 && data[at - 2] === 0) return at + 1;
  return null;
}

/** One packet of these units. */
export function joined(units: readonly Uint8Array[], lengthSize: number): Uint8Array<ArrayBuffer> {
  const head = lengthSize || 4;
  const out = new Uint8Array(units.reduce((sum, unit) => sum + head + unit.length, 0));
  let at = 0;
  for (const unit of units) {
    const lead = lengthSize === 0 ? 1 : unit.length;
    for (let i = 0; i < head; i++) out[at + i] = lead / 256 ** (head - 1 - i);
    out.set(unit, at + head);
    at += head + unit.length;
  }
  return out;
}

const SPS = 7;
const DELIMITER = 9;
const avcType = (unit: Uint8Array) => unit[0]! & 31;
const hevcType = (unit: Uint8Array) => (unit[0]! >> 1) & 63;

/**
 * The packet that a decoder of H.264 begins with. Chromium takes it for no key frame where units stand before the
 * delimiter or are of the types 20 to 31, and loses B-frames where the SPS does not say how many it reorders.
 */
export function firstAvcPacket(data: Uint8Array, lengthSize: number): Uint8Array<ArrayBuffer> {
  const units = nalUnits(data, lengthSize);
  const begin = Math.max(
    0,
    units.findIndex((unit) => avcType(unit) === DELIMITER),
  );
  const kept = units.slice(begin).filter((unit) => avcType(unit) < 20);
  return joined(
    kept.map((unit) => (avcType(unit) === SPS ? withReorderLimit(unit) : unit)),
    lengthSize,
  );
}

/** Does this packet of HEVC hold a RASL picture, which cannot be decoded if decoding began at the key frame before it? */
export function isRasl(data: Uint8Array, lengthSize: number): boolean {
  return nalUnits(data, lengthSize).some((unit) => [8, 9].includes(hevcType(unit)));
}

/** Configuration of H.264 in which the first SPS says how many frames are reordered. */
export function withReorderLimits(config: VideoDecoderConfig): VideoDecoderConfig {
  if (!config.description) return config;
  const record = bytesOf(config.description);
  // ISO/IEC 14496-15, 5.3.3.1: the number of SPS, then the length of the first and itself.
  const length = (record[6]! << 8) | record[7]!;
  if ((record[5]! & 31) === 0 || 8 + length > record.length) return config;
  const sps = withReorderLimit(record.subarray(8, 8 + length));
  const description = Uint8Array.from([
    ...record.subarray(0, 6),
    sps.length >> 8,
    sps.length & 255,
    ...sps,
    ...record.subarray(8 + length),
  ]);
  return { ...config, description };
}

/** Is the video of this configuration interlaced? Chromium's hardware decoders do not play it. */
export function isInterlaced({ description }: VideoDecoderConfig): boolean {
  if (!description) return false;
  const record = bytesOf(description);
  const found = readSps(record.subarray(8, 8 + ((record[6]! << 8) | record[7]!)));
  return found !== null && !found.progressive;
}

/** Level and the macroblocks that its picture buffer holds (ITU-T H.264, table A-1). */
const BUFFERS: readonly (readonly [level: number, macroblocks: number])[] = [
  [10, 396],
  [11, 900],
  [20, 2376],
  [21, 4752],
  [30, 8100],
  [31, 18000],
  [32, 20480],
  [41, 32768],
  [42, 34816],
  [50, 110400],
  [52, 184320],
  [62, 696320],
];
/** Profiles that give their chroma format, and those whose intra-only form reorders nothing (E.2.1). */
const CHROMA_PROFILES = [100, 110, 122, 244, 44, 83, 86, 118, 128];
const INTRA_PROFILES = [44, 86, 100, 110, 122, 244];

interface Sps {
  bits: string;
  /** Where the VUI's flag is, and where the flag of its bitstream restriction (null: there is no VUI). */
  vui: number;
  restriction: number | null;
  restricted: boolean;
  /** Frames that may be reordered by the standard where the SPS says nothing. */
  reordered: number;
  progressive: boolean;
}

/** The SPS with max_num_reorder_frames, as the standard infers it, where it does not give it (E.2.1). */
export function withReorderLimit(sps: Uint8Array): Uint8Array {
  const found = readSps(sps);
  if (!found || found.restricted || found.reordered === 0) return sps;
  const { bits, vui, restriction, reordered } = found;
  const before = restriction === null ? `${bits.slice(0, vui)}100000000` : bits.slice(0, restriction);
  const limits = ['1', '1', ...[2, 1, 16, 16, reordered, reordered].map(expGolomb)].join('');
  return fromBits(`${before}${limits}1`);
}

/** Reads an SPS (7.3.2.1.1) up to its VUI's end; null where it cannot be read. */
function readSps(sps: Uint8Array): Sps | null {
  const bits = toBits(sps);
  let at = 8;
  const u = (count: number) => {
    at += count;
    return Number.parseInt(bits.slice(at - count, at), 2);
  };
  const ue = () => {
    const one = bits.indexOf('1', at);
    // Beyond the end: the bits run out, which is seen at last.
    if (one === -1) {
      at = bits.length + 1;
      return 0;
    }
    const zeros = one - at;
    at = one;
    return u(zeros + 1) - 1;
  };
  const skip = (count: number, read: () => unknown = ue) => {
    for (let i = 0; i < count; i++) read();
  };
  const profile = u(8);
  const constraints = u(8);
  const level = u(8);
  ue();
  if (CHROMA_PROFILES.includes(profile)) {
    const chroma = ue();
    if (chroma === 3) u(1);
    skip(2);
    u(1);
    const lists = u(1) === 0 ? 0 : chroma === 3 ? 12 : 8;
    for (let list = 0; list < lists; list++) {
      const there = u(1) === 1;
      if (there) skipScaling(list < 6 ? 16 : 64, ue);
    }
  }
  ue();
  const order = ue();
  if (order === 0) ue();
  else if (order === 1) {
    u(1);
    skip(2);
    skip(Math.min(255, ue()));
  }
  ue();
  u(1);
  const width = ue() + 1;
  const height = ue() + 1;
  const progressive = u(1) === 1;
  if (!progressive) u(1);
  u(1);
  if (u(1) === 1) skip(4);
  const vui = at;
  let restriction: number | null = null;
  let restricted = false;
  if (u(1) === 1) {
    if (u(1) === 1 && u(8) === 255) u(32);
    if (u(1) === 1) u(1);
    if (u(1) === 1) {
      u(4);
      if (u(1) === 1) u(24);
    }
    if (u(1) === 1) skip(2);
    if (u(1) === 1) u(65);
    const [network, video] = [skipHrd(u, ue), skipHrd(u, ue)];
    if (network || video) u(1);
    u(1);
    restriction = at;
    restricted = u(1) === 1;
  }
  if (at > bits.length || Number.isNaN(width * height)) return null;
  const [, macroblocks] = BUFFERS.find(([most]) => most >= level) ?? BUFFERS.at(-1)!;
  const intra = INTRA_PROFILES.includes(profile) && (constraints & 16) !== 0;
  const frame = width * height * (progressive ? 1 : 2);
  const reordered = intra ? 0 : Math.min(16, Math.floor(macroblocks / frame));
  return { bits, vui, restriction, restricted, reordered, progressive };
}

function skipScaling(size: number, ue: () => number): void {
  for (let i = 0, last = 8, next = 8; i < size; i++) {
    if (next !== 0) {
      const code = ue();
      next = (last + (code % 2 === 1 ? (code + 1) / 2 : -code / 2) + 256) % 256;
    }
    if (next !== 0) last = next;
  }
}

/** Skips HRD parameters (E.1.2), if they are there. */
function skipHrd(u: (count: number) => number, ue: () => number): boolean {
  if (u(1) === 0) return false;
  const count = ue() + 1;
  u(8);
  for (let i = 0; i < Math.min(32, count); i++) {
    ue();
    ue();
    u(1);
  }
  u(20);
  return true;
}

const expGolomb = (value: number) => {
  const binary = (value + 1).toString(2);
  return '0'.repeat(binary.length - 1) + binary;
};

/** Bits of a unit without its emulation prevention bytes (7.4.1). */
function toBits(unit: Uint8Array): string {
  let zeros = 0;
  let bits = '';
  for (const byte of unit) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    bits += byte.toString(2).padStart(8, '0');
  }
  return bits;
}

function fromBits(bits: string): Uint8Array {
  const out: number[] = [];
  let zeros = 0;
  for (let at = 0; at < bits.length; at += 8) {
    const byte = Number.parseInt(bits.slice(at, at + 8).padEnd(8, '0'), 2);
    if (zeros >= 2 && byte <= 3) {
      out.push(3);
      zeros = 0;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out.push(byte);
  }
  return Uint8Array.from(out);
}

const bytesOf = (data: AllowSharedBufferSource) =>
  ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
