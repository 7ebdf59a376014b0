import { expect, test, vi } from 'vitest';
import type { Library } from '../model/library.ts';
import type { FetchOptions } from '../weights/fetch.ts';
import { createModelsApi } from './models.ts';

/** A library whose arrivals last until they are stopped. */
function slowLibrary() {
  const arrive = vi.fn(
    (_id: string, { signal }: FetchOptions = {}) =>
      new Promise<void>((_, reject) => signal!.addEventListener('abort', () => reject(new Error('stopped')))),
  );
  return { ...({} as Library), arrive };
}

test('a stopped arrival ends as cancelled, others go on', async () => {
  const api = createModelsApi(slowLibrary());
  const a = api.arrive('a', () => {});
  let ended = false;
  const b = api
    .arrive('b', () => {})
    .finally(() => {
      ended = true;
    });
  const both = Promise.allSettled([a, b]);
  await api.stopArrival('a');
  await expect(a).rejects.toMatchObject({ code: 'run/cancelled' });
  expect(ended).toBe(false);
  await api.stopArrival('b');
  await expect(b).rejects.toMatchObject({ code: 'run/cancelled' });
  await api.stopArrival('never begun');
  await both;
});

test('a second arrival of a model takes the place of the first', async () => {
  const library = slowLibrary();
  const api = createModelsApi(library);
  const first = api.arrive('a', () => {});
  const told = expect(first).rejects.toMatchObject({ code: 'run/cancelled' });
  await vi.waitFor(() => expect(library.arrive).toHaveBeenCalledTimes(1));
  const second = api.arrive('a', () => {});
  await told;
  await vi.waitFor(() => expect(library.arrive).toHaveBeenCalledTimes(2));
  const toldToo = expect(second).rejects.toMatchObject({ code: 'run/cancelled' });
  await api.stopArrival('a');
  await toldToo;
});

test('a fast arrival is told of sparingly, but its end always', async () => {
  const told: number[] = [];
  const library = {
    ...({} as Library),
    arrive: async (_id: string, { onArrival }: FetchOptions = {}) => {
      for (let done = 1; done <= 1000; done++)
        onArrival!({ done, total: 1000, bytesPerSecond: 1, left: null });
    },
  };
  await createModelsApi(library).arrive('a', ({ done }) => told.push(done));
  expect(told.length).toBeLessThan(20);
  expect(told.at(-1)).toBe(1000);
});
