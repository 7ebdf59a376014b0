import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { inWords } from '../../lib/phrases.ts';
import { sha256Hex } from '../weights/hash.ts';
import { readMotionWeights } from '../weights/motion.ts';
import { readWeightFile } from '../weights/read.ts';
import { tausFrom } from './describe.ts';
import { loadModel } from './load.ts';
import { parseManifest, parseMotion } from './manifest.ts';
import { roundSize, SIZE_NOTES } from './size.ts';

const FOLDER = new URL('../../../public/models/', import.meta.url);

interface Raw {
  models: Record<string, unknown>[];
}

/** What the hub's files hold beside the blocks: side of the grid of positions, registers, LayerScale. */
interface Remote {
  id: string;
  grid: number;
  registers?: number;
  layerScale?: boolean;
}

const REMOTE: Remote[] = [
  { id: 'dino-vits8', grid: 28 },
  { id: 'dino-vits16', grid: 14 },
  { id: 'dino-vitb8', grid: 28 },
  { id: 'dino-vitb16', grid: 14 },
  { id: 'dinov2-vits14', grid: 37, layerScale: true },
  { id: 'dinov2-vitb14', grid: 37, layerScale: true },
  { id: 'dinov2-vits14-reg4', grid: 37, registers: 4, layerScale: true },
  { id: 'dinov2-vitb14-reg4', grid: 37, registers: 4, layerScale: true },
];

const elements = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

type Vit = Omit<Remote, 'id'> & { patch: number; dim: number; depth: number };

/** The tensors of timm's Vision Transformer; with registers, only patches have positions. */
function vitShapes({ patch, dim, depth, grid, registers = 0, layerScale = false }: Vit) {
  const shapes = new Map<string, number[]>([
    ['cls_token', [1, 1, dim]],
    ['pos_embed', [1, grid * grid + (registers > 0 ? 0 : 1), dim]],
    ['patch_embed.proj.weight', [dim, 3, patch, patch]],
    ['patch_embed.proj.bias', [dim]],
    ['norm.weight', [dim]],
    ['norm.bias', [dim]],
  ]);
  if (registers > 0) shapes.set('reg_token', [1, registers, dim]);
  const linear = (name: string, from: number, to: number) =>
    shapes.set(`${name}.weight`, [to, from]).set(`${name}.bias`, [to]);
  for (let i = 0; i < depth; i++) {
    for (const norm of ['norm1', 'norm2'])
      shapes.set(`blocks.${i}.${norm}.weight`, [dim]).set(`blocks.${i}.${norm}.bias`, [dim]);
    linear(`blocks.${i}.attn.qkv`, dim, 3 * dim);
    linear(`blocks.${i}.attn.proj`, dim, dim);
    linear(`blocks.${i}.mlp.fc1`, dim, 4 * dim);
    linear(`blocks.${i}.mlp.fc2`, 4 * dim, dim);
    if (layerScale) for (const ls of ['ls1', 'ls2']) shapes.set(`blocks.${i}.${ls}.gamma`, [dim]);
  }
  return shapes;
}

/** Bytes before the tensors, as PyTorch's safetensors writes them: sorted by name, filled up to eight. */
function headerBytes(shapes: ReadonlyMap<string, readonly number[]>): number {
  let end = 0;
  const entries = [...shapes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, shape]) => {
      const begin = end;
      end += 4 * elements(shape);
      return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }] as const;
    });
  const header = JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) });
  return 8 + Math.ceil(header.length / 8) * 8;
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

  test('a trained model has the τ and the backbone that its correlator’s file names', async () => {
    const entries = parseManifest(await manifest());
    const trained = entries.filter(({ embedded, correlator }) => embedded && correlator);
    expect(trained.length).toBeGreaterThan(0);
    for (const { correlator, untrained, defaults, file } of trained) {
      const { metadata } = readWeightFile(new Uint8Array(await readFile(new URL(correlator!.url, FOLDER))));
      expect(metadata).toMatchObject({ backbone: untrained, tau: String(defaults.tau) });
      expect(defaults.tauSingle).toBeCloseTo(tausFrom(defaults.tau).tauSingle, 3);
      expect(entries.find(({ id }) => id === untrained)?.file).toEqual(file);
    }
  });

  test('the motion net lies where it says, with the size and hash that it says', async () => {
    const { file, parameters } = parseMotion(await manifest());
    const bytes = new Uint8Array(await readFile(new URL(file.url, FOLDER)));
    expect(bytes.byteLength).toBe(file.bytes);
    expect(await sha256Hex(bytes)).toBe(file.sha256);
    const counts = [...readMotionWeights(bytes).values()].map(({ data }) => data.length);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(parameters);
  });

  test('remote files come by https from the hub', async () => {
    for (const { embedded, file, source } of parseManifest(await manifest()))
      if (!embedded) expect(file.url).toBe(`${source}/resolve/main/model.safetensors`);
  });

  test.each(REMOTE)('$id is of the size that its architecture makes', async ({ id, grid, ...of }) => {
    const entry = parseManifest(await manifest()).find((candidate) => candidate.id === id)!;
    const { patch, dim, depth } = entry;
    const shapes = vitShapes({ patch, dim, depth, grid, ...of });
    const parameters = [...shapes.values()].reduce((sum, shape) => sum + elements(shape), 0);
    expect(entry.parameters).toBe(parameters);
    expect(entry.file.bytes).toBe(headerBytes(shapes) + 4 * parameters);
  });

  test('every remote model is among them', async () => {
    const remote = parseManifest(await manifest()).filter(({ embedded }) => !embedded);
    expect(remote.map(({ id }) => id).sort()).toEqual(REMOTE.map(({ id }) => id).sort());
  });
});

const DEFAULTS = { height: 192, width: 384, tau: 0.5, tauRange: [0.1, 2], tauSingle: 0.6, temperature: 1 };

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
    ['models[0].defaults.tauRange', { defaults: { ...DEFAULTS, tauRange: [1, 2] } }],
    ['models[0].defaults.tau', { defaults: { ...DEFAULTS, tau: '0.5' } }],
  ];

  test.each(cases)('names %s when it is wrong', async (path, change) => {
    const raw = await manifest();
    Object.assign(raw.models[0]!, change);
    expect(() => parseManifest(raw)).toThrow(
      expect.objectContaining({ code: 'model/bad-manifest', message: expect.stringContaining(`${path} `) }),
    );
  });

  test.each([
    ['motion has', {}],
    ['motion.parameters has', { motion: { id: 'a', name: 'b', parameters: 0.5 } }],
    ['motion.file has', { motion: { id: 'a', name: 'b', parameters: 5 } }],
  ])('the motion net: %s to be mended', (path, raw) => {
    expect(() => parseMotion(raw)).toThrow(
      expect.objectContaining({ code: 'model/bad-manifest', message: expect.stringContaining(path) }),
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
  const { note, ...rounded } = roundSize(size, patch);
  expect({ ...rounded, note: note && inWords(SIZE_NOTES, note) }).toEqual(expected);
});
