import { UnpromptedError } from '../../../lib/errors.ts';
import { divergence, splitsOf } from './divergence.ts';
import { ascending, type GpuRows, loadRows } from './rows.ts';
import { isSoftware } from './runtime/device.ts';
import { Gpu } from './runtime/gpu.ts';
import { type Tuning, tileOf } from './runtime/kernel.ts';

/** How a matrix product is cut up. */
export type Tiles = Pick<Tuning, 'threads' | 'register'>;

/** A candidate and how long it took; infinitely long where the device cannot have it. */
export interface Trial {
  tiles: Tiles;
  seconds: number;
}

/** Where an adapter's tiles are kept. */
export interface TileMemory {
  recall(adapter: string): Promise<Tiles | null>;
  keep(adapter: string, tiles: Tiles): Promise<void>;
}

/** What is tried on a real GPU; the first is taken unless another is clearly faster. */
export const CANDIDATES: readonly Tiles[] = [
  { threads: 8, register: 8 },
  { threads: 16, register: 4 },
  { threads: 8, register: 4 },
];

const CACHE = 'tiles';
const addressOf = (adapter: string) => `/tiles/${encodeURIComponent(adapter)}`;

/** Keeps tiles in the browser's cache of this origin, which workers reach too. */
export const cachedTiles: TileMemory = {
  async recall(adapter) {
    const found = await (await caches.open(CACHE)).match(addressOf(adapter));
    return found ? found.json() : null;
  },
  async keep(adapter, tiles) {
    await (await caches.open(CACHE)).put(addressOf(adapter), Response.json(tiles));
  },
};

/** A candidate has to take less than this share of the first one's time: below that it may be chance. */
const CLEARLY = 0.95;

/** D of a sweep's shape: a chunk of rows against a batch of candidates. */
const SIZE = { rows: 1024, columns: 64, width: 2048 };
const REPEATS = 4;
/** Products of one submission, so that what is timed is work and not the way to the GPU. */
const AT_ONCE = 8;

/** The tiles to take: the fastest where it is clearly faster than the first, else the first. */
export function fastest(trials: readonly Trial[]): Tiles {
  const [first, ...others] = trials;
  const best = others.reduce((least, trial) => (trial.seconds < least.seconds ? trial : least), first!);
  return (best.seconds < CLEARLY * first!.seconds ? best : first!).tiles;
}

/**
 * The tiles remembered for an adapter, or those that a trial finds, which are remembered from then on. Where nothing can
 * be kept (a browser may refuse an origin its storage), they are tried anew every time.
 */
export async function tilesFor(
  adapter: string,
  memory: TileMemory,
  trial: () => Promise<readonly Trial[]>,
): Promise<Tiles> {
  const known = await memory.recall(adapter).catch(() => null);
  const candidate = CANDIDATES.find(
    (one) => one.threads === known?.threads && one.register === known.register,
  );
  if (candidate) return candidate;
  const found = fastest(await trial());
  await memory.keep(adapter, found).catch(() => undefined);
  return found;
}

/** The tiles that suit a device's adapter; none, so the usual, on a software adapter, where a trial would take long. */
export async function tilesOn(device: GPUDevice, memory: TileMemory = cachedTiles): Promise<Partial<Tiles>> {
  const { adapterInfo, features } = device;
  if (isSoftware(adapterInfo)) return {};
  const { vendor, architecture, description } = adapterInfo;
  const stored = features.has('shader-f16') ? 'float16' : 'float32';
  const adapter = [vendor, architecture, description, stored].join(' ');
  return tilesFor(adapter, memory, () => tryTiles(device));
}

/** Times D (Eq. 2) of made-up rows with each candidate's tiles: the fastest of a few runs, after one to warm up. */
export async function tryTiles(
  device: GPUDevice,
  candidates: readonly Tiles[] = CANDIDATES,
  { rows: count, columns, width } = SIZE,
): Promise<Trial[]> {
  const gpu = new Gpu(device);
  const values = Float32Array.from({ length: count * width }, (_, i) => (1 + (i % 7)) / (4 * width));
  const rows = await loadRows(gpu, values, width, 'kl');
  try {
    const trials: Trial[] = [];
    for (const tiles of candidates)
      trials.push({ tiles, seconds: await timed(new Gpu(device, tiles), rows, columns) });
    return trials;
  } finally {
    rows.release();
  }
}

async function timed(gpu: Gpu, rows: GpuRows, columns: number): Promise<number> {
  try {
    const record = await divergence(gpu, rows);
    const [page] = rows.pages;
    const splits = splitsOf(rows.width);
    const tile = tileOf(gpu.tuning);
    let least = Number.POSITIVE_INFINITY;
    for (let repeat = 0; repeat <= REPEATS; repeat++) {
      const batch = gpu.batch('tile trial');
      const block = {
        a: page!,
        rowOf: batch.upload(ascending(page!.count)),
        b: page!,
        columnOf: batch.upload(ascending(columns)),
        shape: batch.upload(Uint32Array.of(page!.count, columns, 0, 0, 0)),
        distances: batch.scratch(4 * splits * page!.count * columns),
        pitch: columns,
        splits,
      };
      for (let product = 0; product < AT_ONCE; product++)
        record(batch, block, [Math.ceil(columns / tile), Math.ceil(page!.count / tile), splits]);
      const start = performance.now();
      batch.submit();
      await gpu.device.queue.onSubmittedWorkDone();
      if (repeat > 0) least = Math.min(least, performance.now() - start);
    }
    await gpu.check();
    return least / 1000;
  } catch (error) {
    // More threads or workgroup memory than the device has.
    if (error instanceof UnpromptedError && error.code === 'device/failed') return Number.POSITIVE_INFINITY;
    throw error;
  }
}
