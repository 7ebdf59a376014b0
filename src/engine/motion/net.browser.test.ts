import { expect, test } from 'vitest';
import { largestDifference } from '../../../test/model-goldens.ts';
import { motionWeightFile } from '../../../test/motion.ts';
import { readMotionWeights } from '../weights/motion.ts';
import { createMotionNet } from './net.ts';

test('WebGPU gives the logits that the CPU gives', async () => {
  const adapter = await navigator.gpu.requestAdapter();
  const gpuDevice = await adapter!.requestDevice();
  const weights = readMotionWeights(await motionWeightFile());
  const options = { rows: 16, columns: 24, batch: 2 };
  const features = Float32Array.from({ length: 2 * 22 * 16 * 24 }, (_, i) => Math.sin(i * i));
  const [onCpu, onGpu] = await Promise.all([
    createMotionNet(weights, { device: 'wasm', ...options }),
    createMotionNet(weights, { device: 'webgpu', gpuDevice, ...options }),
  ]);
  const [expected, found] = [await onCpu.run(features, 2), await onGpu.run(features, 2)];
  expect(largestDifference(found, expected)).toBeLessThan(1e-3);
  await Promise.all([onCpu.release(), onGpu.release()]);
});
