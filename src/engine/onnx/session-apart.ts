import { type Remote, releaseProxy, transfer } from 'comlink';
import { connect } from '../../lib/wire.ts';
import type { OnnxModel } from './graph.ts';
import type { RuntimeApi } from './runtime-api.ts';
import type { Floats, Session } from './types.ts';

let runtime: Remote<RuntimeApi> | null = null;

/** Starts the worker when it is first needed. If it is lost, so are its sessions: this thread, which holds them, then counts as lost too. */
function started(): Remote<RuntimeApi> {
  if (runtime) return runtime;
  const worker = new Worker(new URL('../../../workers/runtime.ts', import.meta.url), {
    type: 'module',
    name: 'runtime',
  });
  const { api, lost } = connect<RuntimeApi>(worker, 'runtime');
  lost.addEventListener('abort', () => {
    runtime = null;
    reportError(lost.reason);
  });
  runtime = api;
  return api;
}

/**
 * A session on the CPU in a worker of its own, so that this thread decodes frames and draws masks meanwhile. Weights and
 * inputs are copied, since this thread goes on using its own.
 * @throws as `createSessionHere`; `worker/lost`
 */
export async function createSessionApart({ bytes, external }: OnnxModel): Promise<Session> {
  const copies = external.map(({ path, data }) => ({ path, data: data.slice() }));
  const buffers = copies.map(({ data }) => data.buffer);
  const session = await started().createSession(transfer({ bytes, external: copies }, buffers));
  return {
    run(inputs) {
      const copies = Object.entries(inputs).map(
        ([name, { data, shape }]) => [name, { data: data.slice(), shape }] satisfies [string, Floats],
      );
      const buffers = copies.map(([, { data }]) => data.buffer);
      return session.run(transfer(Object.fromEntries(copies), buffers));
    },
    async release() {
      await session.release();
      session[releaseProxy]();
    },
  };
}
