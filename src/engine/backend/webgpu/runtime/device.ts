import { UnpromptedError } from '../../../../lib/failure.ts';
import type { Device, Precision, RunSettings } from '../../../settings/run.ts';
import { failure } from '../../errors.ts';
import type { DeviceReport } from '../../report.ts';

/** What the browser offers to compute with. */
export interface Offer {
  adapter: DeviceReport['adapter'];
  /** Why there is no adapter; empty where there is one. */
  missing: string;
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
  const { adapter, missing, features, threads, fault } = offer;
  const report = (device: Device, why: string): DeviceReport => {
    const precision = precisionFor(device, features);
    const bits = precision === 'float16' ? ' It computes with 16-bit weights.' : '';
    return { device, why: why + bits, adapter, features, threads, precision };
  };
  const cores = threads === 1 ? 'one thread' : `${threads} threads`;
  if (choice === 'wasm') return report('wasm', `The CPU was chosen (${cores}).`);
  if (choice === 'webgpu') {
    if (!adapter) throw failure('device/no-webgpu', { detail: missing });
    if (fault) throw fault;
    const warning = adapter.software ? ' It is a software renderer: the CPU would be much faster.' : '';
    return report('webgpu', `WebGPU was chosen.${warning}`);
  }
  if (!adapter)
    return report('wasm', `There is no WebGPU here (${missing}), so the CPU does the work (${cores}).`);
  if (adapter.software)
    return report('wasm', `WebGPU is only a software renderer here, so the CPU does the work (${cores}).`);
  if (fault) return report('wasm', `The GPU failed the self-test, so the CPU does the work (${cores}).`);
  return report('webgpu', 'A GPU is there.');
}

/** Float16 where the GPU computes with it: half the memory and reading. The CPU's kernels know float32 best. */
export function precisionFor(device: Device, features: readonly string[]): Precision {
  return device === 'webgpu' && features.includes('shader-f16') ? 'float16' : 'float32';
}

/** Asks the browser for its adapter, once, and says what it is. */
export async function findAdapter(threads: number): Promise<{ offer: Offer; adapter: GPUAdapter | null }> {
  const nothing = (missing: string) => ({
    offer: { adapter: null, missing, features: [], threads },
    adapter: null,
  });
  if (!navigator.gpu) return nothing('this browser does not have it, or the page is not on a secure origin');
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return nothing('the browser found no adapter');
  const { vendor, architecture, description } = adapter.info;
  const software = isSoftware(adapter.info);
  const described = { vendor, architecture, description, software };
  return {
    offer: { adapter: described, missing: '', features: [...adapter.features].sort(), threads },
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
