import { expect, test } from 'vitest';
import { goldenModel, goldenRun, largestDifference, OUTPUTS } from '../../../test/model-goldens.ts';
import type { Device } from '../settings/run.ts';
import { createBackbone } from './backbone.ts';
import type { BackboneOutput } from './graphs/backbone.ts';

/** Without the `subgroups` feature: flash attention is wrong on software adapters that have it. */
async function softwareDevice(): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter();
  return adapter!.requestDevice();
}

type Case = [name: string, device: Device, outputs: readonly BackboneOutput[]];

/** Without the attention output the last block is fused too. The software GPU compiles slowly, so cases are few. */
const CASES: Case[] = [
  ['dino', 'wasm', OUTPUTS],
  ['dino', 'webgpu', ['k', 'normed']],
  ['dinov2', 'webgpu', OUTPUTS],
  ['dinov2-registers', 'webgpu', OUTPUTS],
];

test.each(CASES)('%s in Chromium on %s agrees with the reference', async (...one) => {
  const [name, device, wanted] = one;
  const gpuDevice = device === 'webgpu' ? await softwareDevice() : undefined;
  const { height, width, frames, pixels, outputs } = await goldenRun(name);
  const options = { height, width, batch: frames, outputs: wanted, device, gpuDevice };
  const backbone = await createBackbone(await goldenModel(name), options);
  const results = await backbone.run(pixels, frames);
  for (const output of wanted)
    expect(largestDifference(results[output]!, outputs[output]), output).toBeLessThan(1e-4);
  await backbone.release();
  gpuDevice?.destroy();
});
