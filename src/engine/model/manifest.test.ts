import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { loadModel } from './load.ts';
import { parseManifest } from './manifest.ts';
import { roundSize } from './size.ts';
import { sha256Hex } from './weights/hash.ts';

const FOLDER = new URL('../../../public/models/', import.meta.url);

interface Raw {
  models: Record<string, unknown>[];
}

const manifest = async (): Promise<Raw> =>
  JSON.parse(await readFile(new URL('manifest.json', FOLDER), 'utf8'));

describe('public/models/manifest.json', () => {
  test('is right, and begins with an embedded model', async () => {
    const entries = parseManifest(await manifest());
    expect(entries[0]).toMatchObject({ id: 'ba-tiny-v0', embedded: true, patch: 8 });
    expect(entries[0]!.defaults).toMatchObject({ tau: 0.25, height: 192, width: 384, temperature: 1 });
  });

  test('embedded files lie where it says, with the sizes and hashes that it says', async () => {
    const embedded = parseManifest(await manifest()).filter((entry) => entry.embedded);
    for (const entry of embedded) {
      const model = await loadModel(entry, async (file) => {
        const bytes = new Uint8Array(await readFile(new URL(file.url, FOLDER)));
        expect(bytes.byteLength).toBe(file.bytes);
        expect(await sha256Hex(bytes)).toBe(file.sha256);
        return bytes;
      });
      const parameters = [...model.weights.values()].reduce((sum, { data }) => sum + data.length, 0);
      expect(parameters).toBe(entry.parameters);
      expect(model.architecture).toMatchObject({ patch: 8, dim: 192, depth: 6, heads: 3, hidden: 768 });
    }
  });

  test('remote files come by https from where they say', async () => {
    for (const { embedded, file } of parseManifest(await manifest()))
      if (!embedded) expect(file.url).toMatch(/^https:\/\//);
  });
});

describe('parseManifest', () => {
  const cases: [path: string, change: Record<string, unknown>][] = [
    ['models[0].id', { id: undefined }],
    ['models[0].name', { name: 7 }],
    ['models[0].embedded', { embedded: 'yes' }],
    ['models[0].patch', { patch: 7.5 }],
    ['models[0].file', { file: null }],
    ['models[0].file.bytes', { file: { url: 'x', bytes: -1 } }],
    ['models[0].file.sha256', { file: { url: 'x', bytes: 1, sha256: 'abc' } }],
    ['models[0].heads', { heads: 0 }],
    ['models[0].normalisation.mean', { normalisation: { mean: [1, 2], std: [1, 1, 1] } }],
    ['models[0].defaults.height', { patch: 7 }],
    ['models[0].defaults.tauRange', { defaults: { tau: 0.5, tauRange: [1, 2] } }],
  ];

  test.each(cases)('names %s when it is wrong', async (path, change) => {
    const raw = await manifest();
    Object.assign(raw.models[0]!, change);
    expect(() => parseManifest(raw)).toThrow(
      expect.objectContaining({ code: 'model/bad-manifest', message: expect.stringContaining(`${path} `) }),
    );
  });

  test('refuses an id twice, and what is no manifest', async () => {
    const { models } = await manifest();
    expect(() => parseManifest({ models: [models[0], models[0]] })).toThrow(/id twice/);
    expect(() => parseManifest([])).toThrow(/object/);
    expect(() => parseManifest({})).toThrow(/models/);
  });
});

test.each([
  [{ height: 192, width: 384 }, 8, { height: 192, width: 384, note: null }],
  [
    { height: 480, width: 854 },
    14,
    { height: 476, width: 854, note: expect.stringContaining('480×854 became 476×854') },
  ],
  [{ height: 3, width: 9 }, 8, { height: 16, width: 16, note: expect.stringContaining('multiples of 8') }],
])('roundSize(%o, %i)', (size, patch, expected) => {
  expect(roundSize(size, patch)).toEqual(expected);
});
