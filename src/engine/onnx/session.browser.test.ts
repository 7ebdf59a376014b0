import { expect, test } from 'vitest';
import { Graph } from './graph.ts';
import { createSession } from './session.ts';

const product = () => {
  const graph = new Graph('product');
  const w = Float32Array.from({ length: 1200 }, (_, i) => (i % 7) - 3);
  const a = graph.input('a', [2, 3]);
  graph.output('c', graph.node('MatMul', [a, graph.floats(w, [3, 400])]), [2, 400]);
  return graph.model();
};

async function device(): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter();
  return adapter!.requestDevice();
}

test.each(['wasm', 'webgpu'] as const)('a written graph runs on %s', async (kind) => {
  const gpuDevice = kind === 'webgpu' ? await device() : undefined;
  const session = await createSession(product(), { device: kind, gpuDevice });
  const { c } = await session.run({ a: { data: Float32Array.of(1, 2, 3, -1, 0, 0.5), shape: [2, 3] } });
  expect(c).toHaveLength(800);
  expect([c![0], c![1], c![400]]).toEqual([-3 + 2 * -2 + 3 * -1, -2 + 2 * -1 + 0, 3 + 0.5 * -1]);
  await session.release();
});
