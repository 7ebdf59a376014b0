import { within } from '../../lib/task.ts';
import type { DeviceContext } from './devices.ts';
import { failure, isFailure } from './errors.ts';

/** Rows of A'v in less memory than this are not worth trying. */
const LEAST_BUDGET = 8 * 2 ** 20;
/** Losses of a device in one run after which it counts as gone. */
const MOST_LOSSES = 3;
/** Milliseconds to wait for a loss to be reported, after work has failed. */
const LOSS_WAIT = 500;

/**
 * Does work that holds rows within a budget of bytes; where memory runs out (`device/out-of-memory`), again with half of
 * it. The budget decides how many rows are made at a time, never a result. `onHalved` gets the new budget.
 */
export async function withinMemory<T>(
  budget: number,
  work: (budget: number) => Promise<T>,
  onHalved: (budget: number) => void | Promise<void>,
): Promise<T> {
  for (let left = budget; ; ) {
    try {
      return await work(left);
    } catch (thrown) {
      const full = isFailure(thrown, 'device/out-of-memory');
      left = Math.floor(left / 2);
      if (!full || left < LEAST_BUDGET) throw thrown;
      await onHalved(left);
    }
  }
}

/**
 * Runs work on the device that `open` returns; if it is lost midway, runs it again on a newly opened device.
 * The work has to keep track of what is already done. `onLost` gets the reason.
 * @throws what the work throws; `device/lost` where that happens again and again
 */
export async function whileDevicesLast<T>(
  open: () => Promise<DeviceContext>,
  work: (place: DeviceContext) => Promise<T>,
  onLost: (reason: string) => void,
  signal: AbortSignal,
): Promise<T> {
  for (let losses = 1; ; losses++) {
    const place = await open();
    try {
      return await work(place);
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      const reason = await lossOf(place);
      if (reason === null) throw thrown;
      if (losses >= MOST_LOSSES) throw failure('device/lost', { reason }, { cause: thrown });
      onLost(reason);
    }
  }
}

/** Why the device is gone; null where it is not. Work can fail by a loss some moments before the loss is reported. */
async function lossOf({ gpuDevice }: Pick<DeviceContext, 'gpuDevice'>): Promise<string | null> {
  const lost = gpuDevice && (await within(LOSS_WAIT, gpuDevice.lost));
  return lost ? lost.message || lost.reason : null;
}
