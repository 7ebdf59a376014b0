import { vi } from 'vitest';
import type { Preview, RunEvents } from '../src/engine/session/api.ts';
import type { Clustered, RunResult } from '../src/engine/session/result.ts';
import type { RunSettings } from '../src/engine/settings/run.ts';
import type { ClipInfo } from '../src/engine/video/types.ts';
import { failure } from '../src/lib/errors.ts';
import { runSettings } from './run-settings.ts';

export const SETTINGS = runSettings({
  model: 'tiny',
  height: 8,
  width: 8,
  tau: 0.5,
  ratio: 1,
  samples: 24,
  motion: 0,
  clustering: 'windowed',
});

/** Objects that the fake engine finds at a τ. */
export const objectsAt = (tau: number): number => Math.round(1 / tau);

/** A run's result on a clip of one row of 24 tokens; the lower τ, the more clusters. */
export function resultOf(settings: RunSettings): RunResult {
  const clusters = objectsAt(settings.tau);
  const labels = Int32Array.from({ length: 24 }, (_, token) => Math.floor((token * clusters) / 24));
  const tokens = (id: number) => labels.filter((label) => label === id).length;
  return {
    settings,
    notes: [],
    followed: null,
    frames: Int32Array.of(0),
    grid: { frames: 1, rows: 1, columns: 24 },
    clustering: { labels, clusters, levels: [], distances: null, pairs: { computed: 0, all: 0, share: 0 } },
    parts: null,
    clusters: Array.from({ length: clusters }, (_, id) => ({
      id,
      tokens: tokens(id),
      share: tokens(id) / 24,
      frames: 1,
      border: 0,
      background: false,
    })),
    times: [],
    device: {
      device: 'wasm',
      why: { says: '' },
      adapter: null,
      features: [],
      threads: 1,
      precision: 'float32',
    },
    memory: { peakBytes: 0 },
  };
}

/** The same of a run that follows three frames of eight tokens, of which those in `done` have masks. */
export function followedOf(
  settings: RunSettings,
  done: readonly number[],
  { quick = false, complete = !quick && done.length === 3 }: { quick?: boolean; complete?: boolean } = {},
): RunResult {
  const result = resultOf(settings);
  const labels = result.clustering.labels.map((label, token) =>
    done.includes(Math.floor(token / 8)) ? label : -1,
  );
  return {
    ...result,
    frames: Int32Array.of(0, 1, 2),
    grid: { frames: 3, rows: 1, columns: 8 },
    clustering: { ...result.clustering, labels },
    followed: {
      sources: Uint8Array.from({ length: 3 }, (_, frame) => Number(done.includes(frame))),
      samples: Int32Array.from(done),
      keys: Int32Array.from(done),
      quick,
      complete,
      mark: '',
      motion: false,
      soft: null,
      apart: null,
      leaves: null,
    },
  };
}

export const clipInfo = (name: string): ClipInfo => ({
  name,
  container: 'MP4',
  codec: 'avc',
  width: 8,
  height: 8,
  frameCount: 1,
  timestamps: Float64Array.of(0),
  duration: 1,
  rotation: 0,
  hasAudio: false,
  bytes: 1,
  notes: [],
});

interface Call<T> {
  resolve(value: T): void;
  reject(thrown: unknown): void;
}

/** Calls that wait until the test lets them end. */
function held<A, T>() {
  const calls: (Call<T> & { asked: A })[] = [];
  const call = (asked: A) =>
    new Promise<T>((resolve, reject) => {
      calls.push({ asked, resolve, reject });
    });
  return { calls, call };
}

/**
 * The engine and the viewer as the page sees them: runs and openings end when the test says so, all else at once. All
 * clips share one handle.
 */
export function fakeWorkers() {
  const runs = held<RunSettings, RunResult>();
  const viewed = held<File[], ClipInfo>();
  const opened = held<File[], unknown>();
  /** The callbacks of each run, called by the test. */
  const runEvents: RunEvents[] = [];
  const lookAt = vi.fn((_frame: number) => undefined);
  const tauFor = vi.fn(async (_objects: number): Promise<number | null> => null);
  const preview = vi.fn(async (_tau: number): Promise<Preview | null> => null);
  /** Another τ of a run that kept its leaves. */
  const recluster = vi.fn(async (result: RunResult, tau: number): Promise<Clustered | null> => {
    const { clustering, parts, clusters } = resultOf({ ...result.settings, tau });
    return { clustering, parts, clusters };
  });
  /** Clicks find the first token; each answer is a new one. */
  const prompt = vi.fn(async (_clicks: readonly unknown[]) => ({
    tokens: Int32Array.of(0),
    shares: Uint8Array.of(255),
  }));
  /** Strokes reach the last token; each answer is a new one. */
  const propagate = vi.fn(async (_painted: readonly number[]) => Int32Array.of(23));
  const clip = {
    run: vi.fn(async (settings: RunSettings, events: RunEvents) => {
      const ended = runs.call(settings);
      const call = runs.calls.at(-1)!;
      runEvents.push(events);
      return {
        result: () => ended,
        cancel: async () => call.reject(failure('run/cancelled')),
        tauFor,
        preview,
        lookAt,
        prompt,
        propagate,
      };
    }),
    restore: vi.fn(async () => ({ tauFor, preview, prompt, propagate, since: async () => null })),
    keepIn: vi.fn(async () => undefined),
    recluster,
    estimate: vi.fn(async () => ({ frames: 1, tokens: 24, seconds: 60, bytes: 1, note: null })),
    costs: vi.fn(async () => []),
    close: vi.fn(async () => undefined),
  };
  const engine = {
    open: vi.fn(opened.call),
    device: vi.fn(async () => null),
    models: vi.fn(async () => []),
    costs: vi.fn(async () => []),
    stored: vi.fn(async () => []),
  };
  const viewer = {
    open: vi.fn(viewed.call),
    close: vi.fn(async () => undefined),
    filmstrip: vi.fn(async () => undefined),
  };
  return {
    engine,
    viewer,
    clip,
    tauFor,
    recluster,
    prompt,
    propagate,
    runEvents,
    lookAt,
    runs: runs.calls,
    viewed: viewed.calls,
    opened: opened.calls,
  };
}

let current = fakeWorkers();

/** Stands in for `src/app/workers/connection.ts`. */
export const connection = { workers: () => current };

/** New workers, of whom nothing was asked yet. */
export function renewWorkers(): typeof current {
  current = fakeWorkers();
  return current;
}

/** Everything that is under way and waits for nothing more has ended. */
export const flush = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
