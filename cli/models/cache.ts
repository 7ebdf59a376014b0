import { appendFile, mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { PART_BYTES, type StoredFile, type WeightStore } from '../../src/engine/weights/store.ts';
import { failure } from '../errors.ts';

/** Where the command line keeps weights between runs: $XDG_CACHE_HOME/unprompted, or ~/.cache/unprompted. */
export const cacheFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'unprompted', 'weights');

/** A store in a folder of this machine, whose files can be read in place. */
export interface FolderStore extends WeightStore {
  /** The file of a complete record. */
  path(key: string): string;
}

const orNull = <T>(promise: Promise<T>): Promise<T | null> =>
  promise.catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR') return null;
    throw thrown;
  });

/** One folder per file of weights: its record, and its bytes so far. */
export function folderStore(folder: string): FolderStore {
  const path = (key: string) => join(folder, key, 'weights');
  const recordPath = (key: string) => join(folder, key, 'record.json');

  const find = async (key: string): Promise<StoredFile | null> => {
    const text = await orNull(readFile(recordPath(key), 'utf8'));
    return text === null ? null : (JSON.parse(text) as StoredFile);
  };

  const written = async (key: string, write: () => Promise<unknown>): Promise<void> => {
    try {
      await mkdir(join(folder, key), { recursive: true });
      await write();
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw failure('models/cannot-keep', { path: join(folder, key), detail }, { cause });
    }
  };

  return {
    path,
    find,
    async list() {
      const found = await Promise.all(((await orNull(readdir(folder))) ?? []).map(find));
      return found.filter((file) => file !== null).sort((a, b) => a.url.localeCompare(b.url));
    },
    record: (file) => written(file.key, () => writeFile(recordPath(file.key), JSON.stringify(file))),
    append: (key, part) => written(key, () => appendFile(path(key), part)),
    async *parts(key) {
      const file = await orNull(open(path(key)));
      if (!file) return;
      for await (const part of file.createReadStream({ highWaterMark: PART_BYTES })) yield part as Uint8Array;
    },
    size: async (key) => (await orNull(stat(path(key))))?.size ?? 0,
    async remove(key) {
      await orNull(rm(join(folder, key), { recursive: true }));
    },
  };
}
