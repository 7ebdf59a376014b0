import { describe, expect, test } from 'vitest';
import { createBackbone } from './backbone.ts';
import { BACKBONES, goldenModel, goldenRun, largestDifference, OUTPUTS } from './goldens.ts';

/** Without the `subgroups` feature: flash attention is wrong on software adapters that have it. */
async function softwareDevice(): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter();
  return adapter!.requestDevice();
}

describe.each(BACKBONES)('%s in Chromium', (name) => {
  test.each([
    ['wasm', 'fused'],
    ['webgpu', 'fused'],
    ['webgpu', 'plain'],
  ] as const)('agrees with the reference on %s, attention %s', async (device, attention) => {
    const gpuDevice = device === 'webgpu' ? await softwareDevice() : undefined;
    const { height, width, frames, pixels, outputs } = await goldenRun(name);
    const options = { height, width, batch: frames, outputs: OUTPUTS, attention, device, gpuDevice } as const;
    const backbone = await createBackbone(await goldenModel(name), options);
    const results = await backbone.run(pixels, frames);
    for (const output of OUTPUTS)
      expect(largestDifference(results[output]!, outputs[output]), output).toBeLessThan(1e-4);
    await backbone.release();
    gpuDevice?.destroy();
  });
});
