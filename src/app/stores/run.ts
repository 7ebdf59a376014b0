import { create } from 'zustand';
import type { Estimate } from '../../engine/api.ts';
import type { ModelEntry } from '../../engine/model/types.ts';
import type { DeviceReport, Progress, RunResult, RunSettings } from '../../engine/run.ts';

/** A whole run, or only its clustering after τ moved. */
export type RunPhase = 'idle' | 'segmenting' | 'clustering';

interface RunState {
  device: DeviceReport | null;
  models: readonly ModelEntry[];
  /** What the next run will be; null until a clip is open. */
  settings: RunSettings | null;
  /** Whether the next run's objects are joined into one foreground. */
  single: boolean;
  /** What suits the clip and model, to go back to. */
  suggested: RunSettings | null;
  /** Cost of `settings`; null while it is worked out. */
  estimate: Estimate | null;
  phase: RunPhase;
  progress: Progress | null;
  result: RunResult | null;
  /** The result came with a project: its tokens are not here, so looking inside it takes a run. */
  restored: boolean;
  /** Tokens of every cluster in every processed frame, [clusters, frames]. */
  counts: Uint32Array;
}

export const useRun = create<RunState>()(() => ({
  device: null,
  models: [],
  settings: null,
  single: false,
  suggested: null,
  estimate: null,
  phase: 'idle',
  progress: null,
  result: null,
  restored: false,
  counts: new Uint32Array(0),
}));
