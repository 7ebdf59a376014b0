import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from './errors.ts';

/** Makes a folder and those above it. Throws `cli/cannot-write`. */
export async function makeFolder(path: string): Promise<void> {
  await writing(path, () =>
    // On a read-only disk Node reports here that the folder does not exist; a plain call reports the cause.
    mkdir(path, { recursive: true }).catch(() => mkdir(path)),
  );
}

/**
 * Replaces a whole file; the one before stays where there is no room for the new one.
 * Throws `cli/cannot-write`.
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const part = `${path}.part`;
  await writing(path, async () => {
    try {
      await writeFile(part, content);
      await rename(part, path);
    } catch (thrown) {
      await rm(part, { force: true }).catch(() => {});
      throw thrown;
    }
  });
}

/** Path of the journal of followed frames, in a folder that is not complete. */
export const followedIn = (folder: string): string => join(folder, 'followed');

/** Writes bytes at a place of a file and cuts it off behind them. Creates the file where the place is its start. */
export async function writeAt(path: string, at: number, bytes: Uint8Array): Promise<void> {
  const file = await open(path, at === 0 ? 'w' : 'r+');
  try {
    await file.truncate(at);
    await file.write(bytes, 0, bytes.length, at);
  } finally {
    await file.close();
  }
}

/** Does what writes to `path`. Throws `cli/cannot-write` where that fails. */
export async function writing(path: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw failure('cli/cannot-write', { path, detail }, { cause });
  }
}
