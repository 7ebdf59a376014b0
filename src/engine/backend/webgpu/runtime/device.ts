import { UnpromptedError } from '../../../../lib/failure.ts';
import type { Device, Precision, RunSettings } from '../../../settings/run.ts';
import { failure, type MISSING } from '../../errors.ts';
import type { DeviceReport, Reason } from '../../report.ts';

/** What the browser offers to compute with. */
export interface Offer {
  adapter: DeviceReport['adapter'];
  /** Why there is no adapter; absent where there is one. */
  missing?: keyof typeof MISSING;
  features: string[];
  threads: number;
  /** Why the GPU is not to be trusted, once it has failed the self-test. */
  fault?: UnpromptedError;
}

/** Renderers that compute WebGPU on the CPU, many times slower than the wasm kernels do. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|warp/i;

export function isSoftware(
  info: Pick<GPUAdapterInfo, 'isFallbackAdapter' | 'description' | 'architecture'>,
): boolean {
  return info.isFallbackAdapter || SOFTWARE.test(`${info.description} ${info.architecture}`);
}

/**
 * Which device a run takes, and why: a pure function of what there is and what the user chose. `auto` takes a real
 * GPU, else the CPU. A forced device is taken or refused, never replaced.
 * @throws `device/no-webgpu`, `device/wrong-results`
 */
export function resolveDevice(choice: RunSettings['device'], offer: Offer): DeviceReport {
  const { adapter, missing = 'no-adapter', features, threads, fault } = offer;
  const report = (device: Device, why: Reason): DeviceReport => {
    return { device, why, adapter, features, threads, precision: precisionFor(device, features) };
  };
  const half = precisionFor('webgpu', features) === 'float16';
  if (choice === 'wasm') return report('wasm', { code: 'cpu-chosen', params: { threads } });
  if (choice === 'webgpu') {
    if (!adapter) throw failure('device/no-webgpu', { missing });
    if (fault) throw fault;
    const { software } = adapter;
    return report('webgpu', { code: 'gpu-chosen', params: { software, half } });
  }
  if (!adapter) return report('wasm', { code: 'no-gpu', params: { missing, threads } });
  if (adapter.software) return report('wasm', { code: 'software', params: { threads } });
  if (fault) return report('wasm', { code: 'faulty', params: { threads } });
  return report('webgpu', { code: 'gpu', params: { half } });
}

/** Float16 where the GPU computes with it: half the memory and reading. The CPU's kernels know float32 best. */
export function precisionFor(device: Device, features: readonly string[]): Precision {
  return device === 'webgpu' && features.includes('shader-f16') ? 'float16' : 'float32';
}

/** Asks the browser for its adapter, once, and says what it is. */
export async function findAdapter(threads: number): Promise<{ offer: Offer; adapter: GPUAdapter | null }> {
  const nothing = (missing: keyof typeof MISSING) => ({
    offer: { adapter: null, missing, features: [], threads },
    adapter: null,
  });
  if (!navigator.gpu) return nothing('no-webgpu');
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return nothing('no-adapter');
  const { vendor, architecture, description } = adapter.info;
  const software = isSoftware(adapter.info);
  const described = { vendor, architecture, description, software };
  return {
    offer: { adapter: described, features: [...adapter.features].sort(), threads },
    adapter,
  };
}

/** Limits that the default device keeps far below what adapters have, and that attention soon meets. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
] as const;

/**
 * Features worth having. `subgroups` is left out: flash attention goes wrong with it on some devices, and nothing
 * here needs it.
 */
const FEATURES: GPUFeatureName[] = ['shader-f16', 'timestamp-query'];

/** The one device for ONNX Runtime and our kernels, with the adapter's own limits. */
export function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  return adapter.requestDevice({
    label: 'unprompted',
    requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
  });
}

/** False where the device failed, out of memory or lost: what it was to do can be done on the CPU. Throws what else failed. */
export function onlyDeviceFailures(error: unknown): false {
  if (error instanceof UnpromptedError && error.code.startsWith('device/')) return false;
  throw error;
}
