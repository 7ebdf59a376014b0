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

test('the CPU takes copies: what the caller gave is still its own, views included', async () => {
  const session = await createSession(product(), { device: 'wasm' });
  const all = Float32Array.of(9, 1, 0, 0, 0, 1, 0);
  const run = () => session.run({ a: { data: all.subarray(1), shape: [2, 3] } });
  const [first, second] = await Promise.all([run(), run()]);
  expect([...all]).toEqual([9, 1, 0, 0, 0, 1, 0]);
  expect([first!.c![1], first!.c![401]]).toEqual([-2, -1]);
  expect(second).toEqual(first);
  await session.release();
});

test('a worker says why a graph is refused', async () => {
  const graph = new Graph('nonsense');
  graph.output('y', graph.node('NoSuchOperator', [graph.input('x', [1])]), [1]);
  await expect(createSession(graph.model(), { device: 'wasm' })).rejects.toMatchObject({
    code: 'model/session-failed',
    message: expect.stringContaining('NoSuchOperator'),
  });
});
