import { readdir, readFile, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { FileSource } from '../src/evaluate/sequences.ts';
import { failure } from './errors.ts';

/** All files below a folder. Throws `cli/no-input`. */
export async function folderSource(folder: string): Promise<FileSource> {
  const found = await stat(folder).catch(() => null);
  if (!found?.isDirectory()) throw failure('cli/no-input', { path: folder });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink());
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(join(folder, sep).length));
  return {
    paths: paths.map((path) => path.split(sep).join('/')),
    read: (path) => readFile(join(folder, path)),
  };
}
