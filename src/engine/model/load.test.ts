import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { golden } from '../../../test/goldens.ts';
import { goldenModel, goldenRun, largestDifference } from '../../../test/model-goldens.ts';
import { readSafetensors, toWeights, writeSafetensors } from '../weights/safetensors.ts';
import { createBackbone } from './backbone.ts';
import { createCorrelator } from './correlator.ts';
import { fromFile as fromAddedFile, loadModel } from './load.ts';

const fromFile = (file: File, heads?: number) =>
  fromAddedFile(file, { heads, load: () => goldenModel('dino') });
const fileOf = (bytes: Uint8Array<ArrayBuffer>, name: string) => new File([bytes], name);

describe('fromFile', () => {
  test('a file that no buffer holds is refused unread', async () => {
    const file = Object.assign(new File([], 'all-states.pth'), { arrayBuffer: () => Promise.reject() });
    Object.defineProperty(file, 'size', { value: 5e9 });
    const call = fromFile(file);
    await expect(call).rejects.toMatchObject({ code: 'weights/too-large' });
    await expect(call).rejects.toThrow(/all-states\.pth is 5000\.0 MB or larger/);
  });

  test('the authors’ checkpoint gives backbone, trained correlator and their normalisation', async () => {
    const file = fileOf(await golden('authors-checkpoint.pth'), 'authors-checkpoint.pth');
    const model = await fromFile(file, 3);
    expect(model.entry).toMatchObject({
      id: expect.stringMatching(/^file-[0-9a-f]{12}$/),
      name: 'authors-checkpoint.pth',
      patch: 8,
      heads: 3,
      normalisation: { mean: [0.43216, 0.394666, 0.37645], std: [0.22803, 0.22145, 0.216989] },
      defaults: { height: 192, width: 384, tau: 1, tauSingle: 1.6, temperature: 1 },
    });
    expect(model.correlator?.architecture).toEqual({
      dim: 48,
      heads: 8,
      hidden: 192,
      epsilon: 1e-5,
      temporalPositions: 0,
    });

    const { height, width, frames, pixels, outputs } = await goldenRun('dino');
    const where = { device: 'wasm' } as const;
    const backbone = await createBackbone(model, { ...where, height, width, batch: frames, outputs: ['k'] });
    const { k } = await backbone.run(pixels, frames);
    expect(largestDifference(k!, outputs.k)).toBeLessThan(1e-4);
    const correlator = await createCorrelator(model, where);
    const projected = await correlator.project(k!, k!.length / 48);
    expect(projected.q.every(Number.isFinite)).toBe(true);
    await Promise.all([backbone.release(), correlator.release()]);
  });

  test('heads that the file does not give are asked for', async () => {
    const file = fileOf(await golden('authors-checkpoint.pth'), 'authors-checkpoint.pth');
    await expect(fromFile(file)).rejects.toMatchObject({ code: 'weights/unknown-heads' });
  });

  test('metadata goes before what the tensors suggest', async () => {
    const { weights } = await goldenModel('dino');
    const metadata = {
      heads: '3',
      tau: '0.25',
      temperature: '1,2,0.5',
      mean: '0.1,0.2,0.3',
      std: '1,1,1',
      name: 'Mine',
    };
    const { entry } = await fromFile(fileOf(writeSafetensors(weights, metadata), 'x.safetensors'));
    expect(entry.name).toBe('Mine');
    expect(entry.normalisation).toEqual({ mean: [0.1, 0.2, 0.3], std: [1, 1, 1] });
    expect(entry.defaults).toMatchObject({ tau: 0.25, tauRange: [0.05, 0.8], temperature: [1, 2, 0.5] });
  });

  test('metadata that makes no sense is refused', async () => {
    const { weights } = await goldenModel('dino');
    const file = fileOf(writeSafetensors(weights, { heads: '3', tau: 'soft' }), 'x.safetensors');
    await expect(fromFile(file)).rejects.toThrow(/tau as “soft”/);
  });

  const standIn = new URL(
    '../../../../shared/models/vit_tiny_patch16_224/model.safetensors',
    import.meta.url,
  );

  test.skipIf(!existsSync(standIn))(
    'a supervised ViT of timm is recognised by its head (needs ../shared/models)',
    async () => {
      const { entry, architecture } = await fromFile(
        fileOf(new Uint8Array(await readFile(standIn)), 'model.safetensors'),
      );
      expect(architecture).toMatchObject({
        patch: 16,
        dim: 192,
        depth: 12,
        heads: 3,
        positionGrid: [14, 14],
      });
      expect(entry.normalisation).toEqual({ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] });
      expect(entry.defaults).toMatchObject({ height: 320, width: 480, tau: 2 });
    },
  );
});

describe('loadModel', () => {
  test('takes a trained correlator from its own file, and counts bytes over both', async () => {
    const backbone = await golden('dino.weights.safetensors');
    const correlator = await golden('correlator.weights.safetensors');
    const { entry } = await goldenModel('dino');
    const two = {
      ...entry,
      file: { url: 'b', bytes: backbone.length },
      correlator: { url: 'c', bytes: correlator.length },
    };
    const seen: number[] = [];
    const model = await loadModel(
      two,
      async ({ url }, onBytes) => {
        const bytes = url === 'b' ? backbone : correlator;
        onBytes(bytes.length, bytes.length);
        return bytes;
      },
      (done, total) => seen.push(done / total),
    );
    expect(model.correlator?.architecture).toMatchObject({ dim: 48, heads: 8 });
    expect(seen).toEqual([backbone.length / (backbone.length + correlator.length), 1]);
  });

  test('a file of another patch than the entry says is refused', async () => {
    const { entry } = await goldenModel('dino');
    const bytes = await golden('dino.weights.safetensors');
    await expect(loadModel({ ...entry, patch: 16 }, async () => bytes)).rejects.toThrow(/8 pixels, not 16/);
  });

  test('a correlator of other channels than the backbone is refused', async () => {
    const { entry } = await goldenModel('dino');
    const backbone = await golden('dino.weights.safetensors');
    const narrow = [
      ...toWeights(readSafetensors(await golden('correlator.weights.safetensors')).tensors),
    ].map(([name, { shape, data }]) => {
      const half = shape.map((size) => size / 2);
      return [
        name,
        {
          shape: half,
          data: data.subarray(
            0,
            half.reduce((a, b) => a * b),
          ),
        },
      ] as const;
    });
    const correlator = writeSafetensors(new Map(narrow));
    const fetch = async ({ url }: { url: string }) => (url === 'c' ? correlator : backbone);
    const two = { ...entry, correlator: { url: 'c', bytes: correlator.length } };
    await expect(loadModel(two, fetch)).rejects.toThrow(/24 channels, the backbone 48/);
  });
});
