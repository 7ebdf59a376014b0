import { expect, test } from 'vitest';
import { PlainBackend } from '../backend/plain/backend.ts';
import type { Attention, Backend } from '../backend/types.ts';
import type { RunSettings } from '../settings/run.ts';
import { TokenStore } from '../tokens/store.ts';
import type { DeviceContext } from './devices.ts';
import { failure } from './errors.ts';
import { segmentTokens, type Tokens } from './pipeline.ts';
import { whileDevicesLast, withinMemory } from './recovery.ts';

const MIB = 2 ** 20;
const signal = new AbortController().signal;
const outOfMemory = () => failure('device/out-of-memory', { bytes: 1e6 });

/** Four frames of 3 × 4 tokens in two halves that look apart. */
async function tokens(): Promise<Tokens> {
  const grid = { frames: 4, rows: 3, columns: 4 };
  const store = new TokenStore(grid, 8, true);
  const values = Float32Array.from({ length: 48 * 8 }, (_, at) => {
    const [token, channel] = [Math.floor(at / 8), at % 8];
    return token % 4 < 2 === channel < 4 ? 3 + Math.sin(at) / 10 : 0;
  });
  await store.write(0, values, values);
  return { metric: 'Av', frames: Int32Array.of(0, 1, 2, 3), lost: null, grid, heads: 2, store };
}

const settings = {
  clustering: 'windowed',
  window: 2,
  tau: 0.5,
  ratio: 0.5,
  temperature: 1,
  k: 8,
  seed: 1,
} as RunSettings;

const segment = async (backend: Backend, rowBudget: number) =>
  segmentTokens({ backend, rowBudget }, await tokens(), settings, () => {}, signal);

/** A backend whose memory runs out when rows are made the `times`-th time. */
class ScarceBackend extends PlainBackend {
  private made = 0;

  constructor(private readonly times: number) {
    super();
  }

  override async attend(...given: Parameters<Backend['attend']>) {
    const attention = await super.attend(...given);
    const rows: Attention['rows'] = (first, count) => {
      if (++this.made === this.times) throw outOfMemory();
      return attention.rows(first, count);
    };
    return { ...attention, rows };
  }
}

test.each([1, 2])('memory that runs out at the %i. rows halves the budget; labels stay', async (times) => {
  const whole = await segment(new PlainBackend(), 32 * MIB);
  const budgets: number[] = [];
  const halved: number[] = [];
  const backend = new ScarceBackend(times);
  const found = await withinMemory(
    32 * MIB,
    (budget) => {
      budgets.push(budget);
      return segment(backend, budget);
    },
    (budget) => {
      halved.push(budget);
    },
  );
  expect(found.clustering.labels).toEqual(whole.clustering.labels);
  expect(budgets).toEqual([32 * MIB, 16 * MIB]);
  expect(halved).toEqual([16 * MIB]);
});

test('leaves whose copy finds no room are released', async () => {
  class Crowded extends PlainBackend {
    override async concat(): Promise<never> {
      throw outOfMemory();
    }
  }
  const backend = new Crowded();
  // One window, so that the only copy is that of the leaves.
  const once = { ...settings, window: 4 };
  const work = segmentTokens({ backend, rowBudget: 32 * MIB }, await tokens(), once, () => {}, signal);
  await expect(work).rejects.toMatchObject({ code: 'device/out-of-memory' });
  expect(backend.memory.held).toBe(0);
});

test('memory that never suffices is an error, after a few tries', async () => {
  let tries = 0;
  const hopeless = withinMemory(
    32 * MIB,
    async () => {
      tries++;
      throw outOfMemory();
    },
    () => {},
  );
  await expect(hopeless).rejects.toMatchObject({ code: 'device/out-of-memory' });
  expect(tries).toBe(3);
});

test('other errors are not tried again', async () => {
  const broken = withinMemory(
    32 * MIB,
    async () => {
      throw failure('device/failed', { detail: 'x' });
    },
    () => {
      throw new Error('halved');
    },
  );
  await expect(broken).rejects.toMatchObject({ code: 'device/failed' });
});

/** A place whose device is lost at once, or stays. */
const place = (lost: boolean) => {
  const info = { reason: 'unknown', message: 'driver update' } as GPUDeviceLostInfo;
  const gpuDevice = { lost: lost ? Promise.resolve(info) : new Promise(() => {}) } as GPUDevice;
  return { gpuDevice } as DeviceContext;
};

test('work goes on with the device opened again, and the reason is reported', async () => {
  const places = [place(true), place(false)];
  const reasons: string[] = [];
  const done: number[] = [];
  const result = await whileDevicesLast(
    async () => places.shift()!,
    async () => {
      done.push(done.length);
      if (done.length === 1) throw failure('model/run-failed', { device: 'webgpu', detail: 'context lost' });
      return 'ended';
    },
    (reason) => reasons.push(reason),
    signal,
  );
  expect(result).toBe('ended');
  expect(reasons).toEqual(['driver update']);
});

test('a device that is lost again and again ends the run as such', async () => {
  const failing = whileDevicesLast(
    async () => place(true),
    async () => {
      throw failure('device/failed', { detail: 'x' });
    },
    () => {},
    signal,
  );
  await expect(failing).rejects.toMatchObject({ code: 'device/lost' });
});

test('a failure on a device that stays is the failure', async () => {
  for (const on of [place(false), {} as DeviceContext]) {
    const failing = whileDevicesLast(
      async () => on,
      async () => {
        throw failure('device/failed', { detail: 'x' });
      },
      () => {},
      signal,
    );
    await expect(failing).rejects.toMatchObject({ code: 'device/failed' });
  }
});
