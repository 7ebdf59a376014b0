import {
  BlobReader,
  BlobWriter,
  configure,
  ERR_UNSAFE_FILENAME,
  type FileEntry,
  ZipReader,
  ZipWriter,
} from '@zip.js/zip.js';
import { LOCAL_BYTES, LOCAL_HEADER } from '../../engine/weights/zip.ts';
import { UnpromptedError } from '../../lib/failure.ts';
import { failure, type ProjectFault } from '../words/errors.ts';
import { checkDocument } from './check.ts';
import type { ProjectDocument } from './document.ts';

// A project file is a zip: `project.json`, every typed array beside it (`arrays/0.i32`, little-endian, named in the
// JSON as {"$i32": 0}), and where it travels along, the clip under `clip/`.
const JSON_ENTRY = 'project.json';
const arrayEntry = (place: number): string => `arrays/${place}.i32`;
const CLIP = 'clip/';
const MARK = '$i32';
/** Most bytes that an entry other than the clip may grow to, and all of them together. */
const MOST_BYTES = 2 ** 28;
const MOST_TOGETHER = 2 ** 29;
/** Files in a project: a clip of more single frames is not copied into one. */
const MOST_FILES = 10_000;
/**
 * Clips are stored uncompressed. Another program may have repacked the project, but pictures and videos shrink only a
 * little: a clip may unpack to at most this many times the project's size, plus an allowance.
 */
const CLIP_GROWTH = 8;
const CLIP_SPARE = 2 ** 26;

// The browser's own streams do the work: scripts from blobs are not allowed here, and not needed.
configure({ useWebWorkers: false });

export interface ProjectFile {
  document: ProjectDocument;
  /** The clip's files where they came along. */
  clip: File[];
}

/** Arrays that are kept as bytes; those of earlier versions name no kind and are Int32Arrays. */
const KINDS = { Int32Array, Uint16Array, Uint8Array, Float32Array } as const;
type Packed = InstanceType<(typeof KINDS)[keyof typeof KINDS]>;
const isPacked = (value: unknown): value is Packed =>
  Object.values(KINDS).some((kind) => value instanceof kind);

/** How far something is that was asked for, and a way to stop it. */
interface Watched {
  signal?: AbortSignal;
  /** How much of the clip is in, 0 to 1. */
  onPart?: (part: number) => void;
}

/** `clip`: files that travel along; none: the project will ask for them. */
export async function writeProject(
  document: ProjectDocument,
  clip: readonly File[],
  { signal, onPart }: Watched = {},
): Promise<Blob> {
  const arrays: Packed[] = [];
  const json = JSON.stringify(document, (_, value: unknown) =>
    isPacked(value) ? { [MARK]: arrays.push(value) - 1, of: value.constructor.name } : value,
  );
  const zip = new ZipWriter(new BlobWriter('application/zip'));
  await zip.add(JSON_ENTRY, new BlobReader(new Blob([json])));
  for (const [place, array] of arrays.entries()) {
    const bytes = new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
    await zip.add(arrayEntry(place), new BlobReader(new Blob([bytes])));
  }
  // Videos are compressed already.
  const all = clip.reduce((bytes, { size }) => bytes + size, 0);
  let before = 0;
  for (const file of clip) {
    await zip.add(`${CLIP}${file.name}`, new BlobReader(file), {
      level: 0,
      ...(signal && { signal }),
      onprogress: (bytes) => onPart?.((before + bytes) / Math.max(1, all)),
    });
    before += file.size;
  }
  return zip.close();
}

type Bad = (detail: ProjectFault) => Error;

/** @throws `project/bad`, `project/newer` */
export async function readProject(file: File): Promise<ProjectFile> {
  const bad: Bad = (detail) => failure('project/bad', { name: file.name, detail });
  const zip = new ZipReader(new BlobReader(file));
  try {
    const files = await filesIn(zip, bad);
    const own = new Map(
      files.filter(({ filename }) => !filename.startsWith(CLIP)).map((e) => [e.filename, e]),
    );
    const clipped = files.filter(({ filename }) => filename.startsWith(CLIP));
    if (sum(files, 'compressedSize') > file.size) throw bad({ code: 'overlap' });
    if (sum([...own.values()], 'uncompressedSize') > MOST_TOGETHER) throw bad({ code: 'unpacks' });
    if (sum(clipped, 'uncompressedSize') > CLIP_GROWTH * file.size + CLIP_SPARE)
      throw bad({ code: 'clip-unpacks' });
    const bytesOf = async (name: string): Promise<ArrayBuffer> => {
      const entry = own.get(name);
      if (!entry) throw bad({ code: 'missing', params: { file: name } });
      if (entry.uncompressedSize > MOST_BYTES) throw bad({ code: 'too-large', params: { file: name } });
      const blob = await unpacked(entry, true).catch(() => {
        throw bad({ code: 'damaged', params: { file: name } });
      });
      return blob.arrayBuffer();
    };
    const json = new TextDecoder().decode(await bytesOf(JSON_ENTRY));
    const arrays = new Map<number, ArrayBuffer>();
    for (let place = 0; own.has(arrayEntry(place)); place++) {
      arrays.set(place, await bytesOf(arrayEntry(place)));
    }
    const document = checkDocument(parsed(json, arrays, bad), file.name);
    const clip: File[] = [];
    for (const entry of clipped) {
      const name = entry.filename.slice(CLIP.length).replaceAll('/', '-');
      if (entry.uncompressedSize === 0) throw bad({ code: 'empty-clip', params: { file: name } });
      const blob = (await stored(entry, file)) ?? (await unpacked(entry, false).catch(() => null));
      if (!blob) throw bad({ code: 'damaged-clip' });
      clip.push(new File([blob], name));
    }
    return { document, clip };
  } finally {
    await zip.close();
  }
}

const sum = (files: readonly FileEntry[], size: 'compressedSize' | 'uncompressedSize') =>
  files.reduce((all, entry) => all + entry[size], 0);

async function filesIn(zip: ZipReader<Blob>, bad: Bad): Promise<FileEntry[]> {
  const files: FileEntry[] = [];
  let count = 0;
  try {
    for await (const entry of zip.getEntriesGenerator()) {
      if (++count > MOST_FILES) throw bad({ code: 'many-files', params: { most: MOST_FILES } });
      if (!entry.directory) files.push(entry);
    }
  } catch (thrown) {
    if (thrown instanceof UnpromptedError) throw thrown;
    const { message, filename } = thrown as { message?: string; filename?: string };
    throw message === ERR_UNSAFE_FILENAME
      ? bad({ code: 'outside', params: { file: String(filename) } })
      : bad({ code: 'no-zip' });
  }
  return files;
}

/** The part of a project file where an entry lies as it is, without a copy; null where it is packed. */
async function stored(entry: FileEntry, file: File): Promise<Blob | null> {
  if (entry.compressionMethod !== 0 || entry.encrypted) return null;
  const header = await file.slice(entry.offset, entry.offset + LOCAL_BYTES).arrayBuffer();
  if (header.byteLength < LOCAL_BYTES) return null;
  const view = new DataView(header);
  if (view.getUint32(0, true) !== LOCAL_HEADER) return null;
  const start = entry.offset + LOCAL_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  const blob = file.slice(start, start + entry.compressedSize);
  return blob.size === entry.uncompressedSize ? blob : null;
}

/** What an entry holds, which is never more than it says. `checked`: its checksum is compared. */
async function unpacked(entry: FileEntry, checked: boolean): Promise<Blob> {
  let size = 0;
  const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      size += chunk.byteLength;
      if (size > entry.uncompressedSize) throw new RangeError('more than was said');
      controller.enqueue(chunk);
    },
  });
  const [blob] = await Promise.all([
    new Response(counted.readable).blob(),
    entry.getData(counted.writable, { checkSignature: checked }),
  ]);
  if (blob.size !== entry.uncompressedSize) throw new RangeError('less than was said');
  return blob;
}

function parsed(json: string, arrays: ReadonlyMap<number, ArrayBuffer>, bad: Bad): unknown {
  try {
    return JSON.parse(json, (_, value: unknown) => {
      if (typeof value !== 'object' || value === null || !(MARK in value)) return value;
      const place = Number(value[MARK]);
      const bytes = arrays.get(place);
      const kind = 'of' in value && typeof value.of === 'string' ? value.of : 'Int32Array';
      const Kind = Object.hasOwn(KINDS, kind) ? KINDS[kind as keyof typeof KINDS] : Int32Array;
      if (bytes && bytes.byteLength % Kind.BYTES_PER_ELEMENT !== 0)
        throw bad({ code: 'damaged', params: { file: arrayEntry(place) } });
      return bytes && new Kind(bytes);
    });
  } catch (thrown) {
    if (thrown instanceof UnpromptedError) throw thrown;
    throw bad({ code: 'no-json', params: { file: JSON_ENTRY } });
  }
}
