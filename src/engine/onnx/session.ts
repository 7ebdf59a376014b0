import type { OnnxModel } from './graph.ts';
import { createSessionApart } from './session-apart.ts';
import { createSessionHere } from './session-here.ts';
import type { Session, SessionOptions } from './types.ts';

/**
 * A session of ONNX Runtime over a written graph, on exactly the device that was asked for. In a browser the CPU's run in a worker,
 * so that the caller's thread stays free; a GPU's belong to the thread that has the device.
 * @throws `model/session-failed`, `worker/lost`; `run` throws `model/run-failed`
 */
export const createSession = (model: OnnxModel, options: SessionOptions): Promise<Session> =>
  import.meta.env.SSR || options.device !== 'wasm' || options.here
    ? createSessionHere(model, options)
    : createSessionApart(model);
