import { clustersOf, partsOf, type Records } from '../follow/records.ts';
import type { RunEvents } from './api.ts';
import type { FrameUpdate, RunResult } from './result.ts';

/** Minimum milliseconds between two reports of followed frames. */
const UPDATE_INTERVAL = 250;

/**
 * Cluster and part of every token of some frames, [places, tokens], all by default; −1 while a frame is pending, and where it
 * cannot be decoded.
 */
export function labelsOf(
  records: Records,
  clusterOf: Int32Array,
  places: readonly number[] = Array.from({ length: records.grid.frames }, (_, place) => place),
): { labels: Int32Array; parts: Int32Array } {
  const n = records.grid.rows * records.grid.columns;
  const labels = new Int32Array(places.length * n).fill(-1);
  const parts = new Int32Array(places.length * n).fill(-1);
  for (const [i, place] of places.entries()) {
    const record = records.get(place);
    if (!record) continue;
    labels.set(clustersOf(record, clusterOf), i * n);
    parts.set(partsOf(record, clusterOf), i * n);
  }
  return { labels, parts };
}

/** Frames as they are reported to the page. */
export const updateOf = (records: Records, places: number[], clusterOf: Int32Array): FrameUpdate => ({
  places,
  sources: places.map((place) => records.source(place)),
  ...labelsOf(records, clusterOf, places),
});

/** Copies newly followed frames into a result. */
export function fill(
  { grid, clustering, parts, followed }: RunResult,
  { places, sources, ...update }: FrameUpdate,
): void {
  const n = grid.rows * grid.columns;
  for (const [i, place] of places.entries()) {
    clustering.labels.set(update.labels.subarray(i * n, (i + 1) * n), place * n);
    parts?.set(update.parts.subarray(i * n, (i + 1) * n), place * n);
    followed!.sources[place] = sources[i]!;
  }
}

/** Reports followed frames to the page, at intervals, and fills them into the result. */
export function updates(events: RunEvents, records: Records, clusterOf: Int32Array, result: RunResult) {
  let waiting: number[] = [];
  let last = performance.now();
  const now = () => {
    if (waiting.length === 0) return;
    const update = updateOf(records, waiting, clusterOf);
    fill(result, update);
    waiting = [];
    last = performance.now();
    events.frames(update);
  };
  return {
    add(places: readonly number[]) {
      waiting.push(...places);
      if (performance.now() - last >= UPDATE_INTERVAL) now();
    },
    now,
  };
}
