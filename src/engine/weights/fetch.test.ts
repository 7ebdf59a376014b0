import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { memoryStore } from '../../../test/memory-store.ts';
import { type DownloadProgress, fetchIntoStore, storeKey } from './fetch.ts';
import { readStored, type WeightStore } from './store.ts';

/** A host that behaves like the hub: `/resolve/` redirects to its storage, `/raw/` gives the pointer of a large file. */
const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 255);
const sha256 = createHash('sha256').update(content).digest('hex');
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${content.length}\n`;

let server: Server;
let host: string;
/** Ranges asked for, in order; null for the whole. */
let asked: (string | null)[] = [];
/** Bytes after which the next connections are cut; empty: none is. */
let cuts: number[] = [];

function send(
  request: IncomingMessage,
  response: ServerResponse,
  options: { ranges: boolean; data?: Uint8Array },
) {
  const { ranges, data = content } = options;
  const range = request.headers.range ?? null;
  asked.push(range);
  const from = ranges && range ? Number(/bytes=(\d+)-/.exec(range)![1]) : 0;
  if (from >= data.length) return response.writeHead(416).end();
  const part = data.subarray(from);
  const headers = from > 0 ? { 'content-range': `bytes ${from}-${data.length - 1}/${data.length}` } : {};
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': part.length, ...headers });
  const cut = cuts.shift();
  if (cut === undefined) return response.end(part);
  response.write(part.subarray(0, cut), () => setTimeout(() => response.destroy(), 20));
}

const routes: Record<string, (request: IncomingMessage, response: ServerResponse) => unknown> = {
  '/timm/x/resolve/main/model.safetensors': (_, response) =>
    response.writeHead(302, { location: '/storage', 'x-linked-etag': `"${sha256}"` }).end(),
  '/timm/x/raw/main/model.safetensors': (_, response) => response.end(pointer),
  '/timm/wrong/resolve/main/model.safetensors': (request, response) =>
    send(request, response, { ranges: true, data: content.map((byte) => byte ^ 1) }),
  '/timm/wrong/raw/main/model.safetensors': (_, response) => response.end(pointer),
  '/storage': (request, response) => send(request, response, { ranges: true }),
  '/no-ranges': (request, response) => send(request, response, { ranges: false }),
  '/linked-etag': (request, response) => {
    response.setHeader('x-linked-etag', `"${sha256}"`);
    send(request, response, { ranges: true });
  },
  '/storage-id': (request, response) => {
    response.setHeader('etag', `"${'e'.repeat(64)}"`);
    send(request, response, { ranges: true });
  },
  '/without-length': (_, response) => {
    response.write(content);
    response.end();
  },
  '/mute': () => {},
  '/silent': (_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, 1000));
  },
  '/401': (_, response) => response.writeHead(401).end('gated'),
  '/403': (_, response) => response.writeHead(403).end('no'),
  '/429': (_, response) => response.writeHead(429, { 'retry-after': '17' }).end(),
  '/429-of-the-hub': (_, response) => response.writeHead(429, { ratelimit: '"resolvers";r=0;t=123' }).end(),
  '/500': (_, response) => response.writeHead(500).end(),
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const route = routes[request.url ?? ''];
    if (route) route(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

let store: WeightStore;
beforeEach(() => {
  store = memoryStore();
  asked = [];
  cuts = [];
});

const fileAt = (path: string, more: { sha256?: string; bytes?: number } = {}) => ({
  url: `http://${host}${path}`,
  bytes: content.length,
  ...more,
});
/** Whether exactly the content is stored whole. */
const isStored = async (key: string) => {
  const bytes = await readStored(store, key);
  return bytes !== null && Buffer.compare(bytes, content) === 0;
};
const fast = { pause: 0.01, timeout: 0.3 };

describe('fetchIntoStore', () => {
  test('follows the redirect, and checks against the hash that the pointer gives', async () => {
    const file = fileAt('/timm/x/resolve/main/model.safetensors');
    const reports: DownloadProgress[] = [];
    const stored = await fetchIntoStore(file, store, {
      ...fast,
      onProgress: (progress) => reports.push(progress),
    });
    expect(stored).toMatchObject({ complete: true, verified: true, sha256, bytes: content.length });
    expect(await isStored(stored.key)).toBe(true);
    expect(reports.at(-1)).toMatchObject({ done: content.length, total: content.length, left: 0 });
    expect(reports.at(-1)!.bytesPerSecond).toBeGreaterThan(0);
  });

  test('what is there is not asked for again', async () => {
    const file = fileAt('/storage', { sha256 });
    await fetchIntoStore(file, store, fast);
    await fetchIntoStore(file, store, fast);
    expect(asked).toEqual([null]);
    expect(await storeKey(file)).toBe(sha256);
  });

  test('goes on by range after cuts', async () => {
    cuts = [100_000, 50_000];
    const stored = await fetchIntoStore(fileAt('/storage', { sha256 }), store, fast);
    expect(asked).toEqual([null, 'bytes=100000-', 'bytes=150000-']);
    expect(await isStored(stored.key)).toBe(true);
  });

  test('starts over where the host knows no ranges', async () => {
    cuts = [100_000];
    const stored = await fetchIntoStore(fileAt('/no-ranges', { sha256 }), store, fast);
    expect(asked).toEqual([null, 'bytes=100000-']);
    expect(await isStored(stored.key)).toBe(true);
  });

  test('goes on where an earlier call was stopped', async () => {
    const file = fileAt('/storage', { sha256 });
    cuts = [120_000];
    const control = new AbortController();
    const first = fetchIntoStore(file, store, {
      pause: 10,
      signal: control.signal,
      onProgress: ({ done }) => done >= 120_000 && setTimeout(() => control.abort(), 100),
    });
    await expect(first).rejects.toMatchObject({ code: 'run/cancelled' });
    expect(await readStored(store, sha256)).toBeNull();
    await fetchIntoStore(file, store, fast);
    expect(asked).toEqual([null, 'bytes=120000-']);
    expect(await isStored(sha256)).toBe(true);
  });

  test('gives up after cuts without a new byte, and keeps what came', async () => {
    cuts = [100_000, 0, 0, 0, 0];
    const call = fetchIntoStore(fileAt('/storage', { sha256 }), store, fast);
    await expect(call).rejects.toMatchObject({
      code: 'fetch/cut',
      message: expect.stringContaining('0.1 MB of 0.3 MB'),
    });
    await fetchIntoStore(fileAt('/storage', { sha256 }), store, fast);
    expect(asked.at(-1)).toBe('bytes=100000-');
  });

  test('a connection that falls silent counts as cut', async () => {
    const call = fetchIntoStore(fileAt('/silent'), store, { pause: 0.01, timeout: 0.1 });
    await expect(call).rejects.toMatchObject({ code: 'fetch/cut' });
  });

  test('a host that never answers counts as out of reach', async () => {
    const call = fetchIntoStore(fileAt('/mute'), store, { pause: 0.01, timeout: 0.1 });
    await expect(call).rejects.toMatchObject({ code: 'fetch/unreachable' });
  });

  test.each([
    ['/timm/wrong/resolve/main/model.safetensors', undefined],
    ['/storage', 'a'.repeat(64)],
  ])('wrong bytes at %s are refused and not kept', async (path, hash) => {
    const file = fileAt(path, hash ? { sha256: hash } : {});
    await expect(fetchIntoStore(file, store, fast)).rejects.toMatchObject({ code: 'weights/wrong-hash' });
    expect(await store.list()).toEqual([]);
  });

  test('a hash in the headers is compared; without any the file is kept unverified', async () => {
    expect(await fetchIntoStore(fileAt('/linked-etag'), store, fast)).toMatchObject({ verified: true });
    expect(await fetchIntoStore(fileAt('/storage'), store, fast)).toMatchObject({ verified: false, sha256 });
  });

  test('an etag that only looks like a SHA-256 is not taken for one', async () => {
    const stored = await fetchIntoStore(fileAt('/storage-id'), store, fast);
    expect(stored).toMatchObject({ complete: true, verified: false, sha256 });
  });

  test('the length is the host’s, not the manifest’s guess', async () => {
    for (const path of ['/storage', '/without-length']) {
      const stored = await fetchIntoStore(fileAt(path, { bytes: 299_000 }), store, fast);
      expect(stored.bytes).toBe(content.length);
      expect(await isStored(stored.key)).toBe(true);
    }
  });

  test.each([
    ['/401', 'fetch/forbidden', ''],
    ['/403', 'fetch/forbidden', ''],
    ['/missing', 'fetch/not-found', 'address'],
    ['/429', 'fetch/too-many', 'after 17'],
    ['/429-of-the-hub', 'fetch/too-many', 'after 123'],
    ['/500', 'fetch/refused', ''],
  ])('%s is reported as %s', async (path, code, todo) => {
    const call = fetchIntoStore(fileAt(path), store, fast);
    await expect(call).rejects.toMatchObject({ code, todo: expect.stringContaining(todo) });
    expect(await store.list()).toEqual([]);
  });

  test.each(['/storage', '/without-length'])('more than can be read is not taken from %s', async (path) => {
    const call = fetchIntoStore(fileAt(path, { bytes: 0 }), store, { ...fast, most: 200_000 });
    await expect(call).rejects.toMatchObject({ code: 'weights/too-large' });
    expect(await store.list()).toEqual([]);
  });

  test('a host that is not there is reported', async () => {
    const call = fetchIntoStore({ url: 'http://127.0.0.1:1/x', bytes: 5 }, store, fast);
    await expect(call).rejects.toMatchObject({
      code: 'fetch/unreachable',
      message: expect.stringContaining('127.0.0.1:1'),
    });
  });
});
