import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A model hub for tests. */
export interface Hub {
  port: number;
  /** Bytes of the weights. */
  bytes: number;
  /** Ranges of the weights asked for so far, in order; null for the whole. */
  asked: (string | null)[];
  /** Sends only this many bytes of each next download before it cuts the connection; null: all. */
  cutAfter: number | null;
  close(): Promise<void>;
}

/** Where the hub's files lie: one of the names that it has redirected to. */
const STORAGE = 'https://us.aws.cdn.hf.co';

/** The storage's own id of a file, which it gives as ETag: as long as a SHA-256, and not the file's. */
const STORAGE_ID = 'e'.repeat(64);

/**
 * Stands in for the model hub: `/OWNER/NAME/resolve/main/FILE` redirects to its storage and gives the hash in
 * `x-linked-etag`, which a page cannot read there; `/raw/` gives the pointer of a large file; the storage knows ranges
 * and CORS, and its ETag is an id of its own. `secure`: for browsers, which are to find it under the hub's own names;
 * else it is its own storage.
 */
export async function startHub(weights: Uint8Array, { secure }: { secure: boolean }): Promise<Hub> {
  const sha256 = createHash('sha256').update(weights).digest('hex');
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${weights.length}\n`;

  const store = (request: IncomingMessage, response: ServerResponse) => {
    const range = request.headers.range ?? null;
    hub.asked.push(range);
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    if (from >= weights.length) return response.writeHead(416).end();
    const whole = {
      'content-length': weights.length - from,
      'accept-ranges': 'bytes',
      'access-control-expose-headers': '*',
      etag: `"${STORAGE_ID}"`,
    };
    const part = { ...whole, 'content-range': `bytes ${from}-${weights.length - 1}/${weights.length}` };
    response.writeHead(range ? 206 : 200, range ? part : whole);
    const { cutAfter } = hub;
    if (cutAfter === null) return response.end(weights.subarray(from));
    // Late enough for a busy browser to have read what came: it discards what it has not when a connection is cut.
    response.write(weights.subarray(from, from + cutAfter), () => setTimeout(() => response.destroy(), 500));
  };

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url!, 'http://hub');
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-expose-headers', 'ETag,Accept-Ranges,Content-Range,X-Linked-ETag');
    if (request.method === 'OPTIONS')
      response.writeHead(204, { 'access-control-allow-headers': 'range' }).end();
    else if (pathname.includes('/resolve/')) {
      const location = `${secure ? STORAGE : ''}/storage/${sha256}`;
      response.writeHead(302, { location, 'x-linked-etag': `"${sha256}"`, etag: '"a1b2"' }).end();
    } else if (pathname.includes('/raw/')) response.end(pointer);
    else if (pathname === `/storage/${sha256}`) store(request, response);
    else response.writeHead(404).end();
  };

  const fixture = (name: string) => readFile(new URL(`../test/fixtures/hub/${name}`, import.meta.url));
  const server = secure
    ? createSecureServer({ key: await fixture('key.pem'), cert: await fixture('certificate.pem') }, answer)
    : createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hub: Hub = {
    port: (server.address() as AddressInfo).port,
    bytes: weights.length,
    asked: [],
    cutAfter: null,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return hub;
}
