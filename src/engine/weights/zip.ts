import type { Phrase } from '../../lib/phrases.ts';
import { failure } from './errors.ts';
import type { CHECKPOINT_FAULTS } from './faults.ts';

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
export const LOCAL_HEADER = 0x04034b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
export const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 0xffff;
/** A size or an offset of all ones says: look in the zip64 record. */
const ZIP64 = 0xffffffff;

const bad = (detail: Phrase<typeof CHECKPOINT_FAULTS>) => failure('weights/bad-checkpoint', { detail });

function findEnd(view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--)
    if (view.getUint32(at, true) === END) return at;
  throw bad({ code: 'no-end' });
}

/**
 * The entries of a zip archive as views of its bytes. Only stored entries are taken, which is how PyTorch
 * writes them: nothing is ever inflated, so nothing can grow past the file's own size.
 *
 * Projects and exports use a library for their zips; this reader copies nothing, where a library would hold the weights
 * twice, and refuses entries that overlap.
 * @throws `weights/bad-checkpoint`
 */
export function readStoredZip(bytes: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (at === ZIP64 || count === 0xffff) throw bad({ code: 'zip64' });

  const entries = new Map<string, Uint8Array>();
  const places: { name: string; from: number; to: number }[] = [];
  const names = new TextDecoder();
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_BYTES > end || view.getUint32(at, true) !== CENTRAL) throw bad({ code: 'entries' });
    const method = view.getUint16(at + 10, true);
    const packed = view.getUint32(at + 20, true);
    const size = view.getUint32(at + 24, true);
    const nameBytes = view.getUint16(at + 28, true);
    const skip = nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const local = view.getUint32(at + 42, true);
    const name = names.decode(bytes.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes));
    if (method !== 0 || packed !== size) throw bad({ code: 'compressed', params: { entry: name } });
    if (entries.has(name)) throw bad({ code: 'twice', params: { entry: name } });
    if (local + LOCAL_BYTES > end || view.getUint32(local, true) !== LOCAL_HEADER)
      throw bad({ code: 'misplaced', params: { entry: name } });
    const from = local + LOCAL_BYTES + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const to = from + size;
    if (to > end) throw bad({ code: 'beyond', params: { entry: name } });
    entries.set(name, bytes.subarray(from, to));
    places.push({ name, from: local, to });
    at += CENTRAL_BYTES + skip;
  }
  places.sort((a, b) => a.from - b.from);
  places.forEach(({ name, from }, i) => {
    if (i > 0 && from < places[i - 1]!.to) throw bad({ code: 'overlap', params: { entry: name } });
  });
  return entries;
}
