import { fromHalf } from '../../lib/half.ts';
import type { Phrase } from '../../lib/phrases.ts';
import { failure } from './errors.ts';
import type { HEADER_FAULTS, TENSOR_FAULTS } from './faults.ts';
import type { Tensor } from './types.ts';

/** Element types of the format and their bytes. */
const ITEM_BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;

export type Dtype = keyof typeof ITEM_BYTES;

/** A tensor as it lies in a file: `data` is a view of the file's bytes, little-endian. */
export interface RawTensor {
  dtype: Dtype;
  shape: readonly number[];
  data: Uint8Array;
}

export interface SafetensorsFile {
  metadata: Record<string, string>;
  tensors: Map<string, RawTensor>;
  /** Types that are not read, such as those of 8-bit floats, by the names of their tensors. */
  unread: Map<string, string>;
}

/** The headers of the largest ViTs are a hundred times smaller; the format itself allows 100 MB, which is too much to parse. */
const HEADER_LIMIT = 16_000_000;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const badHeader = (detail: Phrase<typeof HEADER_FAULTS>) => failure('weights/bad-header', { detail });

/** Throws where an object at the top of valid JSON has one key twice: `JSON.parse` would keep the last in silence. */
function refuseDuplicates(json: string): void {
  const seen = new Set<string>();
  let depth = 0;
  for (const [token, text, colon] of json.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (text && colon && depth === 1) {
      const name = JSON.parse(text) as string;
      if (seen.has(name)) throw badHeader({ code: 'twice', params: { name } });
      seen.add(name);
    }
  }
}

function parseHeader(json: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch {
    throw badHeader({ code: 'json' });
  }
  if (!isObject(header)) throw badHeader({ code: 'object' });
  refuseDuplicates(json);
  return header;
}

function parseMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value) || Object.values(value).some((v) => typeof v !== 'string'))
    throw badHeader({ code: 'metadata' });
  return value as Record<string, string>;
}

interface Entry {
  /** One of `Dtype`, or a type that is not read. */
  dtype: string;
  shape: number[];
  begin: number;
  end: number;
}

function parseEntry(name: string, value: unknown): Entry {
  const bad = (detail: Phrase<typeof TENSOR_FAULTS>) => failure('weights/bad-tensor', { name, detail });
  if (!isObject(value)) throw bad({ code: 'object' });
  const { dtype, shape, data_offsets: offsets } = value;
  if (dtype === undefined) throw bad({ code: 'no-type' });
  if (typeof dtype !== 'string') throw bad({ code: 'type', params: { type: JSON.stringify(dtype) } });
  if (!Array.isArray(shape) || !shape.every(isSize)) throw bad({ code: 'shape' });
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize))
    throw bad({ code: 'offsets' });
  const [begin, end] = offsets as [number, number];
  if (end < begin) throw bad({ code: 'backwards' });
  if (!isDtype(dtype)) return { dtype, shape, begin, end };
  const bytes = shape.reduce((product, size) => product * size, ITEM_BYTES[dtype]);
  if (bytes !== end - begin) throw bad({ code: 'size', params: { shape, takes: bytes, has: end - begin } });
  return { dtype, shape, begin, end };
}

const isDtype = (dtype: string): dtype is Dtype => Object.hasOwn(ITEM_BYTES, dtype);

/**
 * Reads a safetensors file, trusting nothing in it: lengths, types, shapes and places must agree, and the
 * tensors must fill the file without a gap or an overlap, as the format demands. Copies no tensor. Types that are not
 * read are only named: few files need those tensors.
 * @throws `weights/cut`, `weights/bad-header`, `weights/bad-tensor`
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  if (bytes.byteLength < 8) throw failure('weights/cut', { wants: 8, has: bytes.byteLength });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > HEADER_LIMIT) throw badHeader({ code: 'long', params: { bytes: headerLength } });
  const start = 8 + headerLength;
  if (start > bytes.byteLength) throw failure('weights/cut', { wants: start, has: bytes.byteLength });

  let json: string;
  try {
    json = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start));
  } catch {
    throw badHeader({ code: 'utf8' });
  }
  const { __metadata__, ...named } = parseHeader(json);
  const metadata = parseMetadata(__metadata__);
  const entries = Object.entries(named).map(([name, value]) => [name, parseEntry(name, value)] as const);

  let filled = 0;
  for (const [name, { begin, end }] of entries.toSorted(
    ([, a], [, b]) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin !== filled) {
      const detail = { code: 'gap', params: { begin, end: filled } } as const;
      throw failure('weights/bad-tensor', { name, detail });
    }
    filled = end;
  }
  const has = bytes.byteLength - start;
  if (filled > has) throw failure('weights/cut', { wants: start + filled, has: bytes.byteLength });
  if (filled < has) throw badHeader({ code: 'unowned', params: { bytes: has - filled } });

  const tensors = new Map<string, RawTensor>();
  const unread = new Map<string, string>();
  for (const [name, { dtype, shape, begin, end }] of entries) {
    if (isDtype(dtype)) tensors.set(name, { dtype, shape, data: bytes.subarray(start + begin, start + end) });
    else unread.set(name, dtype);
  }
  return { metadata, tensors, unread };
}

/** Bytes at an offset that typed arrays of `itemBytes` accept: the same memory where it is aligned, else a copy. */
const aligned = (data: Uint8Array, itemBytes: number) =>
  data.byteOffset % itemBytes === 0 ? data : data.slice();

function fromBfloat16(words: Uint16Array): Float32Array {
  const bits = new Uint32Array(words.length);
  for (let i = 0; i < words.length; i++) bits[i] = words[i]! << 16;
  return new Float32Array(bits.buffer);
}

/** A raw tensor's values as float32 (F32 without a copy where aligned), or null for types that weights do not use. */
export function floatsOf({ dtype, data }: Pick<RawTensor, 'dtype' | 'data'>): Float32Array | null {
  const itemBytes = ITEM_BYTES[dtype];
  const { buffer, byteOffset, byteLength } = aligned(data, itemBytes);
  const length = byteLength / itemBytes;
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer, byteOffset, length);
    case 'F16':
      return fromHalf(new Uint16Array(buffer, byteOffset, length));
    case 'BF16':
      return fromBfloat16(new Uint16Array(buffer, byteOffset, length));
    case 'F64':
      return Float32Array.from(new Float64Array(buffer, byteOffset, length));
    default:
      return null;
  }
}

/** The float tensors among raw ones, as float32. Integers are left out: in weight files they count, they do not weigh. */
export function toWeights(tensors: ReadonlyMap<string, RawTensor>): Map<string, Tensor> {
  const weights = new Map<string, Tensor>();
  for (const [name, raw] of tensors) {
    const data = floatsOf(raw);
    if (data) weights.set(name, { shape: raw.shape, data });
  }
  return weights;
}

/** Writes float32 tensors, in the map's order, as one safetensors file. */
export function writeSafetensors(
  weights: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  let end = 0;
  const header: Record<string, unknown> = { __metadata__: metadata };
  for (const [name, { shape, data }] of weights) {
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // The format wants the tensors at a multiple of eight: spaces fill the header up.
  const headerLength = Math.ceil(json.byteLength / 8) * 8;
  const file = new Uint8Array(8 + headerLength + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(json, 8);
  file.fill(0x20, 8 + json.byteLength, 8 + headerLength);
  let at = 8 + headerLength;
  for (const { data } of weights.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}
