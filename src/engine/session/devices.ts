import type { UnpromptedError } from '../../lib/failure.ts';
import type { GuidedFilter } from '../backend/guided.ts';
import { plainFilter } from '../backend/plain/guided.ts';
import type { DeviceReport, SelfTest } from '../backend/report.ts';
import type { Backend } from '../backend/types.ts';
import { createWasmBackend } from '../backend/wasm/backend.ts';
import { provenFilter } from '../backend/webgpu/guided.ts';
import { findAdapter, isSoftware, requestDevice, resolveDevice } from '../backend/webgpu/runtime/device.ts';
import { verifiedBackend } from '../backend/webgpu/selftest.ts';
import { tilesOn } from '../backend/webgpu/tiles.ts';
import { type MeanField, meanField } from '../mask/meanfield.ts';
import { provenMeanField } from '../mask/webgpu-meanfield.ts';
import { threadCount } from '../onnx/runtime.ts';
import type { Device, RunSettings } from '../settings/run.ts';
import { isFailure } from './errors.ts';
import { type Rates, type StageSeconds, updatedRates } from './estimate.ts';
import type { StageTime } from './result.ts';

/** A device ready for work. */
export interface DeviceContext {
  report: DeviceReport;
  gpuDevice?: GPUDevice;
  backend: Backend;
  /** Makes outlines follow the edges of a picture. */
  filter: GuidedFilter;
  /** Draws the outlines of what moves along the edges of a picture. */
  field: MeanField;
  /** Bytes that rows of A'v may take at a time. */
  rowBudget: number;
  /** Bytes that the backbone's activations may take: it decides the frames of a batch. */
  activationBudget: number;
  rates: Rates;
}

/** A device once it is open; as `resolveDevice` found it. */
type Place = Omit<DeviceContext, 'report'> & { selfTest?: SelfTest };

/** Assumed speeds until a run has been timed: two CPU threads; a laptop's GPU. */
const FIRST_RATES: Record<Device, Rates> = {
  wasm: { backbone: 45e9, cluster: 40e9, follow: 1 },
  webgpu: { backbone: 800e9, cluster: 600e9, follow: 1 },
};
const ROW_BUDGET: Record<Device, number> = { wasm: 384 * 2 ** 20, webgpu: 512 * 2 ** 20 };
/** The CPU gains nothing from more than one frame at a time. */
const ACTIVATION_BUDGET: Record<Device, number> = { wasm: 0, webgpu: 512 * 2 ** 20 };

/** The devices of this machine, each opened once, when first needed. */
export function createDevices() {
  const ready = new Map<Device, Promise<Place>>();
  let found: ReturnType<typeof findAdapter> | null = null;
  let fault: UnpromptedError | undefined;

  /**
   * The device for `choice`. Throws `device/...` when a forced device is not available. A GPU that fails the
   * self-test counts as none: `auto` then takes the CPU.
   */
  async function context(choice: RunSettings['device']): Promise<DeviceContext> {
    found ??= findAdapter(threadCount());
    const { offer, adapter } = await found;
    const report = resolveDevice(choice, { ...offer, fault });
    const { device } = report;
    let place = ready.get(device);
    if (!place) {
      place = open(device, adapter, () => forget(device));
      ready.set(device, place);
      // A device that failed to open may open the next time.
      place.catch(() => forget(device));
    }
    try {
      const { selfTest, ...rest } = await place;
      return { ...rest, report: selfTest ? { ...report, selfTest } : report };
    } catch (error) {
      if (!isFailure(error, 'device/wrong-results')) throw error;
      fault = error;
      return context(choice);
    }
  }

  /** The next run opens the device again. An adapter gives one device only, so it is asked for again too. */
  function forget(device: Device): void {
    ready.delete(device);
    if (device === 'webgpu') found = null;
  }

  /** Corrects later estimates by what a run took and what was expected of it. */
  async function learn(
    device: Device,
    expected: Partial<StageSeconds>,
    times: readonly StageTime[],
  ): Promise<void> {
    const place = await ready.get(device);
    if (place) place.rates = updatedRates(place.rates, expected, times);
  }

  /** Limits the row budget of later runs, after memory ran out with a larger one. */
  async function limitRows(device: Device, budget: number): Promise<void> {
    const place = await ready.get(device);
    if (place) place.rowBudget = Math.min(place.rowBudget, budget);
  }

  return { context, learn, limitRows };
}

export type Devices = ReturnType<typeof createDevices>;

async function open(device: Device, adapter: GPUAdapter | null, onLost: () => void): Promise<Place> {
  const rest = {
    rowBudget: ROW_BUDGET[device],
    activationBudget: ACTIVATION_BUDGET[device],
    rates: { ...FIRST_RATES[device] },
  };
  const onCpu = { filter: plainFilter, field: meanField };
  if (device === 'wasm') return { backend: await createWasmBackend(), ...onCpu, ...rest };
  const gpuDevice = await requestDevice(adapter!);
  void gpuDevice.lost.then(onLost);
  const proven = await verifiedBackend(gpuDevice, await tilesOn(gpuDevice));
  // A software renderer would take seconds for a picture that takes the CPU a twentieth of one.
  const edges = isSoftware(gpuDevice.adapterInfo)
    ? onCpu
    : { filter: await provenFilter(gpuDevice), field: await provenMeanField(gpuDevice) };
  const onGpu = edges.filter !== plainFilter && edges.field !== meanField;
  const selfTest: SelfTest = { ...proven.selfTest, edges: onGpu ? 'webgpu' : 'wasm' };
  return { gpuDevice, ...proven, selfTest, ...edges, ...rest };
}
