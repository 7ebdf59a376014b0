import type { AttentionInput, Backend } from '../../src/engine/backend/types.ts';
import { cluster } from '../../src/engine/cluster/algorithm1.ts';
import type { Control } from '../../src/engine/cluster/chunks.ts';

export interface Measured {
  clusters: number;
  /** Centroids of the leaf level, and bytes of one. */
  centroids: number;
  rowBytes: number;
  seconds: number;
  /** Bytes by the backend's own account: the most, and what is left at the end. */
  peak: number;
  left: number;
}

/** Clusters the first `frames` frames of a clip (windows of 3, a row over all its key frames) within a budget of bytes. */
export async function measure(
  backend: Backend,
  input: AttentionInput,
  { frames, tau, ...control }: { frames: number; tau: number } & Control,
): Promise<Measured> {
  const started = performance.now();
  const { rows, columns } = input.grid;
  const whole = await backend.attend(input);
  const attention = { ...whole, tokens: frames * rows * columns };
  const settings = { clustering: 'windowed', tau, window: 3, k: 8, seed: 1 } as const;
  const grid = { frames, rows, columns };
  const { clusters, levels } = await cluster(backend, attention, grid, settings, control);
  const { rowBytes } = whole;
  whole.release();
  const { peak, held } = backend.memory;
  const seconds = (performance.now() - started) / 1000;
  return { clusters, centroids: levels[0]!.clusters, rowBytes, seconds, peak, left: held };
}
