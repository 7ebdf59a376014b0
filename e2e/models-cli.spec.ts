import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import type { RunReport } from '../src/headless.ts';
import { type Ended, ended, start } from './command-line.ts';
import { type Hub, startHub } from './hub.ts';

const H264 = 'test/fixtures/video/bframes.mp4';
const CHECKPOINT = 'test/fixtures/goldens/authors-checkpoint.pth';
const SMALL = ['--size', '50x90', '--stride', '10', '--device', 'wasm'];

/** A command line with a cache of its own, and a hub beside it. */
const test = base.extend<{ hub: Hub; unprompted: (...args: string[]) => Promise<Ended> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the fixtures to be taken apart.
  hub: async ({}, use) => {
    const weights = await readFile('test/fixtures/goldens/dino.weights.safetensors');
    const hub = await startHub(weights, { secure: false });
    await use(hub);
    await hub.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the fixtures to be taken apart.
  unprompted: async ({}, use, info) => {
    const env = { ...process.env, XDG_CACHE_HOME: info.outputPath('cache') };
    await use((...args) => ended(start(args, env)));
  },
});

test('an address is fetched after a word, kept, and run from the cache', async ({
  hub,
  unprompted,
}, info) => {
  const url = `http://127.0.0.1:${hub.port}/timm/small/resolve/main/model.safetensors`;

  const unasked = await unprompted('segment', H264, '--out', info.outputPath('a'), '--model', url, ...SMALL);
  expect(unasked.code).toBe(1);
  expect(unasked.err).toMatch(/127\.0\.0\.1.*licence.*\n.*--yes.*\[models\/no-consent\]/);
  expect(hub.asked).toEqual([]);

  hub.cutAfter = 200_000;
  const added = await unprompted('models', 'add', url, '--yes', '--json');
  expect(added.code).toBe(0);
  const { entry } = JSON.parse(added.out);
  expect(entry).toMatchObject({ name: 'timm/small', patch: 8, heads: 3, source: url });
  expect(hub.asked).toEqual([null, expect.stringMatching(/^bytes=2\d{5}-$/)]);

  await hub.close();
  const out = info.outputPath('masks');
  const ran = await unprompted('segment', H264, '--out', out, '--model', url, ...SMALL);
  expect(ran.err).toContain('50×90 became 48×88');
  expect(ran.code).toBe(0);
  const record: RunReport = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'));
  expect(record.settings).toMatchObject({ model: entry.id, height: 48, width: 88 });

  expect((await unprompted('models')).out).toContain(entry.id);
  expect((await unprompted('models', 'remove', entry.id)).out).toContain('0.3 MB freed');
  expect((await unprompted('models', 'remove', entry.id)).err).toContain('models/not-kept');
});

test('the authors’ checkpoint runs as a file, its heads said', async ({ unprompted }, info) => {
  const out = info.outputPath('masks');
  const order = ['segment', H264, '--out', out, '--model', CHECKPOINT, ...SMALL];
  const unsaid = await unprompted(...order);
  expect(unsaid.code).toBe(1);
  expect(unsaid.err).toMatch(/--heads.*\[weights\/unknown-heads\]/);
  const ran = await unprompted(...order, '--heads', '3');
  expect(ran.code).toBe(0);
  expect((await unprompted('models')).out).not.toContain('file-');
});

test('a model of the hub is listed with what the paper says of it, and not fetched unasked', async ({
  unprompted,
}) => {
  const listed = await unprompted('models', 'list', '--json');
  const { models } = JSON.parse(listed.out);
  const find = (id: string) => models.find((model: { id: string }) => model.id === id);
  expect(find('ba-tiny-v0')).toMatchObject({ here: true, download: 0 });
  expect(find('dino-vits8')).toMatchObject({ here: false, arrived: 0, paper: { davisJf: 43.9 } });
  const refused = await unprompted('models', 'add', 'dino-vits8');
  expect(refused.err).toMatch(/DINO ViT-S\/8: 86\.7 MB from huggingface\.co, licence: Apache-2\.0/);
  expect(refused.code).toBe(1);
  expect((await unprompted('models', 'paint')).code).toBe(2);
});
