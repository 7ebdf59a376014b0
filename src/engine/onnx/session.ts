import type { InferenceSession } from 'onnxruntime-web';
import { failure } from '../../lib/errors.ts';
import type { Device } from '../settings/run.ts';
import type { OnnxModel } from './graph.ts';
import { loadRuntime } from './runtime.ts';

export interface SessionOptions {
  device: Device;
  /** The device of our own kernels and of the painting; needed when `device` is `webgpu`. */
  gpuDevice?: GPUDevice;
}

/** A dense float32 tensor at the border of a session. */
export interface Floats {
  data: Float32Array;
  shape: readonly number[];
}

export interface Session {
  /** Runs the graph. The outputs are owned by the caller. Calls queue up: ONNX Runtime runs one at a time. */
  run(inputs: Readonly<Record<string, Floats>>): Promise<Record<string, Float32Array>>;
  release(): Promise<void>;
}

/** ONNX Runtime keeps global state while it creates or runs, so everything takes its turn. */
let turn: Promise<unknown> = Promise.resolve();

function inTurn<T>(task: () => Promise<T>): Promise<T> {
  const result = turn.then(task);
  turn = result.catch(() => undefined);
  return result;
}

const detailOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));

/**
 * A session of ONNX Runtime over a written graph, on exactly the device that was asked for.
 * @throws `model/session-failed`; `run` throws `model/run-failed`
 */
export async function createSession(model: OnnxModel, options: SessionOptions): Promise<Session> {
  const { device, gpuDevice } = options;
  let ort: Awaited<ReturnType<typeof loadRuntime>>;
  let session: InferenceSession;
  try {
    ort = await loadRuntime(device);
    session = await inTurn(() =>
      ort.InferenceSession.create(model.bytes, {
        executionProviders: [device === 'webgpu' ? { name: 'webgpu', device: gpuDevice } : 'wasm'],
        externalData: model.external,
      }),
    );
  } catch (thrown) {
    throw failure('model/session-failed', { device, detail: detailOf(thrown) }, { cause: thrown });
  }

  return {
    async run(inputs) {
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([name, { data, shape }]) => [
          name,
          new ort.Tensor('float32', data, shape),
        ]),
      );
      try {
        const results = await inTurn(() => session.run(feeds));
        const outputs = Object.entries(results).map(async ([name, tensor]) => {
          const data = (await tensor.getData(true)) as Float32Array;
          return [name, data] as const;
        });
        return Object.fromEntries(await Promise.all(outputs));
      } catch (thrown) {
        throw failure('model/run-failed', { device, detail: detailOf(thrown) }, { cause: thrown });
      }
    },
    release: () => inTurn(() => session.release()),
  };
}
