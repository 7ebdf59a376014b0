import { failure } from './errors.ts';

declare global {
  /** Only in dedicated workers, which TypeScript's library for pages leaves out. */
  interface FileSystemFileHandle {
    createSyncAccessHandle(): Promise<SyncFile>;
  }
}

interface SyncFile {
  read(to: ArrayBufferView, options: { at: number }): number;
  write(from: ArrayBufferView, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  close(): void;
}

/** A temporary file of 16-bit numbers. Offsets in bytes. */
export interface Overflow {
  write(at: number, numbers: Uint16Array<ArrayBuffer>): void;
  /** `count` numbers from `at` on. */
  read(at: number, count: number): Uint16Array<ArrayBuffer>;
  /** Deletes the file. */
  close(): Promise<void>;
}

const FOLDER = 'tokens';

/**
 * A file in the origin-private file system; null where there is none (Node, not in a worker, or denied, as in private
 * windows). Files that an earlier page left behind are deleted first; those of a page still open are in use and stay.
 * `write` throws `tokens/no-space` when the disk is full.
 */
export async function openOverflow(): Promise<Overflow | null> {
  if (
    typeof FileSystemFileHandle === 'undefined' ||
    !('createSyncAccessHandle' in FileSystemFileHandle.prototype)
  )
    return null;
  const opened = await newFile().catch(() => null);
  if (!opened) return null;
  const { folder, name, file } = opened;
  return {
    write: (at, numbers) => {
      try {
        if (file.write(numbers, { at }) === numbers.byteLength) return;
      } catch (thrown) {
        throw failure('tokens/no-space', { cause: thrown });
      }
      throw failure('tokens/no-space');
    },
    read: (at, count) => {
      const numbers = new Uint16Array(count);
      file.read(numbers, { at });
      return numbers;
    },
    close: async () => {
      file.close();
      await folder.removeEntry(name);
    },
  };
}

async function newFile() {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
  for await (const name of folder.keys()) await folder.removeEntry(name).catch(() => undefined);
  const name = crypto.randomUUID();
  const file = await (await folder.getFileHandle(name, { create: true })).createSyncAccessHandle();
  return { folder, name, file };
}
