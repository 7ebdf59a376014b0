import { spawnSync } from 'node:child_process';
import { create, globals } from 'webgpu';
import { isSoftware, requestDevice } from '../../src/engine/backend/webgpu/runtime/device.ts';

/** Dawn rounds timestamps to a tenth of a millisecond unless told not to. */
const FLAGS = ['disable-dawn-features=timestamp_quantization'];
/** On Linux it keeps 16-bit numbers from NVIDIA's cards, whose drivers compiled them wrongly once. */
const HALF_FLAGS = ['enable-dawn-features=vulkan_enable_f16_on_nvidia'];

export interface Opened {
  device: GPUDevice;
  /** A renderer on the CPU. */
  software: boolean;
  /** Errors that nobody asked for, as they come. */
  errors: string[];
}

let instance: GPU | null = null;

/** The Dawn that devices come from: one for as long as the process lives, as a device ends with it. */
export function dawn(): GPU {
  if (!instance) {
    Object.assign(globalThis, globals);
    instance = create(process.argv.includes('--f16') ? [...FLAGS, ...HALF_FLAGS] : FLAGS);
  }
  return instance;
}

/** A new device, as the product asks for it; null where there is no adapter. */
export async function openDevice(): Promise<Opened | null> {
  const adapter = await dawn().requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return null;
  const software = isSoftware(adapter.info);
  const device = await requestDevice(adapter);
  const errors: string[] = [];
  device.addEventListener('uncapturederror', ({ error }) => errors.push(error.message));
  return { device, software, errors };
}

/** The name of the first card that NVIDIA's driver lists; null where there is none. */
export function nvidiaCard(): string | null {
  const { status, stdout } = spawnSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], {
    encoding: 'utf8',
  });
  return (status === 0 && stdout.split('\n')[0]?.trim()) || null;
}
