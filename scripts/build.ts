import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';

/** The repository, whatever the working directory. */
export const root = join(import.meta.dirname, '..');

/** What a build is made from. */
const sources = [
  'index.html',
  'headless.html',
  'package.json',
  'vite.config.ts',
  'public',
  'samples',
  'scripts',
  'src',
  'workers',
];

/** Made by the build itself. */
const generated = new Set(['samples', 'ort']);

/** Newest modification time below a path in milliseconds; 0 where nothing is. */
async function newest(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const names = (await readdir(path)).filter((name) => !generated.has(name));
  const times = await Promise.all(names.map((name) => newest(join(path, name))));
  return Math.max(found.mtimeMs, ...times);
}

/**
 * Builds the app into dist/ when that is missing or older than what it is made from. `onBuild` is called before a
 * build starts, which takes some seconds.
 */
export async function ensureBuilt(onBuild: () => void): Promise<void> {
  const built = await newest(join(root, 'dist', 'headless.html'));
  const changed = await Promise.all(sources.map((name) => newest(join(root, name))));
  if (built > Math.max(...changed)) return;
  onBuild();
  await build({ root, logLevel: 'error' });
}
