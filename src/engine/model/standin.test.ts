import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { goldenModel, largestDifference } from '../../../test/model-goldens.ts';
import { floatsOf, readSafetensors } from '../weights/safetensors.ts';
import { createBackbone } from './backbone.ts';
import { fromFile } from './load.ts';

const weights = new URL('../../../../shared/models/vit_tiny_patch16_224/model.safetensors', import.meta.url);
const expected = new URL('../../../test/fixtures/vit-tiny.expected.safetensors', import.meta.url);

const HEIGHT = 256;
const WIDTH = 240;
/** Of the tokens, every tenth is in the fixture. */
const EVERY = 10;

/** The picture of the fixture, by its formula, normalised with mean and deviation 0.5. */
function picture(): Float32Array {
  const pixels = new Float32Array(3 * HEIGHT * WIDTH);
  for (let channel = 0; channel < 3; channel++) {
    for (let row = 0; row < HEIGHT; row++) {
      for (let column = 0; column < WIDTH; column++) {
        const byte = (row * row + 3 * column * column + 40 * channel * row) % 251;
        pixels[(channel * HEIGHT + row) * WIDTH + column] = (byte / 255 - 0.5) / 0.5;
      }
    }
  }
  return pixels;
}

const everyTenth = (values: Float32Array, dim: number): Float32Array =>
  Float32Array.from(
    { length: Math.ceil(values.length / dim / EVERY) * dim },
    (_, i) => values[Math.floor(i / dim) * EVERY * dim + (i % dim)]!,
  );

test.skipIf(!existsSync(weights))(
  'a real ViT-Ti/16 agrees with an independent forward pass in float64 (needs ../shared/models)',
  async () => {
    const file = new File([new Uint8Array(await readFile(weights))], 'model.safetensors');
    const model = await fromFile(file, { load: () => goldenModel('dino') });
    expect(model.entry.normalisation).toEqual({ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] });
    const { tensors } = readSafetensors(new Uint8Array(await readFile(expected)));
    const outputs = ['q', 'k', 'normed'] as const;
    const size = { height: HEIGHT, width: WIDTH, batch: 1 };
    const backbone = await createBackbone(model, { ...size, outputs, device: 'wasm' });
    const results = await backbone.run(picture(), 1);
    for (const output of outputs) {
      const own = everyTenth(results[output]!, model.architecture.dim);
      expect(largestDifference(own, floatsOf(tensors.get(output)!)!), output).toBeLessThan(1e-3);
    }
    await backbone.release();
  },
);
