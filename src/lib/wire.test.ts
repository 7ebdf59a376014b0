import { expose, type ProxyMarked, proxy } from 'comlink';
import { afterEach, expect, test } from 'vitest';
import { failure } from './errors.ts';
import { abortError } from './task.ts';
import { type Connection, connect } from './wire.ts';

interface Api {
  never(): Promise<void>;
  fail(how: 'abort' | 'failure' | 'bug'): Promise<void>;
  handle(): Promise<{ readonly name: string; never(): Promise<void> } & ProxyMarked>;
}

const never = () => new Promise<void>(() => {});
const api: Api = {
  never,
  fail: async (how) => {
    if (how === 'abort') throw abortError();
    if (how === 'failure') throw failure('png/not-png', { name: 'x' });
    throw new TypeError('a bug');
  },
  handle: async () => proxy({ name: 'x', never }),
};

/** A worker as the page sees it: a port, whose other side answers as a worker does. */
function pretendWorker() {
  const { port1, port2 } = new MessageChannel();
  expose(api, port2);
  port1.start();
  return Object.assign(port1, { terminate: () => port1.close() }) as unknown as Worker;
}

const open: Connection<Api>[] = [];
function connected() {
  const worker = pretendWorker();
  const connection = connect<Api>(worker, 'engine');
  open.push(connection);
  return { worker, ...connection };
}
afterEach(() => {
  for (const { end } of open.splice(0)) end(abortError());
});

test('errors cross whole: a failure with its code and parameters, an abort as an abort', async () => {
  const { api } = connected();
  await expect(api.fail('abort')).rejects.toMatchObject({ name: 'AbortError' });
  await expect(api.fail('failure')).rejects.toMatchObject({ code: 'png/not-png', todo: /Drop/ });
  const failed = await api.fail('failure').catch((thrown: unknown) => thrown);
  expect(failed).toMatchObject({ params: { name: 'x' }, message: 'x is not a PNG file.' });
  await expect(api.fail('bug')).rejects.toMatchObject({ code: 'internal/unexpected' });
});

test('what waits for a worker that is lost is rejected, on its handles too, and so are later calls', async () => {
  const { worker, api, lost } = connected();
  const handle = await api.handle();
  expect(await handle.name).toBe('x');
  const waiting = Promise.allSettled([api.never(), handle.never()]);
  worker.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
  for (const outcome of await waiting)
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { code: 'worker/lost', message: 'The engine stopped working: out of memory.' },
    });
  expect(lost.reason).toMatchObject({ code: 'worker/lost' });
  await expect(handle.never()).rejects.toMatchObject({ code: 'worker/lost' });
  await expect(handle.name).rejects.toMatchObject({ code: 'worker/lost' });
  await expect(api.never()).rejects.toMatchObject({ code: 'worker/lost' });
});

test('a message that cannot be read counts as a loss', async () => {
  const { worker, api } = connected();
  const waiting = expect(api.never()).rejects.toMatchObject({ code: 'worker/lost' });
  worker.dispatchEvent(new Event('messageerror'));
  await waiting;
});
