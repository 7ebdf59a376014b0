import { create } from 'zustand';
import type { ModelEntry } from '../../engine/model/types.ts';
import type { Estimate } from '../../engine/session/api.ts';
import type { DeviceReport, Progress, RunResult, RunSettings } from '../../engine/settings/run.ts';
import type { LabelCache } from '../model/label-cache.ts';
import type { VideoObject } from '../model/objects.ts';

/** A whole run, or only its clustering after τ moved. */
export type RunPhase = 'idle' | 'segmenting' | 'clustering';

/** What another τ would give, shown while it is chosen. */
export interface Trial {
  /** The run that it was tried from. */
  of: RunResult;
  tau: number;
  /** Null below the τ of the run, where only another run can tell. */
  found: { objects: readonly VideoObject[]; maps: LabelCache } | null;
}

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
  /** Tokens of every cluster and part in every processed frame, [nodes, frames] (see countsOf). */
  counts: Uint32Array;
  trial: Trial | null;
  /** A τ for a number of objects is being sought, maybe by several runs. */
  seeking: boolean;
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
  trial: null,
  seeking: false,
}));
