import { expect, test } from 'vitest';

/** The origin-private file system's synchronous files exist only in workers. */
function inWorker(url: URL): Promise<unknown> {
  const worker = new Worker(url, { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = reject;
  }).finally(() => worker.terminate());
}

test('frames beyond the memory lie in a file, and come back', async () => {
  const result = await inWorker(new URL('../../../test/overflow-worker.ts', import.meta.url));
  expect(result).toEqual({ same: true, bytes: 48, left: 0 });
});
