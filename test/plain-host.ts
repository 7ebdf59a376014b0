import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

/** Nothing for .mjs, as on many servers. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** Serves a folder's files below a path, as a plain web space does: no header but the type, and 404 for all else. */
export async function plainHost(folder: string, below: string): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://plain');
    const name = decodeURIComponent(pathname.slice(below.length));
    const path = normalize(join(folder, name === '' ? 'index.html' : name));
    const inside = pathname.startsWith(below) && path.startsWith(folder + sep);
    const bytes = inside ? await readFile(path).catch(() => null) : null;
    response.writeHead(bytes ? 200 : 404, {
      'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
    });
    response.end(bytes ?? 'There is nothing here.');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}${below}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
