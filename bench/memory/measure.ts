import { cluster } from '../../src/engine/cluster/hierarchy.ts';
import type { Control } from '../../src/engine/cluster/passes.ts';
import type { AttentionInput, Compute } from '../../src/engine/cluster/types.ts';

export interface Measured {
  clusters: number;
  /** Centroids of the first hierarchy, and bytes of one. */
  centroids: number;
  rowBytes: number;
  seconds: number;
  /** Bytes by the compute's own account: the most, and what is left at the end. */
  peak: number;
  left: number;
}

/** Clusters the first `frames` frames of a clip (windows of 3, a row over all its key frames) within a budget of bytes. */
export async function measure(
  compute: Compute,
  input: AttentionInput,
  { frames, tau, ...control }: { frames: number; tau: number } & Control,
): Promise<Measured> {
  const started = performance.now();
  const { rows, columns } = input.grid;
  const whole = await compute.attend(input);
  const attention = { ...whole, tokens: frames * rows * columns };
  const settings = { clustering: 'windowed', tau, window: 3, k: 8, seed: 1 } as const;
  const grid = { frames, rows, columns };
  const { clusters, levels } = await cluster(compute, attention, grid, settings, control);
  const { rowBytes } = whole;
  whole.release();
  const { peak, held } = compute.memory;
  const seconds = (performance.now() - started) / 1000;
  return { clusters, centroids: levels[0]!.clusters, rowBytes, seconds, peak, left: held };
}
