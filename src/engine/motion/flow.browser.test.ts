import { expect, test } from 'vitest';

/** What a worker says first. */
const answerOf = (url: URL): Promise<unknown> => {
  const worker = new Worker(url, { type: 'module' });
  return new Promise<unknown>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  }).finally(() => worker.terminate());
};

test('WebAssembly finds a motion in a worker, where the engine runs', async () => {
  const [x, y] = (await answerOf(new URL('../../../test/flow-worker.ts', import.meta.url))) as [
    number,
    number,
  ];
  expect(x).toBeCloseTo(1.5, 1);
  expect(y).toBeCloseTo(-0.75, 1);
});
