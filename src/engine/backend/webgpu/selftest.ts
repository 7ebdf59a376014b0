import { failure, isFailure } from '../errors.ts';
import { PlainBackend } from '../plain/backend.ts';
import type { SelfTest } from '../report.ts';
import type { AttentionInput, Backend } from '../types.ts';
import { createWebgpuBackend } from './backend.ts';
import { Gpu } from './runtime/gpu.ts';
import { largeBuffersHold } from './runtime/large.ts';
import type { Tiles } from './tiles.ts';

/** What a sound device stays below: with 32 bits by far, with 16 by the rounding of ln P. */
const BOUNDS = { full: 1e-4, half: 2e-2 };

/**
 * The GPU's backend, proven on this device: with 16-bit storage where the device has it and passes, else with 32; with
 * other than the usual `tiles` only where these pass. A driver's fault thus shows before a run, not as strange masks
 * after it.
 * @throws `device/wrong-results`, and what the backend throws
 */
export async function verifiedBackend(
  device: GPUDevice,
  tiles: Partial<Tiles> = {},
): Promise<{ backend: Backend; selfTest: SelfTest }> {
  const large = await largeBuffersHold(new Gpu(device));
  const widths = device.features.has('shader-f16') ? [true, false] : [false];
  for (const half of widths) {
    const proven = await prove(device, half, tiles, large).catch(onlyWrongResults);
    if (proven) return proven;
  }
  return prove(device, false, {}, large);
}

async function prove(device: GPUDevice, half: boolean, tiles: Partial<Tiles>, large: boolean) {
  const backend = createWebgpuBackend(device, { half, ...tiles });
  try {
    const selfTest = { half, large, ...(await compareWithPlain(backend)) };
    const bound = half ? BOUNDS.half : BOUNDS.full;
    // Not ≤ the bound: NaN is wrong too.
    if (!(selfTest.attention <= bound && selfTest.divergence <= bound)) {
      const { attention, divergence } = selfTest;
      const detail = { code: 'off', params: { attention, divergence } } as const;
      throw failure('device/wrong-results', { detail });
    }
    return { backend, selfTest };
  } catch (error) {
    await backend.release();
    throw error;
  }
}

function onlyWrongResults(error: unknown): null {
  if (isFailure(error, 'device/wrong-results')) return null;
  throw error;
}

/** Attention and D of a backend against the plain twin, over more than one tile and with odd sizes. */
export async function compareWithPlain(
  backend: Backend,
): Promise<Pick<SelfTest, 'attention' | 'divergence'>> {
  const input = smallInput();
  const [p, d] = await rowsAndDistances(backend, input);
  const [expectedP, expectedD] = await rowsAndDistances(new PlainBackend(), input);
  const width = input.keyFrames.length * input.grid.rows * input.grid.columns;
  return {
    attention: worst(p, expectedP, (entry) => Math.max(entry, 1 / width)),
    divergence: worst(d, expectedD, () => 1),
  };
}

async function rowsAndDistances(
  backend: Backend,
  input: AttentionInput,
): Promise<[Float32Array, Float32Array]> {
  const attention = await backend.attend(input);
  const rows = await attention.rows(1, attention.tokens - 2);
  try {
    return [await backend.read(rows), await backend.distances(rows, rows)];
  } finally {
    rows.release();
    attention.release();
  }
}

/** Three frames of 5 × 7 tokens, three heads of 20 channels. */
function smallInput(): AttentionInput {
  const grid = { frames: 3, rows: 5, columns: 7 };
  const [heads, channels] = [3, 20];
  const frame = grid.rows * grid.columns * heads * channels;
  const q = Float32Array.from({ length: grid.frames * frame }, (_, i) => Math.sin(0.37 * i + 0.002 * i * i));
  const k = q.map((x, i) => x + Math.cos(0.71 * i));
  return {
    grid,
    heads,
    channels,
    keyFrames: [0, 2],
    temperature: [1, 0.5, 2],
    read: async (which, first, count) =>
      (which === 'q' ? q : k).subarray(first * frame, (first + count) * frame),
  };
}

/** Largest difference, counted in units that may depend on the expected value; NaN where there is one. */
function worst(found: Float32Array, expected: Float32Array, unit: (expected: number) => number): number {
  return found.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i]!) / unit(expected[i]!)), 0);
}
