import { expect, test, vi } from 'vitest';
import type { Library } from '../model/library.ts';
import type { FetchOptions } from '../weights/fetch.ts';
import { createModelsApi } from './models.ts';

/** A library whose downloads last until they are stopped. */
function slowLibrary() {
  const download = vi.fn(
    (_id: string, { signal }: FetchOptions = {}) =>
      new Promise<void>((_, reject) => signal!.addEventListener('abort', () => reject(new Error('stopped')))),
  );
  return { ...({} as Library), download };
}

test('a stopped download ends as cancelled, others go on', async () => {
  const api = createModelsApi(slowLibrary());
  const a = api.download('a', () => {});
  let ended = false;
  const b = api
    .download('b', () => {})
    .finally(() => {
      ended = true;
    });
  const both = Promise.allSettled([a, b]);
  await api.stopDownload('a');
  await expect(a).rejects.toMatchObject({ code: 'run/cancelled' });
  expect(ended).toBe(false);
  await api.stopDownload('b');
  await expect(b).rejects.toMatchObject({ code: 'run/cancelled' });
  await api.stopDownload('never begun');
  await both;
});

test('a second download of a model takes the place of the first', async () => {
  const library = slowLibrary();
  const api = createModelsApi(library);
  const first = api.download('a', () => {});
  const rejects = expect(first).rejects.toMatchObject({ name: 'AbortError' });
  await vi.waitFor(() => expect(library.download).toHaveBeenCalledTimes(1));
  const second = api.download('a', () => {});
  await rejects;
  await vi.waitFor(() => expect(library.download).toHaveBeenCalledTimes(2));
  const alsoRejects = expect(second).rejects.toMatchObject({ code: 'run/cancelled' });
  await api.stopDownload('a');
  await alsoRejects;
});

test('progress of a fast download is throttled, but its end is always reported', async () => {
  const rejects: number[] = [];
  const library = {
    ...({} as Library),
    download: async (_id: string, { onProgress }: FetchOptions = {}) => {
      for (let done = 1; done <= 1000; done++)
        onProgress!({ done, total: 1000, bytesPerSecond: 1, left: null });
    },
  };
  await createModelsApi(library).download('a', ({ done }) => rejects.push(done));
  expect(rejects.length).toBeLessThan(20);
  expect(rejects.at(-1)).toBe(1000);
});
