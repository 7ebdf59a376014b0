import { BlobReader, BlobWriter, configure, type FileEntry, ZipReader, ZipWriter } from '@zip.js/zip.js';
import { failure } from '../../lib/errors.ts';
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

// The browser's own streams do the work: scripts from blobs are not allowed here, and not needed.
configure({ useWebWorkers: false });

export interface ProjectFile {
  document: ProjectDocument;
  /** The clip's files where they came along. */
  clip: File[];
}

/** `clip`: files that travel along; none: the project will ask for them. */
export async function writeProject(document: ProjectDocument, clip: readonly File[]): Promise<Blob> {
  const arrays: Int32Array[] = [];
  const json = JSON.stringify(document, (_, value: unknown) =>
    value instanceof Int32Array ? { [MARK]: arrays.push(value) - 1 } : value,
  );
  const zip = new ZipWriter(new BlobWriter('application/zip'));
  await zip.add(JSON_ENTRY, new BlobReader(new Blob([json])));
  for (const [place, array] of arrays.entries()) {
    const bytes = new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
    await zip.add(arrayEntry(place), new BlobReader(new Blob([bytes])));
  }
  // Videos are compressed already.
  for (const file of clip) await zip.add(`${CLIP}${file.name}`, new BlobReader(file), { level: 0 });
  return zip.close();
}

/** @throws `project/bad`, `project/newer` */
export async function readProject(file: File): Promise<ProjectFile> {
  const bad = (detail: string) => failure('project/bad', { name: file.name, detail });
  const zip = new ZipReader(new BlobReader(file));
  try {
    const entries = await zip.getEntries().catch(() => {
      throw bad('it is no zip archive, or is cut short');
    });
    const files = entries.filter((entry): entry is FileEntry => !entry.directory);
    const own = new Map(
      files.filter(({ filename }) => !filename.startsWith(CLIP)).map((e) => [e.filename, e]),
    );
    const together = [...own.values()].reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
    if (together > MOST_TOGETHER) throw bad('it unpacks to more than any project holds');
    const bytesOf = async (name: string): Promise<ArrayBuffer> => {
      const entry = own.get(name);
      if (!entry) throw bad(`${name} is missing`);
      if (entry.uncompressedSize > MOST_BYTES) throw bad(`${name} is too large`);
      // The size in the list is a claim: reading checks it, and the checksum.
      const blob = await entry.getData(new BlobWriter(), { checkSignature: true }).catch(() => {
        throw bad(`${name} is damaged`);
      });
      if (blob.size !== entry.uncompressedSize) throw bad(`${name} is damaged`);
      return blob.arrayBuffer();
    };
    const json = new TextDecoder().decode(await bytesOf(JSON_ENTRY));
    const arrays = new Map<number, Int32Array>();
    for (let place = 0; own.has(arrayEntry(place)); place++) {
      const bytes = await bytesOf(arrayEntry(place));
      if (bytes.byteLength % 4 !== 0) throw bad(`${arrayEntry(place)} is damaged`);
      arrays.set(place, new Int32Array(bytes));
    }
    const document = checkDocument(parsed(json, arrays, bad), file.name);
    const clip = files
      .filter(({ filename }) => filename.startsWith(CLIP))
      .map(async (entry) => {
        const blob = await entry.getData(new BlobWriter()).catch(() => {
          throw bad('the clip in it is damaged');
        });
        return new File([blob], entry.filename.slice(CLIP.length).replaceAll('/', '-'));
      });
    return { document, clip: await Promise.all(clip) };
  } finally {
    await zip.close();
  }
}

function parsed(
  json: string,
  arrays: ReadonlyMap<number, Int32Array>,
  bad: (detail: string) => Error,
): unknown {
  try {
    return JSON.parse(json, (_, value: unknown) => {
      if (typeof value !== 'object' || value === null || !(MARK in value)) return value;
      return arrays.get(Number(value[MARK]));
    });
  } catch {
    throw bad(`${JSON_ENTRY} is not JSON`);
  }
}
