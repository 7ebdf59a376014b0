import { describe, expect, test } from 'vitest';
import {
  BACKBONES,
  goldenModel,
  goldenRun,
  largestDifference,
  OUTPUTS,
} from '../../../test/model-goldens.ts';
import { createBackbone } from './backbone.ts';

const device = 'wasm';

describe.each(BACKBONES)('%s', (name) => {
  test.each(['fused', 'plain'] as const)(
    'every output agrees with the reference, attention %s',
    async (attention) => {
      const { height, width, frames, pixels, outputs } = await goldenRun(name);
      const options = { height, width, batch: frames, attention, device } as const;
      const backbone = await createBackbone(await goldenModel(name), { ...options, outputs: OUTPUTS });
      const results = await backbone.run(pixels, frames);
      for (const output of OUTPUTS)
        expect(largestDifference(results[output]!, outputs[output]), output).toBeLessThan(1e-4);
      await backbone.release();
    },
  );

  test('each output alone is the same', async () => {
    const { height, width, frames, pixels, outputs } = await goldenRun(name);
    const model = await goldenModel(name);
    for (const output of OUTPUTS) {
      const options = { height, width, batch: frames, outputs: [output], device } as const;
      const backbone = await createBackbone(model, options);
      const results = await backbone.run(pixels, frames);
      expect(Object.keys(results)).toEqual([output]);
      expect(largestDifference(results[output]!, outputs[output]), output).toBeLessThan(1e-4);
      await backbone.release();
    }
  });
});

test('a batch that is not full gives the frames that it has', async () => {
  const { height, width, pixels, outputs } = await goldenRun('dino');
  const options = { height, width, batch: 4, outputs: ['k'], device } as const;
  const backbone = await createBackbone(await goldenModel('dino'), options);
  const { k } = await backbone.run(pixels, 1);
  expect(largestDifference(k!, outputs.k.subarray(0, outputs.k.length / 2))).toBeLessThan(1e-4);
  await backbone.release();
});

test('float16 weights stay near float32 ones', async () => {
  const { height, width, frames, pixels, outputs } = await goldenRun('dinov2-registers');
  const options = { height, width, batch: frames, outputs: OUTPUTS, precision: 'float16', device } as const;
  const backbone = await createBackbone(await goldenModel('dinov2-registers'), options);
  const results = await backbone.run(pixels, frames);
  for (const output of OUTPUTS) {
    const difference = largestDifference(results[output]!, outputs[output]);
    expect(difference, output).toBeLessThan(2e-2);
    expect(difference, output).toBeGreaterThan(0);
  }
  await backbone.release();
});

test('a size that is no multiple of the patch is refused', async () => {
  const options = { height: 41, width: 56, batch: 1, outputs: ['k'], device } as const;
  await expect(createBackbone(await goldenModel('dino'), options)).rejects.toMatchObject({
    code: 'run/bad-setting',
  });
});
