import { failure } from '../../errors.ts';

/** What the browser keeps of one file of weights. */
export interface StoredFile {
  /** SHA-256 of the content where it was known beforehand, else a mark of the URL. */
  key: string;
  url: string;
  /** Bytes of the whole file. */
  bytes: number;
  /** Whether all of it is here. */
  complete: boolean;
  /** SHA-256 of what arrived; empty until it is complete. */
  sha256: string;
  /** Whether a hash that was known beforehand agreed. */
  verified: boolean;
}

/**
 * Keeps files of weights in parts, so that an arrival that was cut goes on where it stopped, even after the
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
        const stored = (await store.list()).map(({ url, bytes }) => ({ url, bytes }));
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

    async remove(key) {
      await orNull(root.removeEntry(key, { recursive: true }));
    },
  };
  return store;
}

/** The page's own store. Asks the browser to keep it when space runs low. */
export async function openBrowserStore(): Promise<WeightStore> {
  const root = await navigator.storage.getDirectory();
  await navigator.storage.persist?.();
  return openStore(await root.getDirectoryHandle('weights', { create: true }));
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
