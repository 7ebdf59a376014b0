import type { Compute } from './cluster/types.ts';
import { createWasmCompute } from './cluster/wasm.ts';
import { createWebgpuCompute } from './cluster/webgpu.ts';
import type { Rates, StageSeconds } from './estimate.ts';
import { findAdapter, requestDevice, resolveDevice } from './gpu/device.ts';
import { threadCount } from './model/runtime.ts';
import type { Device, DeviceReport, RunSettings, StageTime } from './run.ts';

/** A device ready for work. */
export interface Workplace {
  report: DeviceReport;
  gpuDevice?: GPUDevice;
  compute: Compute;
  /** Bytes that rows of A'v may take at a time. */
  rowBudget: number;
  /** Frames that the backbone takes at a time. */
  batch: number;
  rates: Rates;
}

/** What devices are taken to reach until a run has been timed: two CPU threads; a laptop's GPU. */
const FIRST_RATES: Record<Device, Rates> = {
  wasm: { backbone: 25e9, cluster: 15e9 },
  webgpu: { backbone: 800e9, cluster: 600e9 },
};
const ROW_BUDGET: Record<Device, number> = { wasm: 384 * 2 ** 20, webgpu: 512 * 2 ** 20 };
const BATCH: Record<Device, number> = { wasm: 1, webgpu: 4 };

/** What a stage has to have taken before its time says anything. */
const TELLING_SECONDS = 0.2;

/** The devices of this machine, each readied once, when first needed. */
export function createDevices() {
  const ready = new Map<Device, Promise<Omit<Workplace, 'report'>>>();
  let found: ReturnType<typeof findAdapter> | null = null;

  /** What `choice` comes to here. Throws `device/...` when a forced device is not to be had. */
  async function workplace(choice: RunSettings['device']): Promise<Workplace> {
    found ??= findAdapter(threadCount());
    const { offer, adapter } = await found;
    const report = resolveDevice(choice, offer);
    let place = ready.get(report.device);
    if (!place) {
      place = open(report.device, adapter);
      ready.set(report.device, place);
      // A device that failed to open may open the next time.
      place.catch(() => ready.delete(report.device));
    }
    return { ...(await place), report };
  }

  /** Lets later estimates follow what a run took against what was expected of it. */
  async function learn(device: Device, expected: StageSeconds, times: readonly StageTime[]): Promise<void> {
    const place = await ready.get(device);
    if (!place) return;
    for (const { stage, seconds } of times) {
      if (seconds < TELLING_SECONDS) continue;
      if (stage === 'tokens') place.rates.backbone *= expected.tokens / seconds;
      if (stage === 'cluster') place.rates.cluster *= expected.cluster / seconds;
    }
  }

  return { workplace, learn };
}

async function open(device: Device, adapter: GPUAdapter | null): Promise<Omit<Workplace, 'report'>> {
  const rest = { rowBudget: ROW_BUDGET[device], batch: BATCH[device], rates: { ...FIRST_RATES[device] } };
  if (device === 'wasm') return { compute: await createWasmCompute(), ...rest };
  const gpuDevice = await requestDevice(adapter!);
  return { gpuDevice, compute: createWebgpuCompute(gpuDevice), ...rest };
}
