import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { golden } from '../../../test/goldens.ts';
import { memoryStore } from '../../../test/memory-store.ts';
import { goldenModel } from '../../../test/model-goldens.ts';
import { motionWeightFile } from '../../../test/motion.ts';
import { sha256Hex } from '../weights/hash.ts';
import { writeSafetensors } from '../weights/safetensors.ts';
import { createLibrary } from './library.ts';

let server: Server;
let base: string;
let asked: string[] = [];

beforeAll(async () => {
  const bytes = await golden('dino.weights.safetensors');
  const checkpoint = await golden('authors-checkpoint.pth');
  const correlator = await golden('correlator.weights.safetensors');
  const { entry } = await goldenModel('dino');
  const common = { ...entry, summary: 'a test', parameters: 1, heads: 3, licence: 'none', source: 'here' };
  const defaults = { ...entry.defaults, tauRange: [0.1, 2] };
  const near = { url: 'near.safetensors', bytes: bytes.length, sha256: await sha256Hex(bytes) };
  const models = () => [
    { ...common, defaults, id: 'near', file: near, embedded: true },
    { ...common, defaults, id: 'far', file: { ...near, url: `${base}/far.safetensors` } },
    {
      ...common,
      defaults,
      id: 'two',
      file: { ...near, url: `${base}/far.safetensors` },
      correlator: { url: `${base}/correlator.safetensors`, bytes: correlator.length },
    },
    { ...common, defaults, id: 'changed', file: { ...near, sha256: 'a'.repeat(64) } },
    { ...common, defaults, id: 'cut', file: { ...near, bytes: bytes.length + 1 } },
  ];
  const net = await motionWeightFile();
  const motion = {
    ...{ id: 'net', name: 'net', parameters: 1, licence: 'none', source: 'here' },
    file: { url: 'motion.safetensors', bytes: net.length, sha256: await sha256Hex(net) },
  };
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url?.endsWith('manifest.json')) response.end(JSON.stringify({ models: models(), motion }));
    else if (request.url?.endsWith('motion.safetensors')) response.end(net);
    else if (request.url?.endsWith('correlator.safetensors')) response.end(correlator);
    else if (request.url?.endsWith('.safetensors')) response.end(bytes);
    else if (request.url?.endsWith('.pth')) response.end(checkpoint);
    else if (request.url?.endsWith('.html')) response.end('<!doctype html><title>Sign in</title>');
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
  test('loads the motion net beside the manifest, once', async () => {
    const library = open();
    const weights = await library.motion();
    expect(weights.get('head.weight')?.shape).toEqual([1, 24, 1, 1]);
    expect(await library.motion()).toBe(weights);
    expect(asked).toEqual(['/models/manifest.json', '/models/motion.safetensors']);
  });

  test('loads a model beside the manifest, once', async () => {
    const library = open();
    const model = await library.load('near');
    expect(model.architecture).toMatchObject({ patch: 8, heads: 3 });
    expect(await library.load('near')).toBe(model);
    expect(asked).toEqual(['/models/manifest.json', '/models/near.safetensors']);
  });

  test('asks another host only when asked to, and never again', async () => {
    const store = memoryStore();
    const library = open(store);
    await expect(library.load('far')).rejects.toMatchObject({ code: 'model/not-here' });
    expect(asked).toEqual(['/models/manifest.json']);
    await library.download('far');
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

  test('brings every remote file of a model, and reports how much of it is here', async () => {
    const library = open();
    const entry = await library.entry('two');
    const download = entry.file.bytes + entry.correlator!.bytes;
    expect(await library.availability(entry)).toEqual({ here: false, verified: false, download, arrived: 0 });
    const seen: number[] = [];
    await library.download('two', {
      onProgress: ({ done, total }) => {
        expect(total).toBe(download);
        seen.push(done);
      },
    });
    expect(seen.at(-1)).toBe(download);
    // Its correlator's host gives no hash, and the manifest has none.
    const here = { here: true, verified: false };
    expect(await library.availability(entry)).toEqual({ ...here, download, arrived: download });
    expect((await library.load('two')).correlator?.architecture.heads).toBe(8);
    expect(await library.stored()).toMatchObject([
      { bytes: entry.file.bytes, complete: true, verified: true, models: ['near', 'far', 'two', 'cut'] },
      { bytes: entry.correlator!.bytes, complete: true, verified: false, models: ['two'] },
    ]);
    expect(await library.availability(await library.entry('near'))).toMatchObject({
      here: true,
      download: 0,
    });
  });

  test('a file that a user added is kept for the next visit, or only for this one', async () => {
    const store = memoryStore();
    const file = new File([await golden('authors-checkpoint.pth')], 'mine.pth');
    const library = open(store);
    await expect(library.add(file, { keep: true })).rejects.toMatchObject({ code: 'weights/unknown-heads' });
    const { id } = await library.add(file, { keep: true, heads: 3 });
    expect((await library.entries()).map((entry) => entry.id)).toContain(id);
    const later = await open(store).load(id);
    expect(later.entry).toMatchObject({ name: 'mine.pth', heads: 3 });
    expect(later.correlator?.architecture.heads).toBe(8);
    const [kept] = await library.stored();
    expect(kept).toMatchObject({ name: 'mine.pth', bytes: file.size, arrived: file.size, models: [id] });
    await library.remove(kept!.key);
    await expect(open(store).load(id)).rejects.toMatchObject({ code: 'model/unknown' });

    const passing = open(store);
    await passing.add(file, { keep: false, heads: 3 });
    expect((await passing.load(id)).entry.heads).toBe(3);
    expect(await passing.stored()).toEqual([]);
  });

  test('a trained correlator is kept, and goes onto the backbone that it names', async () => {
    const store = memoryStore();
    await open(store).download('two');
    const { correlator } = await open(store).load('two');
    const bytes = writeSafetensors(correlator!.weights, { backbone: 'near', heads: '8', tau: '0.5' });
    const { id } = await open(store).add(new File([bytes], 'trained.safetensors'), { keep: true });
    const later = await open(store).load(id);
    expect(later.entry.defaults.tau).toBe(0.5);
    expect(later.correlator?.architecture.heads).toBe(8);
  });

  test('a file at any address is fetched once, its heads asked for, and kept', async () => {
    const store = memoryStore();
    const url = `${base}/someone/theirs/resolve/main/model.pth`;
    await expect(open(store).addFromUrl(url)).rejects.toMatchObject({ code: 'weights/unknown-heads' });
    const entry = await open(store).addFromUrl(url, { heads: 3 });
    expect(entry).toMatchObject({ name: 'someone/theirs', source: url, file: { url } });
    expect(asked.filter((path) => path.includes('/resolve/'))).toHaveLength(1);
    expect((await open(store).load(entry.id)).architecture.heads).toBe(3);
  });

  test.each([
    ['/page.html', 'weights/unknown-format'],
    ['/nothing', 'fetch/not-found'],
  ])('what lies at %s is refused as %s, and not kept', async (path, code) => {
    const library = open();
    await expect(library.addFromUrl(`${base}${path}`)).rejects.toMatchObject({ code });
    expect((await library.stored()).filter(({ complete }) => complete)).toEqual([]);
  });

  test.each(['model.pth', 'ftp://x/y', 'https://'])('%s is no address', async (url) => {
    await expect(open().addFromUrl(url)).rejects.toMatchObject({ code: 'fetch/bad-address' });
  });

  test('a manifest that cannot be loaded is reported, and asked for again', async () => {
    const library = createLibrary(`${base}/nowhere`, async () => memoryStore());
    for (let i = 0; i < 2; i++)
      await expect(library.entries()).rejects.toMatchObject({ code: 'model/unreachable' });
    expect(asked).toEqual(['/nowhere', '/nowhere']);
  });
});
