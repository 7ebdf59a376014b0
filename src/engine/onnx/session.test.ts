import { describe, expect, test } from 'vitest';
import { Graph } from './graph.ts';
import { createSession } from './session.ts';

/** a [2, 3] · w [3, 400] with w large enough to lie outside the graph's bytes. */
function product() {
  const graph = new Graph('product');
  const w = Float32Array.from({ length: 1200 }, (_, i) => (i % 7) - 3);
  const a = graph.input('a', [2, 3]);
  graph.output('c', graph.node('MatMul', [a, graph.floats(w, [3, 400])]), [2, 400]);
  return { model: graph.model(), w };
}

describe('createSession', () => {
  test('runs a written graph whose weights lie outside it', async () => {
    const { model, w } = product();
    expect(model.external).toHaveLength(1);
    expect(model.bytes.byteLength).toBeLessThan(1000);
    const session = await createSession(model, { device: 'wasm' });
    const data = Float32Array.of(1, 2, 3, -1, 0, 0.5);
    const { c } = await session.run({ a: { data, shape: [2, 3] } });
    expect(c![0]).toBe(w[0]! + 2 * w[400]! + 3 * w[800]!);
    expect(c![400 + 5]).toBe(-w[5]! + 0.5 * w[805]!);
    await session.release();
  });

  test('queues runs that overlap, over all sessions', async () => {
    const sessions = await Promise.all([1, 2].map(() => createSession(product().model, { device: 'wasm' })));
    const data = Float32Array.of(1, 0, 0, 0, 1, 0);
    const runs = sessions.flatMap((s) =>
      [1, 2].map((n) => s.run({ a: { data: data.map((v) => v * n), shape: [2, 3] } })),
    );
    const results = await Promise.all(runs);
    expect(results.map(({ c }) => c![1])).toEqual([-2, -4, -2, -4]);
    await Promise.all(sessions.map((s) => s.release()));
  });

  test('says why a graph is refused', async () => {
    const graph = new Graph('nonsense');
    graph.output('y', graph.node('NoSuchOperator', [graph.input('x', [1])]), [1]);
    await expect(createSession(graph.model(), { device: 'wasm' })).rejects.toMatchObject({
      code: 'model/session-failed',
      message: expect.stringContaining('NoSuchOperator'),
    });
  });
});
