import type { Compute } from './cluster/types.ts';
import { createWasmCompute } from './cluster/wasm.ts';
import { createWebgpuCompute } from './cluster/webgpu.ts';
import type { Rates, StageSeconds } from './estimate.ts';
import { describeDevice, requestGpu } from './gpu/device.ts';
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
  const ready = new Map<Device, Promise<Workplace>>();
  let found: Promise<GpuOffer> | null = null;

  /** What `choice` comes to here. Throws `device/...` when a forced device is not to be had. */
  async function workplace(choice: RunSettings['device']): Promise<Workplace> {
    found ??= offered();
    const report = resolveDevice(choice, await found);
    const known = ready.get(report.device);
    if (known) return { ...(await known), report };
    const opening = open(report);
    ready.set(report.device, opening);
    // A device that failed to open may open the next time.
    opening.catch(() => ready.delete(report.device));
    return opening;
  }

  /** Lets later estimates follow what a run took against what was expected of it. */
  async function learn(device: Device, expected: StageSeconds, times: readonly StageTime[]): Promise<void> {
    const place = await ready.get(device);
    if (!place) return;
    for (const { stage, seconds } of times) {
      const rate = stage === 'tokens' ? 'backbone' : 'cluster';
      if ((stage === 'tokens' || stage === 'cluster') && seconds > TELLING_SECONDS)
        place.rates[rate] *= expected[stage] / seconds;
    }
  }

  return { workplace, learn };
}
