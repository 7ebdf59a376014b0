import type { InferenceSession } from 'onnxruntime-web';
import { serial } from '../../lib/task.ts';
import { failure } from './errors.ts';
import type { OnnxModel } from './graph.ts';
import { loadRuntime } from './runtime.ts';
import type { Session, SessionOptions } from './types.ts';

/** ONNX Runtime keeps global state while it creates or runs, so everything takes its turn. */
const inTurn = serial();

const detailOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));

/**
 * A session in this thread, which the CPU's kernels block while they run.
 * @throws `model/session-failed`; `run` throws `model/run-failed`
 */
export async function createSessionHere(
  model: OnnxModel,
  { device, gpuDevice }: Pick<SessionOptions, 'device' | 'gpuDevice'>,
): Promise<Session> {
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
