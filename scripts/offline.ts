import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { Plugin } from 'vite';
import type { OfflineFiles } from '../workers/offline-files.ts';

/** Larger files, and those for an evaluation, a training or a sample, wait until they are wanted. */
const LARGEST = 2e6;
const LATER =
  /^(samples\/(?!samples\.json)|models\/.+\.(safetensors|md)$|assets\/(train|headless|webgl|webgpu-))/i;
/** Never asked for by the page: the engine's page without a face, the worker itself, and what hosts read. */
const NEVER = /^(headless\.html|offline\.js|_headers|vercel\.json|\..*|.*\.map)$/;

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Lists the built files and writes the list into the service worker, `offline.js`. */
export function offline(): Plugin {
  let out = 'dist';
  return {
    name: 'unprompted:offline',
    apply: 'build',
    configResolved(config) {
      out = resolve(config.root, config.build.outDir);
    },
    buildStart() {
      this.emitFile({ type: 'chunk', id: 'workers/offline.ts', fileName: 'offline.js' });
    },
    // The files of public/ are copied before the bundle is written.
    async writeBundle() {
      const listed: OfflineFiles = { version: '', first: [], later: [] };
      const digest = createHash('sha256');
      for (const path of (await filesBelow(out)).sort()) {
        const name = relative(out, path).split(sep).join('/');
        if (NEVER.test(name)) continue;
        const bytes = await readFile(path);
        digest.update(name).update(bytes);
        const wait = LATER.test(name) || bytes.length > LARGEST;
        (wait ? listed.later : listed.first).push(name);
      }
      listed.version = digest.digest('hex').slice(0, 12);
      const worker = join(out, 'offline.js');
      const code = await readFile(worker, 'utf8');
      await writeFile(worker, `const OFFLINE_FILES = ${JSON.stringify(listed)};\n${code}`);
    },
  };
}
