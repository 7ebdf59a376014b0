import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { golden } from '../../../test/goldens.ts';
import { goldenModel } from './goldens.ts';
import { createLibrary } from './library.ts';
import { sha256Hex } from './weights/hash.ts';
import { memoryStore } from './weights/memory-store.ts';

let server: Server;
let base: string;
let asked: string[] = [];

beforeAll(async () => {
  const bytes = await golden('dino.weights.safetensors');
  const { entry } = await goldenModel('dino');
  const common = { ...entry, summary: 'a test', parameters: 1, heads: 3, licence: 'none', source: 'here' };
  const defaults = { ...entry.defaults, tauRange: [0.1, 2] };
  const near = { url: 'near.safetensors', bytes: bytes.length, sha256: await sha256Hex(bytes) };
  const models = () => [
    { ...common, defaults, id: 'near', file: near, embedded: true },
    { ...common, defaults, id: 'far', file: { ...near, url: `${base}/far.safetensors` } },
    { ...common, defaults, id: 'changed', file: { ...near, sha256: 'a'.repeat(64) } },
    { ...common, defaults, id: 'cut', file: { ...near, bytes: bytes.length + 1 } },
  ];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url?.endsWith('manifest.json')) response.end(JSON.stringify({ models: models() }));
    else if (request.url?.endsWith('.safetensors')) response.end(bytes);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
});

const open = (store = memoryStore()) => createLibrary(`${base}/models/manifest.json`, async () => store);

describe('createLibrary', () => {
  test('loads a model beside the manifest, once', async () => {
    const library = open();
    const model = await library.load('near');
    expect(model.architecture).toMatchObject({ patch: 8, heads: 3 });
    expect(await library.load('near')).toBe(model);
    expect(asked).toEqual(['/models/manifest.json', '/models/near.safetensors']);
  });

  test('asks another host only when told to, and never again', async () => {
    const store = memoryStore();
    const library = open(store);
    await expect(library.load('far')).rejects.toMatchObject({ code: 'model/not-here' });
    expect(asked).toEqual(['/models/manifest.json']);
    await library.arrive('far');
    expect((await open(store).load('far')).architecture.patch).toBe(8);
    expect(asked.filter((path) => path === '/far.safetensors')).toHaveLength(1);
    const [file] = await library.stored();
    await library.remove(file!.key);
    await expect(open(store).load('far')).rejects.toMatchObject({ code: 'model/not-here' });
  });

  test.each([
    ['changed', 'weights/wrong-hash'],
    ['cut', 'weights/cut'],
    ['nothing', 'model/unknown'],
  ])('%s is refused as %s', async (id, code) => {
    await expect(open().load(id)).rejects.toMatchObject({ code });
  });

  test('a file that a person added is listed and loaded by its id', async () => {
    const library = open();
    const file = new File([await golden('dino.weights.safetensors')], 'mine.safetensors');
    const { id } = await library.add(file);
    expect((await library.entries()).map((entry) => entry.id)).toContain(id);
    expect((await library.load(id)).entry.name).toBe('mine.safetensors');
  });

  test('a manifest that cannot be had is told, and asked for again', async () => {
    const library = createLibrary(`${base}/nowhere`, async () => memoryStore());
    for (let i = 0; i < 2; i++)
      await expect(library.entries()).rejects.toMatchObject({ code: 'model/unreachable' });
    expect(asked).toEqual(['/nowhere', '/nowhere']);
  });
});
