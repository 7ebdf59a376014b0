import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { writtenBackbone } from '../../src/engine/model/graphs/written.ts';
import { loadModel } from '../../src/engine/model/load.ts';
import { parseManifest } from '../../src/engine/model/manifest.ts';
import type { Model } from '../../src/engine/model/types.ts';
import { createSession } from '../../src/engine/onnx/session.ts';
import type { Precision } from '../../src/engine/settings/run.ts';
import { largestDifference } from '../../test/model-goldens.ts';
import { dawn } from './device.ts';
import { type Bench, best } from './table.ts';

const MODELS = new URL('../../public/models/', import.meta.url);
const MODEL = 'ba-tiny-v0';
const SIZES = {
  software: { height: 96, width: 192, batch: 1 },
  hardware: { height: 192, width: 384, batch: 8 },
};
/** Keys of this model are some units large; the tests let small models' be off by 1e-4 and 2e-2. */
const MOST_OFF: Record<Precision, number> = { float32: 1e-2, float16: 0.2 };

/** The ViT that comes with the page, written as ONNX, run by ONNX Runtime's WebGPU provider on Dawn. */
export async function benchVit(bench: Bench): Promise<void> {
  const { device, software, table } = bench;
  const { height, width, batch } = SIZES[software ? 'software' : 'hardware'];
  const model = await readModel();
  const options = { height, width, outputs: ['k'] as const };
  const values = 3 * height * width;
  const pixels = Float32Array.from(
    { length: batch * values },
    (_, i) => Math.sin(i * 0.013) + Math.cos(i * 0.37),
  );
  // Before ONNX Runtime's other build is loaded, whose code is left as it is first compiled.
  const onCpu = await createSession(
    writtenBackbone(model.architecture, model.weights, { ...options, batch: 1, precision: 'float32' }),
    { device: 'wasm' },
  );
  const frame = { data: pixels.subarray(0, values), shape: [1, 3, height, width] };
  const expected = (await onCpu.run({ pixels: frame })).k!;
  await onCpu.release();

  const ort = await webgpuRuntime(device);
  const precisions: Precision[] = device.features.has('shader-f16') ? ['float32', 'float16'] : ['float32'];
  for (const precision of precisions) {
    const size = `${batch} × ${width} × ${height}, ${precision} weights`;
    await table.row('ViT, BA-Tiny (ONNX Runtime)', size, async () => {
      const graph = writtenBackbone(model.architecture, model.weights, { ...options, batch, precision });
      const session = await ort.InferenceSession.create(graph.bytes, {
        executionProviders: [{ name: 'webgpu', device }],
        externalData: graph.external,
      });
      let keys = new Float32Array();
      const taken = await best(bench, async () => {
        const input = new ort.Tensor('float32', pixels, [batch, 3, height, width]);
        const { k } = await session.run({ pixels: input });
        keys = Float32Array.from((await k!.getData(true)) as Float32Array);
      });
      await session.release();
      const off = largestDifference(keys.subarray(0, expected.length), expected);
      if (!(off <= MOST_OFF[precision])) throw new Error(`its keys are ${off} off the CPU's`);
      return { ...taken, operations: batch * operationsOf(model, height, width) };
    });
  }
}

async function readModel(): Promise<Model> {
  const manifest: unknown = JSON.parse(await readFile(new URL('manifest.json', MODELS), 'utf8'));
  const entry = parseManifest(manifest).find(({ id }) => id === MODEL);
  if (!entry) throw new Error(`${MODEL} is not in the manifest.`);
  return loadModel(entry, async ({ url }) => new Uint8Array(await readFile(new URL(url, MODELS))));
}

/**
 * ONNX Runtime's build for browsers, which takes Dawn for the browser's WebGPU. It is run on one thread, with the code of V8's
 * first compiler: Node does not end, or go on after a wait, before the optimised code of its 27 MB is there.
 */
async function webgpuRuntime(device: GPUDevice) {
  setFlagsFromString('--liftoff-only');
  Object.defineProperty(globalThis, 'navigator', {
    value: { gpu: dawn(), hardwareConcurrency: 1 },
    configurable: true,
  });
  // Its memory is shared, from which Dawn in Node does not write.
  const { writeBuffer } = device.queue;
  device.queue.writeBuffer = (buffer, at, data, ...rest) => {
    const shared = ArrayBuffer.isView(data) && data.buffer instanceof SharedArrayBuffer;
    const own = shared ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice() : data;
    return writeBuffer.call(device.queue, buffer, at, own as GPUAllowSharedBufferSource, ...rest);
  };
  const ort = await import('onnxruntime-web/webgpu');
  const file = (name: string) =>
    import.meta.resolve(`onnxruntime-web/ort-wasm-simd-threaded.asyncify.${name}`);
  ort.env.wasm.wasmPaths = { mjs: file('mjs'), wasm: file('wasm') };
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  return ort;
}

/** Products and sums of one frame: of the last block only the keys are wanted. */
function operationsOf({ architecture }: Model, height: number, width: number): number {
  const { patch, dim, depth, hidden, registers } = architecture;
  const patches = (height / patch) * (width / patch);
  const tokens = patches + 1 + registers;
  const block = tokens * (2 * dim * (4 * dim + 2 * hidden) + 4 * tokens * dim);
  return 2 * patches * 3 * patch * patch * dim + (depth - 1) * block + 2 * tokens * dim * dim;
}
