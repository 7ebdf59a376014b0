import { failure } from './errors.ts';
import type { ModelEntry } from './types.ts';

/** What the browser keeps of one file of weights. */
export interface StoredFile {
  /** SHA-256 of the content where it was known beforehand, else a mark of the URL. */
  key: string;
  url: string;
  /** Bytes of the whole file. */
  bytes: number;
  /** Whether all of it is here. */
  complete: boolean;
  /** SHA-256 of the file; empty until it is complete. */
  sha256: string;
  /** Whether a hash that was known beforehand agreed. */
  verified: boolean;
  /** The model that it was found to be, for a file that a user added; the manifest's own files have none. */
  entry?: ModelEntry;
}

/**
 * Keeps files of weights in parts, so that an interrupted download resumes where it stopped, even after the
 * tab was closed, and nothing whole is ever rewritten.
 */
export interface WeightStore {
  list(): Promise<StoredFile[]>;
  find(key: string): Promise<StoredFile | null>;
  /** Writes a file's record, with no part yet or with the parts that are there. */
  record(file: StoredFile): Promise<void>;
  /** Adds the next part. Throws `store/full`. */
  append(key: string, part: Uint8Array): Promise<void>;
  /** The parts in order. */
  parts(key: string): AsyncIterable<Uint8Array>;
  /** Bytes of the parts together. */
  size(key: string): Promise<number>;
  remove(key: string): Promise<void>;
}

const RECORD = 'record.json';
const partName = (index: number) => `part-${String(index).padStart(5, '0')}`;

const isMissing = (thrown: unknown) => thrown instanceof DOMException && thrown.name === 'NotFoundError';
const isFull = (thrown: unknown) => thrown instanceof DOMException && thrown.name === 'QuotaExceededError';

async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (thrown) {
    if (isMissing(thrown)) return null;
    throw thrown;
  }
}

async function write(
  folder: FileSystemDirectoryHandle,
  name: string,
  data: Uint8Array | string,
): Promise<void> {
  const handle = await folder.getFileHandle(name, { create: true });
  const writable = await handle.createWritable();
  try {
    await writable.write(data as Uint8Array<ArrayBuffer> | string);
    await writable.close();
  } catch (thrown) {
    await writable.abort().catch(() => undefined);
    throw thrown;
  }
}

async function readRecord(folder: FileSystemDirectoryHandle): Promise<StoredFile | null> {
  const handle = await orNull(folder.getFileHandle(RECORD));
  return handle && (JSON.parse(await (await handle.getFile()).text()) as StoredFile);
}

async function partNames(folder: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  for await (const name of folder.keys()) if (name.startsWith('part-')) names.push(name);
  return names.sort();
}

/** A store in the origin's private file system: one folder a file, named by its key. */
export function openStore(root: FileSystemDirectoryHandle): WeightStore {
  const folderOf = (key: string) => root.getDirectoryHandle(key, { create: true });
  const store: WeightStore = {
    async list() {
      const files: StoredFile[] = [];
      for await (const handle of root.values()) {
        const record = handle.kind === 'directory' ? await readRecord(handle) : null;
        if (record) files.push(record);
      }
      return files.sort((a, b) => a.url.localeCompare(b.url));
    },

    async find(key) {
      const folder = await orNull(root.getDirectoryHandle(key));
      return folder && readRecord(folder);
    },

    record: async (file) => write(await folderOf(file.key), RECORD, JSON.stringify(file)),

    async append(key, part) {
      const folder = await folderOf(key);
      const name = partName((await partNames(folder)).length);
      try {
        await write(folder, name, part);
      } catch (thrown) {
        await folder.removeEntry(name).catch(() => undefined);
        if (!isFull(thrown)) throw thrown;
        // The file that lacks the room is no help.
        const others = (await store.list()).filter((file) => file.key !== key);
        const stored = others.map(({ url, bytes }) => ({ url, bytes }));
        throw failure('store/full', { wants: part.byteLength, stored }, { cause: thrown });
      }
    },

    async *parts(key) {
      const folder = await folderOf(key);
      for (const name of await partNames(folder)) {
        const file = await (await folder.getFileHandle(name)).getFile();
        yield new Uint8Array(await file.arrayBuffer());
      }
    },

    async size(key) {
      const folder = await orNull(root.getDirectoryHandle(key));
      if (!folder) return 0;
      const handles = await Promise.all((await partNames(folder)).map((name) => folder.getFileHandle(name)));
      const files = await Promise.all(handles.map((handle) => handle.getFile()));
      return files.reduce((sum, { size }) => sum + size, 0);
    },

    async remove(key) {
      await orNull(root.removeEntry(key, { recursive: true }));
    },
  };
  return store;
}

/** The page's own store. Throws `store/unavailable` where the browser has none (some have not in private windows). */
export async function openBrowserStore(): Promise<WeightStore> {
  try {
    const root = await navigator.storage.getDirectory();
    return openStore(await root.getDirectoryHandle('weights', { create: true }));
  } catch (thrown) {
    throw failure('store/unavailable', { cause: thrown });
  }
}

/** Asks the browser to keep what is stored even when space runs low; whether it does is its own choice. */
export async function askToPersist(): Promise<void> {
  await globalThis.navigator?.storage?.persist?.();
}

/** A complete file whole; null where it is not there, or not all of it. */
export async function readStored(store: WeightStore, key: string): Promise<Uint8Array | null> {
  const file = await store.find(key);
  if (!file?.complete) return null;
  const bytes = new Uint8Array(file.bytes);
  let at = 0;
  for await (const part of store.parts(key)) {
    if (at + part.length > bytes.length) return null;
    bytes.set(part, at);
    at += part.length;
  }
  return at === bytes.length ? bytes : null;
}

/** Bytes of a stored part: what is lost at most when the tab is closed in the middle of a download. */
export const PART_BYTES = 8 * 2 ** 20;

/** Writes a whole file under its record. Nothing of it stays where there is no room: `store/full`. */
export async function storeFile(store: WeightStore, file: Blob, record: StoredFile): Promise<void> {
  const kept = await store.find(record.key);
  if (!kept?.complete) {
    await store.remove(record.key);
    await store.record({ ...record, complete: false });
    try {
      for (let at = 0; at < file.size; at += PART_BYTES) {
        const part = await file.slice(at, at + PART_BYTES).arrayBuffer();
        await store.append(record.key, new Uint8Array(part));
      }
    } catch (thrown) {
      await store.remove(record.key);
      throw thrown;
    }
  }
  await store.record(record);
}
