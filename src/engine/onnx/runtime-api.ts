import { type ProxyMarked, proxy, transfer } from 'comlink';
import type { OnnxModel } from './graph.ts';
import { createSessionHere } from './session-here.ts';
import type { Session } from './types.ts';

/** What the worker of ONNX Runtime's CPU kernels answers. */
export interface RuntimeApi {
  createSession(model: OnnxModel): Promise<Session & ProxyMarked>;
}

export const runtimeApi: RuntimeApi = {
  async createSession(model) {
    const session = await createSessionHere(model, { device: 'wasm' });
    return proxy<Session>({
      async run(inputs) {
        const outputs = await session.run(inputs);
        return transfer(
          outputs,
          Object.values(outputs).map(({ buffer }) => buffer),
        );
      },
      release: () => session.release(),
    });
  },
};
