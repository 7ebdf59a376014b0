import { clustersOf as clustersOfRecord, partsOf, type Records } from '../follow/records.ts';
import type { RunEvents } from './api.ts';
import type { FrameUpdate, RunResult } from './result.ts';

/** Minimum milliseconds between two reports of followed frames. */
const UPDATE_INTERVAL = 250;

/** Cluster and part of every token of every frame; −1 while it is pending, and where it cannot be decoded. */
export function labelsOf(records: Records, clusterOf: Int32Array): { labels: Int32Array; parts: Int32Array } {
  const { grid } = records;
  const n = grid.rows * grid.columns;
  const labels = new Int32Array(grid.frames * n).fill(-1);
  const parts = new Int32Array(grid.frames * n).fill(-1);
  for (let frame = 0; frame < grid.frames; frame++) {
    const record = records.get(frame);
    if (!record) continue;
    labels.set(clustersOfRecord(record, clusterOf), frame * n);
    parts.set(partsOf(record, clusterOf), frame * n);
  }
  return { labels, parts };
}

/** Frames as they are reported to the page. */
export function updateOf(records: Records, places: number[], clusterOf: Int32Array): FrameUpdate {
  const n = records.grid.rows * records.grid.columns;
  const update: FrameUpdate = {
    places,
    sources: places.map((place) => records.source(place)),
    labels: new Int32Array(places.length * n).fill(-1),
    parts: new Int32Array(places.length * n).fill(-1),
  };
  for (const [i, place] of places.entries()) {
    const record = records.get(place);
    if (!record) continue;
    update.labels.set(clustersOfRecord(record, clusterOf), i * n);
    update.parts.set(partsOf(record, clusterOf), i * n);
  }
  return update;
}

/** Reports followed frames to the page from time to time, and keeps the result that it shows up to date. */
export function updates(events: RunEvents, records: Records, clusterOf: Int32Array, result: RunResult) {
  const { grid } = result;
  const n = grid.rows * grid.columns;
  let waiting: number[] = [];
  let last = performance.now();
  const now = () => {
    if (waiting.length === 0) return;
    const update = updateOf(records, waiting, clusterOf);
    for (const [i, place] of waiting.entries()) {
      result.clustering.labels.set(update.labels.subarray(i * n, (i + 1) * n), place * n);
      result.parts?.set(update.parts.subarray(i * n, (i + 1) * n), place * n);
      result.followed!.sources[place] = update.sources[i]!;
    }
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
