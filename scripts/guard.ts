import { realpath, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join, sep } from 'node:path';

/**
 * Whether a Host header names this machine itself. Any other name or address may be a page elsewhere that has pointed its
 * own name here.
 */
export function isLocal(host: string | undefined): boolean {
  const name = /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(host ?? '')?.[1]?.toLowerCase();
  if (name === undefined) return false;
  const address = name.replace(/^\[|\]$/g, '');
  if (isIP(address) === 4) return address.startsWith('127.');
  if (isIP(address) === 6) return new URL(`http://[${address}]`).hostname === '[::1]';
  return address === 'localhost' || address.endsWith('.localhost');
}

/** Whether a URL's path is that of a file (or of a folder's index.html) that lies below a folder, links followed. */
export async function isServed(folder: string, url: string): Promise<boolean> {
  const path = decoded(url.replace(/[?#].*$/s, ''));
  if (path === null || path.includes('\0') || path.includes('\\')) return false;
  const root = await realpath(folder).catch(() => null);
  const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
  const real = await realpath(file).catch(() => null);
  if (root === null || !real?.startsWith(root + sep)) return false;
  return (await stat(real)).isFile();
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}
