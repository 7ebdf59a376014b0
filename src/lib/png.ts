/**
 * PNG (ISO/IEC 15948) as masks and rendered frames need it: every colour type and bit depth is read, rows are not
 * interlaced; 8-bit palette, 8-bit RGB and 16-bit greyscale are written. zlib comes from the platform's own
 * CompressionStream, so it runs alike in a page, a worker and Node.
 */
import { joined } from './arrays.ts';
import { failure, type PNG_FAULTS } from './errors.ts';
import type { Phrase } from './phrases.ts';

export type PngColour = 'grey' | 'rgb' | 'palette' | 'grey-alpha' | 'rgba';

/** A picture as its file holds it, unscaled. */
export interface Png {
  width: number;
  height: number;
  colour: PngColour;
  /** Bits a sample in the file: 1, 2, 4, 8 or 16. */
  depth: number;
  /** [height, width, channels]; Uint16Array only where depth is 16. */
  samples: Uint8Array | Uint16Array;
  /** RGB triples of a palette picture. */
  palette: Uint8Array | null;
}

/** What `encodePng` writes. */
export interface PngSource {
  width: number;
  height: number;
  colour: 'palette' | 'rgb' | 'grey';
  /** [height, width, channels]; Uint16Array means 16-bit samples, for `grey` only. */
  samples: Uint8Array | Uint16Array;
  /** RGB triples, at most 256 of them; wanted by `palette`. */
  palette?: Uint8Array;
  /** Opacity of the palette's first entries; the others are opaque. */
  alpha?: Uint8Array;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

const COLOURS: Record<PngColour, { type: number; channels: number; depths: readonly number[] }> = {
  grey: { type: 0, channels: 1, depths: [1, 2, 4, 8, 16] },
  rgb: { type: 2, channels: 3, depths: [8, 16] },
  palette: { type: 3, channels: 1, depths: [1, 2, 4, 8] },
  'grey-alpha': { type: 4, channels: 2, depths: [8, 16] },
  rgba: { type: 6, channels: 4, depths: [8, 16] },
};

/** Above this a header is taken for damaged or hostile, before anything of that size is allocated. */
export const MAX_PIXELS = 2 ** 26;

/** Reads a PNG. `name` appears in errors. Throws `png/not-png`, `png/damaged`, `png/unsupported`, `png/too-large`. */
export async function decodePng(bytes: Uint8Array, name: string): Promise<Png> {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) throw failure('png/not-png', { name });
  const parts = [...chunks(bytes, name)];
  const [first] = parts;
  if (first?.type !== 'IHDR' || first.data.length !== 13) throw damaged(name, { code: 'no-header' });
  const header = readHeader(first.data, name);
  const { width, height, colour, depth } = header;
  const stored = parts.find((part) => part.type === 'PLTE')?.data ?? null;
  if (
    colour === 'palette' &&
    (!stored || stored.length === 0 || stored.length % 3 !== 0 || stored.length > 768)
  ) {
    throw damaged(name, { code: 'palette' });
  }
  const { channels } = COLOURS[colour];
  const stride = Math.ceil((width * channels * depth) / 8);
  const packed = parts.filter((part) => part.type === 'IDAT').map((part) => part.data);
  const rows = await inflate(packed, height * (stride + 1), name);
  unfilter(rows, height, stride, Math.max(1, (channels * depth) >> 3), name);
  const samples = unpack(rows, width * channels, height, stride, depth);
  return { width, height, colour, depth, samples, palette: colour === 'palette' ? stored : null };
}

/** Writes a PNG. Palette and greyscale rows are stored as they are; RGB rows are Paeth filtered. */
export async function encodePng(source: PngSource): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, colour, samples, palette, alpha } = source;
  const { type, channels } = COLOURS[colour];
  const sampleBytes = samples.BYTES_PER_ELEMENT;
  const stride = width * channels * sampleBytes;
  if (samples.length !== width * height * channels || (sampleBytes === 2 && colour !== 'grey')) {
    throw new RangeError(`PNG: ${samples.length} samples do not make ${width} × ${height} ${colour}`);
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([sampleBytes * 8, type, 0, 0, 0], 8);

  const rows = new Uint8Array(height * (stride + 1));
  const plain = samples instanceof Uint16Array ? bigEndian(samples) : samples;
  let above: Uint8Array = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const row = plain.subarray(y * stride, (y + 1) * stride);
    const out = rows.subarray(y * (stride + 1), (y + 1) * (stride + 1));
    if (colour === 'rgb') filterPaeth(row, above, channels, out);
    else out.set(row, 1);
    above = row;
  }
  return joined(Uint8Array, [
    SIGNATURE,
    chunk('IHDR', header),
    ...(colour === 'palette' ? [chunk('PLTE', palette ?? new Uint8Array(0))] : []),
    ...(colour === 'palette' && alpha ? [chunk('tRNS', alpha)] : []),
    chunk('IDAT', await deflate(rows)),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

function damaged(name: string, detail: Phrase<typeof PNG_FAULTS>, options: ErrorOptions = {}) {
  return failure('png/damaged', { name, detail }, options);
}

function* chunks(bytes: Uint8Array, name: string): Generator<{ type: string; data: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE.length; ; ) {
    if (at + 12 > bytes.length) throw damaged(name, { code: 'cut' });
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length) throw damaged(name, { code: 'cut' });
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (view.getUint32(end - 4) !== crc32(bytes.subarray(at + 4, end - 4))) {
      throw damaged(name, { code: 'checksum', params: { part: type } });
    }
    if (type === 'IEND') return;
    yield { type, data: bytes.subarray(at + 8, end - 4) };
    at = end;
  }
}

function readHeader(data: Uint8Array, name: string) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth = 0, type, compression, filter, interlace] = data.subarray(8);
  if (width === 0 || height === 0) throw damaged(name, { code: 'empty' });
  if (width * height > MAX_PIXELS) throw failure('png/too-large', { name, width, height });
  const found = (Object.keys(COLOURS) as PngColour[]).find((colour) => COLOURS[colour].type === type);
  if (!found || !COLOURS[found].depths.includes(depth) || compression !== 0 || filter !== 0) {
    throw damaged(name, { code: 'kind' });
  }
  if (interlace !== 0) throw failure('png/unsupported', { name, feature: 'interlaced' });
  return { width, height, depth, colour: found };
}

/** Inflates exactly `length` bytes; stops a stream that holds more before it fills the memory. */
async function inflate(packed: Uint8Array[], length: number, name: string): Promise<Uint8Array> {
  const out = new Uint8Array(length);
  let at = 0;
  try {
    const reader = through(packed, new DecompressionStream('deflate')).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (at + value.length > length) {
        await reader.cancel();
        throw new RangeError('more pixels than the header says');
      }
      out.set(value, at);
      at += value.length;
    }
  } catch (thrown) {
    throw damaged(name, { code: thrown instanceof RangeError ? 'too-many' : 'packed' }, { cause: thrown });
  }
  if (at < length) throw damaged(name, { code: 'too-few' });
  return out;
}

async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await new Response(through([bytes], new CompressionStream('deflate'))).arrayBuffer());
}

function through(
  parts: Uint8Array[],
  transform: CompressionStream | DecompressionStream,
): ReadableStream<Uint8Array> {
  const source = new ReadableStream<BufferSource>({
    start(controller) {
      for (const part of parts) controller.enqueue(new Uint8Array(part));
      controller.close();
    },
  });
  return source.pipeThrough(transform);
}

/** Undoes the filters in place: `rows` are [height, 1 + stride], a filter's number before each row. */
function unfilter(rows: Uint8Array, height: number, stride: number, pixel: number, name: string): void {
  let above: Uint8Array = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const kind = rows[y * (stride + 1)]!;
    const row = rows.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1));
    if (kind > 4) throw damaged(name, { code: 'filter' });
    if (kind === 2) for (let i = 0; i < stride; i++) row[i]! += above[i]!;
    else if (kind > 0) {
      for (let i = 0; i < stride; i++) {
        const left = i < pixel ? 0 : row[i - pixel]!;
        const up = above[i]!;
        if (kind === 1) row[i]! += left;
        else if (kind === 3) row[i]! += (left + up) >> 1;
        else row[i]! += paeth(left, up, i < pixel ? 0 : above[i - pixel]!);
      }
    }
    above = row;
  }
}

/** Whichever of left, above and corner is nearest to left + above - corner; ties in that order. */
function paeth(left: number, up: number, corner: number): number {
  const dLeft = Math.abs(up - corner);
  const dUp = Math.abs(left - corner);
  const dCorner = Math.abs(left + up - 2 * corner);
  if (dLeft <= dUp && dLeft <= dCorner) return left;
  return dUp <= dCorner ? up : corner;
}

function filterPaeth(row: Uint8Array, above: Uint8Array, pixel: number, out: Uint8Array): void {
  out[0] = 4;
  for (let i = 0; i < row.length; i++) {
    const left = i < pixel ? 0 : row[i - pixel]!;
    out[i + 1] = row[i]! - paeth(left, above[i]!, i < pixel ? 0 : above[i - pixel]!);
  }
}

/** Samples of `rows` (filter byte first), one an element. */
function unpack(rows: Uint8Array, perRow: number, height: number, stride: number, depth: number) {
  const samples = depth === 16 ? new Uint16Array(perRow * height) : new Uint8Array(perRow * height);
  for (let y = 0; y < height; y++) {
    const row = rows.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1));
    const out = samples.subarray(y * perRow, (y + 1) * perRow);
    if (depth === 8) out.set(row);
    else if (depth === 16) for (let i = 0; i < perRow; i++) out[i] = (row[2 * i]! << 8) | row[2 * i + 1]!;
    else {
      const [perByte, mask] = [8 / depth, (1 << depth) - 1];
      for (let i = 0; i < perRow; i++) {
        out[i] = (row[Math.floor(i / perByte)]! >> (8 - depth * ((i % perByte) + 1))) & mask;
      }
    }
  }
  return samples;
}

function bigEndian(samples: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  for (const [i, sample] of samples.entries()) {
    bytes[2 * i] = sample >> 8;
    bytes[2 * i + 1] = sample;
  }
  return bytes;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}

/** CRC-32 of the reflected polynomial EDB88320 (PNG, annex D), a byte at a time. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ bytes[i]!) & 255]!;
  return ~crc >>> 0;
}
