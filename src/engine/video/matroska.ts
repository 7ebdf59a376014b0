import type { OnPart } from '../../lib/task.ts';
import { Window } from './window.ts';

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
const CUES = 0x1c53bb6b;
/** What a segment holds: seek head, info, tracks, cues, attachments, chapters, tags, void, checksum. */
const IN_SEGMENT = [
  0x114d9b74, 0x1549a966, 0x1654ae6b, 0x1c53bb6b, 0x1941a469, 0x1043a770, 0x1254c367, 0xec, 0xbf,
];
/** What a cluster holds: time, blocks, sizes, places, void, checksum, silent tracks, encrypted blocks. */
const IN_CLUSTER = [0xe7, 0xa3, 0xa0, 0xab, 0xa7, 0xec, 0xbf, 0x5854, 0xaf];
/** Longest header: an ID of 4 bytes and a size of 8. */
const HEADER = 12;

/** An element: where it begins, where its content does, and where it ends (null: it does not say). */
interface Element {
  id: number;
  at: number;
  start: number;
  end: number | null;
}

export interface Repaired {
  /** The file with void in the place of what is no Matroska, and a last cluster that says how long it is. */
  blob: Blob;
  /** Bytes of junk. */
  skipped: number;
  /** Does the file break off? */
  brokenOff: boolean;
}

/**
 * Walks a Matroska or WebM file from block to block and makes void what is neither, and the index of cues, which need not
 * be right: on junk the demuxer can search for ever, and it reads nothing of a cluster that the file does not hold to its
 * end. All that is sound stays where it is.
 */
export async function repairMatroska(file: Blob, signal?: AbortSignal, onPart?: OnPart): Promise<Repaired> {
  const bytes = new Window(file, signal, onPart);
  const parts: (Blob | Uint8Array<ArrayBuffer>)[] = [];
  let kept = 0;
  let [skipped, brokenOff] = [0, false];
  const put = (at: number, part: Uint8Array<ArrayBuffer>) => {
    parts.push(file.slice(kept, at), part);
    kept = at + part.length;
  };
  /** Makes void what lies between; at the file's end it is left away. */
  const hide = (from: number, to: number) => {
    if (to < file.size && to - from > 1) put(from, voidHeader(to - from));
    else {
      parts.push(file.slice(kept, from));
      kept = to;
    }
  };
  let at = 0;
  while (at < file.size) {
    signal?.throwIfAborted();
    const element = await elementAt(bytes, at);
    const { id, start, end } = element ?? { id: 0, start: 0, end: null };
    if (id === SEGMENT) at = start;
    else if (id === CLUSTER) {
      const limit = Math.min(end ?? file.size, file.size);
      const stop = await endOfCluster(bytes, start, limit);
      if (end !== null && stop < end) {
        put(at, headerOf(await bytes.at(at, start - at), stop - start));
        if (end <= file.size) {
          hide(stop, end);
          skipped += end - stop;
        } else brokenOff = true;
      }
      at = end !== null && end <= file.size ? end : stop;
    } else if (end !== null && end <= file.size && (id === EBML || IN_SEGMENT.includes(id))) {
      if (id === CUES) hide(at, end);
      at = end;
    } else {
      const next = await nextElement(bytes, at + 1);
      hide(at, next ?? file.size);
      const cut = end !== null && end > file.size && [...IN_SEGMENT, ...IN_CLUSTER].includes(id);
      if (next === null && cut) brokenOff = true;
      if (next !== null || !brokenOff) skipped += (next ?? file.size) - at;
      at = next ?? file.size;
    }
  }
  if (parts.length === 0) return { blob: file, skipped, brokenOff };
  parts.push(file.slice(kept));
  return { blob: new Blob(parts), skipped, brokenOff };
}

/** End of the last whole element before `limit` of the cluster whose content begins at `start`. */
async function endOfCluster(bytes: Window, start: number, limit: number): Promise<number> {
  for (let at = start; ; ) {
    const element = at < limit ? await elementAt(bytes, at) : null;
    if (!element?.end || !IN_CLUSTER.includes(element.id) || element.end > limit) return at;
    at = element.end;
  }
}

/** The header of a void element of `length` bytes, itself included; 2 at least. */
function voidHeader(length: number): Uint8Array<ArrayBuffer> {
  if (length < 9) return Uint8Array.of(0xec, 0x80 | (length - 2));
  const header = new Uint8Array(9);
  new DataView(header.buffer).setBigUint64(1, BigInt(length - 9) | (1n << 56n));
  header[0] = 0xec;
  return header;
}

/** The next place that holds a segment's element which fits into the file; null: there is none. */
async function nextElement(bytes: Window, from: number): Promise<number | null> {
  const step = 1 << 17;
  for (let base = from; base < bytes.size; base += step) {
    const part = await bytes.at(base, step + HEADER);
    for (let at = 0; at < Math.min(step, part.length - 4); at++) {
      // IDs of four bytes begin with 0001.
      if (part[at]! >> 4 !== 1) continue;
      const element = elementIn(part, at, base);
      const known =
        element && (element.id === CLUSTER || (IN_SEGMENT.includes(element.id) && element.id > 0xff));
      if (known && (element.id === CLUSTER || (element.end ?? Number.POSITIVE_INFINITY) <= bytes.size))
        return base + at;
    }
  }
  return null;
}

async function elementAt(bytes: Window, at: number): Promise<Element | null> {
  return elementIn(await bytes.at(at, HEADER), 0, at);
}

/** The element whose header is at `offset` of these bytes, which begin at `base` of the file; null: none is. */
function elementIn(bytes: Uint8Array, offset: number, base: number): Element | null {
  const idLength = Math.clz32(bytes[offset] ?? 0) - 23;
  const sizeAt = offset + idLength;
  const sizeLength = Math.clz32(bytes[sizeAt] ?? 0) - 23;
  if (idLength > 4 || sizeLength > 8 || sizeAt + sizeLength > bytes.length) return null;
  const number = (from: number, length: number, first: number) =>
    bytes.subarray(from + 1, from + length).reduce((value, byte) => value * 256 + byte, first);
  const id = number(offset, idLength, bytes[offset]!);
  const size = number(sizeAt, sizeLength, bytes[sizeAt]! & (0xff >> sizeLength));
  const start = base + sizeAt + sizeLength;
  const unknown = size === 2 ** (7 * sizeLength) - 1;
  return { id, at: base + offset, start, end: unknown ? null : start + size };
}

/** The header of a cluster with another size, as long as it was. */
function headerOf(header: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const out = Uint8Array.from(header);
  const length = out.length - 4;
  for (let i = 0; i < length; i++) out[out.length - 1 - i] = (size / 256 ** i) & 255;
  out[4]! |= 0x80 >> (length - 1);
  return out;
}
