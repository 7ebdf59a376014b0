import { expect, test } from 'vitest';
import { goldenModel, goldenRun, largestDifference, OUTPUTS } from '../../../test/model-goldens.ts';
import type { Device } from '../settings/run.ts';
import { createBackbone } from './backbone.ts';
import type { AttentionAuthoring } from './graphs/block.ts';
import type { BackboneOutput } from './types.ts';

/** Without the `subgroups` feature: flash attention is wrong on software adapters that have it. */
async function softwareDevice(): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter();
  return adapter!.requestDevice();
}

type Case = [name: string, device: Device, attention: AttentionAuthoring, outputs: readonly BackboneOutput[]];

/** Without the attention output the last block is fused too. The software GPU compiles slowly, so cases are few. */
const CASES: Case[] = [
  ['dino', 'wasm', 'fused', OUTPUTS],
  ['dino', 'webgpu', 'fused', ['q', 'k', 'tokens', 'normed']],
  ['dinov2', 'webgpu', 'plain', OUTPUTS],
  ['dinov2-registers', 'webgpu', 'fused', OUTPUTS],
];

test.each(CASES)('%s in Chromium on %s, attention %s, agrees with the reference', async (...one) => {
  const [name, device, attention, wanted] = one;
  const gpuDevice = device === 'webgpu' ? await softwareDevice() : undefined;
  const { height, width, frames, pixels, outputs } = await goldenRun(name);
  const options = { height, width, batch: frames, outputs: wanted, attention, device, gpuDevice };
  const backbone = await createBackbone(await goldenModel(name), options);
  const results = await backbone.run(pixels, frames);
  for (const output of wanted)
    expect(largestDifference(results[output]!, outputs[output]), output).toBeLessThan(1e-4);
  await backbone.release();
  gpuDevice?.destroy();
});
