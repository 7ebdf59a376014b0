import { type OnPart, seldom } from '../../lib/task.ts';
import { propagatePainted } from '../follow/painted.ts';
import type { Records } from '../follow/records.ts';
import type { RunResult } from './result.ts';

/** Propagates painted tokens of one frame through all that a run has followed. Throws the signal's reason. */
export function propagateStroke(
  painted: readonly number[],
  { grid, clustering, clusters }: Pick<RunResult, 'grid' | 'clustering' | 'clusters'>,
  records: Records,
  apart: Float32Array,
  signal: AbortSignal,
  onPart?: OnPart,
): Promise<Int32Array> {
  const n = grid.rows * grid.columns;
  const first = Math.floor(painted[0]! / n) * n;
  const isObject = (token: number) => clusters[clustering.labels[first + token]!]?.background === false;
  return propagatePainted(painted, isObject, records, apart, signal, seldom(onPart));
}
