import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { writtenBackbone } from '../../src/engine/model/graphs/written.ts';
import { loadModel } from '../../src/engine/model/load.ts';
import { parseManifest } from '../../src/engine/model/manifest.ts';
import type { Model } from '../../src/engine/model/types.ts';
import type { Precision } from '../../src/engine/settings/run.ts';
import { goldenModel, goldenRun, largestDifference } from '../../test/model-goldens.ts';
import { dawn } from './device.ts';
import { type Bench, best } from './table.ts';

const MODELS = new URL('../../public/models/', import.meta.url);
const MODEL = 'ba-tiny-v0';
const SIZES = {
  software: { height: 48, width: 96, batch: 1 },
  hardware: { height: 192, width: 384, batch: 8 },
};
/** What the tests let keys of the reference's small model be off by, here as there. */
const MOST_OFF: Record<Precision, number> = { float32: 1e-4, float16: 2e-2 };

/** The ViT that comes with the page, written as ONNX, run by ONNX Runtime's WebGPU provider on Dawn. */
export async function benchVit(bench: Bench): Promise<void> {
  const { device, software, table } = bench;
  const { height, width, batch } = SIZES[software ? 'software' : 'hardware'];
  const model = await readModel();
  const pixels = Float32Array.from(
    { length: batch * 3 * height * width },
    (_, i) => Math.sin(i * 0.013) + Math.cos(i * 0.37),
  );
  const ort = await webgpuRuntime(device);
  const precisions: Precision[] = device.features.has('shader-f16') ? ['float32', 'float16'] : ['float32'];
  for (const precision of precisions) {
    const size = `${batch} × ${width} × ${height}, ${precision} weights`;
    await table.row('ViT, BA-Tiny, by ONNX Runtime', size, async () => {
      await demandRight(ort, device, precision);
      const vit = await ready(ort, device, model, { height, width, batch, precision });
      const taken = await best(bench, async () => void (await vit.keys(pixels)));
      await vit.release();
      return { ...taken, operations: batch * operationsOf(model, height, width) };
    });
  }
}

type Runtime = Awaited<ReturnType<typeof webgpuRuntime>>;

/** A session of the model's graph, which gives the last block's keys. */
async function ready(
  ort: Runtime,
  device: GPUDevice,
  { architecture, weights }: Model,
  options: { height: number; width: number; batch: number; precision: Precision },
) {
  const { bytes, external } = writtenBackbone(architecture, weights, { ...options, outputs: ['k'] });
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: [{ name: 'webgpu', device }],
    externalData: external,
  });
  const { batch, height, width } = options;
  return {
    async keys(pixels: Float32Array): Promise<Float32Array> {
      const { k } = await session.run({
        pixels: new ort.Tensor('float32', pixels, [batch, 3, height, width]),
      });
      if (!k) throw new Error('it gives no keys');
      return Float32Array.from((await k.getData(true)) as Float32Array);
    },
    release: () => session.release(),
  };
}

/** Throws where the keys of the reference's small model are not the reference's. */
async function demandRight(ort: Runtime, device: GPUDevice, precision: Precision): Promise<void> {
  const { height, width, frames, pixels, outputs } = await goldenRun('dino');
  const model = await goldenModel('dino');
  const vit = await ready(ort, device, model, { height, width, batch: frames, precision });
  const off = largestDifference(await vit.keys(pixels), outputs.k);
  await vit.release();
  if (!(off <= MOST_OFF[precision])) throw new Error(`keys are ${off} off the reference's`);
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
