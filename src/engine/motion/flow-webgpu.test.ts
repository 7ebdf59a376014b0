import { afterAll, expect, test } from 'vitest';
import { dawnDevice } from '../../../test/dawn.ts';
import { endPointError, pattern } from '../../../test/flow.ts';
import { plainFlow } from '../../../test/plain-flow.ts';
import { Gpu } from '../backend/webgpu/runtime/gpu.ts';
import { FLOW_QUALITIES, type FlowBackend, type FlowImage, RUN_FLOW } from './flow.ts';
import { wasmFlow } from './flow-wasm.ts';
import { webgpuFlow } from './flow-webgpu.ts';

const device = await dawnDevice();
const gpu = new Gpu(device);
afterAll(() => device.destroy());

/** More pairs than go together, of three frames in all. */
async function manyPairs<Image extends FlowImage>(
  backend: FlowBackend<Image>,
  width: number,
  height: number,
) {
  const images = (
    [
      [0, 0],
      [1.7, 0.9],
      [-4, 6],
    ] as const
  ).map((motion) => backend.prepare(pattern(width, height, motion), width, height));
  const pairs = Array.from(
    { length: 18 },
    (_, at) => [images[at % 3]!, images[Math.floor(at / 6)]!] as const,
  );
  const flows = await backend.flows(pairs);
  for (const image of images) image.release();
  return flows;
}

test.each([
  [8, 8, 'full'],
  [9, 13, 'cpu'],
  [37, 21, 'full'],
  [70, 45, 'cpu'],
] as const)('finds what the plain twin finds in %i × %i pixels, %s', async (width, height, quality) => {
  const backend = await webgpuFlow(gpu, FLOW_QUALITIES[quality]);
  const found = await manyPairs(backend, width, height);
  const expected = await manyPairs(plainFlow(FLOW_QUALITIES[quality]), width, height);
  for (const [at, flow] of found.entries()) {
    // Where two candidates are as good to rounding, one patch goes another way.
    expect(endPointError(flow, expected[at]!)).toBeLessThan(0.01);
  }
  expect(gpu.buffers.tracker.held).toBe(0);
});

test('finds what the CPU finds in a run, so that masks do not depend on the machine', async () => {
  const found = await manyPairs(await webgpuFlow(gpu, RUN_FLOW), 96, 48);
  const expected = await manyPairs(await wasmFlow(RUN_FLOW), 96, 48);
  for (const [at, flow] of found.entries()) expect(endPointError(flow, expected[at]!)).toBeLessThan(0.01);
});

test('a texture of the strongest edges keeps its structure tensors exact', async () => {
  // Stripes along a diagonal, all but singular: the determinant is a small difference of numbers above 2^50.
  const stripes = (shift: number) =>
    Float32Array.from({ length: 24 * 24 }, (_, at) =>
      ((at % 24) + Math.floor(at / 24) + shift) % 6 < 3 ? 255 : at % 7,
    );
  const flows = await Promise.all(
    [await webgpuFlow(gpu, FLOW_QUALITIES.full), plainFlow(FLOW_QUALITIES.full)].map(async (backend) => {
      const any = backend as FlowBackend;
      return any.flows([[any.prepare(stripes(0), 24, 24), any.prepare(stripes(1), 24, 24)]]);
    }),
  );
  expect(endPointError(flows[0]![0]!, flows[1]![0]!)).toBeLessThan(0.01);
});

test('refuses frames that it cannot compare, and frees all that it holds', async () => {
  const backend = await webgpuFlow(gpu, FLOW_QUALITIES.full);
  expect(() => backend.prepare(new Float32Array(63), 8, 8)).toThrow('has 64 pixels, not 63');
  const small = backend.prepare(pattern(8, 8), 8, 8);
  const large = backend.prepare(pattern(16, 8), 16, 8);
  await expect(backend.flows([[small, large]])).rejects.toThrow(RangeError);
  expect(await backend.flows([])).toEqual([]);
  backend.release();
});
