import type { Device } from '../settings/run.ts';

type Runtime = typeof import('onnxruntime-web');

const WASM_THREADS = 8;

/** Threads that ONNX Runtime's CPU kernels get: without cross-origin isolation there is only one. */
export function threadCount(): number {
  const shared = typeof SharedArrayBuffer !== 'undefined' && globalThis.crossOriginIsolated !== false;
  return shared ? Math.min(globalThis.navigator?.hardwareConcurrency ?? 2, WASM_THREADS) : 1;
}

/**
 * The CPU build is half as large as the one that also knows WebGPU, so each device loads its own.
 * The files come from our own origin: `?url` makes them assets of the build, and giving the module's URL too
 * keeps ONNX Runtime from starting its threads out of whatever chunk it was bundled into.
 */
async function loadWasm(): Promise<Runtime> {
  const [ort, mjs, wasm] = await Promise.all([
    import('onnxruntime-web/wasm'),
    import('onnxruntime-web/ort-wasm-simd-threaded.mjs?url'),
    import('onnxruntime-web/ort-wasm-simd-threaded.wasm?url'),
  ]);
  ort.env.wasm.wasmPaths = { mjs: absolute(mjs.default), wasm: absolute(wasm.default) };
  return ort;
}

async function loadWebGpu(): Promise<Runtime> {
  const [ort, mjs, wasm] = await Promise.all([
    import('onnxruntime-web/webgpu'),
    import('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url'),
    import('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url'),
  ]);
  ort.env.wasm.wasmPaths = { mjs: absolute(mjs.default), wasm: absolute(wasm.default) };
  return ort;
}

const absolute = (url: string) => new URL(url, globalThis.location.href).href;

/** Node's build finds its own files. The condition is a constant in a browser build, which leaves this import out. */
const load: Record<Device, () => Promise<Runtime>> = import.meta.env.SSR
  ? { wasm: () => import('onnxruntime-web'), webgpu: () => import('onnxruntime-web') }
  : { wasm: loadWasm, webgpu: loadWebGpu };

const loaded: Partial<Record<Device, Promise<Runtime>>> = {};

/** ONNX Runtime for a device, loaded once. In Node only `wasm` can run. */
export function loadRuntime(device: Device): Promise<Runtime> {
  loaded[device] ??= load[device]().then(
    (ort) => {
      ort.env.wasm.numThreads = threadCount();
      ort.env.logLevel = 'error';
      return ort;
    },
    (thrown) => {
      // A file that failed to load may load the next time.
      delete loaded[device];
      throw thrown;
    },
  );
  return loaded[device];
}
