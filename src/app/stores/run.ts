import { create } from 'zustand';
import type { DeviceReport } from '../../engine/backend/report.ts';
import { isFollowed, SOURCE } from '../../engine/follow/records.ts';
import { placeOf } from '../../engine/mask/upsample.ts';
import type { Estimate } from '../../engine/session/api.ts';
import type { Progress, RunResult } from '../../engine/session/result.ts';
import type { RunSettings } from '../../engine/settings/run.ts';
import type { ModelEntry } from '../../engine/weights/types.ts';
import type { LabelCache } from '../model/label-cache.ts';
import type { VideoObject } from '../model/objects.ts';

/**
 * A whole run, or only its clustering after τ moved; a quick look is shown while the run goes on; or frames get their
 * masks one after the other.
 */
export type RunPhase = 'idle' | 'segmenting' | 'clustering' | 'refining' | 'following';

/** Whether the engine can be asked for masks, and for what is inside of the run that is shown. */
export const answers = (phase: RunPhase): boolean =>
  phase === 'idle' || phase === 'refining' || phase === 'following';

/** Whether τ cannot be moved: nothing could show yet what it gives. */
export const tauRests = (phase: RunPhase): boolean => phase === 'segmenting' || phase === 'refining';

/** Frames of a result that are still to be followed; none where only every stride-th frame has masks of its own. */
export const pendingIn = (result: RunResult | null): number =>
  result?.followed?.sources.reduce((count, source) => count + Number(!isFollowed(source)), 0) ?? 0;

/** Whether a clip frame has masks: of a followed run, once it is no longer pending; of the others, where it was analysed. */
export function isReady({ frames, followed }: RunResult, frame: number): boolean {
  if (!followed) return placeOf(frames, frame) >= 0;
  const source = followed.sources[frame - frames[0]!];
  return source !== undefined && source !== SOURCE.pending;
}

/** Whether a clip frame has only what a quick look saw of it. */
export function isPreview({ frames, followed }: RunResult, frame: number): boolean {
  return followed !== null && (followed.quick || followed.sources[frame - frames[0]!] === SOURCE.preview);
}

/** Whether a result is less than its run would give: a quick look, or one that was stopped on its way. */
export const unfinished = (result: RunResult | null): boolean =>
  result?.followed ? result.followed.quick || !result.followed.complete || pendingIn(result) > 0 : false;

/** What another τ would give, shown while it is chosen. */
export interface Trial {
  /** The run that it was tried from. */
  of: RunResult;
  tau: number;
  /** Null below the τ of the run, which takes another run. */
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
  /** Whether the page has got masks of any frame. */
  masked: boolean;
  phase: RunPhase;
  progress: Progress | null;
  result: RunResult | null;
  /** Why the last run came to nothing. */
  failed: string | null;
  /** Grows when frames of the result have got masks: its arrays are filled where they are. */
  followed: number;
  /** The result came with a project, or back by undo: its tokens are not here, so looking inside it takes a run. */
  restored: boolean;
  /** Tokens of every cluster and part in every processed frame, [nodes, frames] (see countsOf). */
  counts: Uint32Array;
  trial: Trial | null;
  /** A τ for a number of objects is being sought, maybe by several runs. */
  seeking: boolean;
}

/** Without a clip. */
export const NO_RUN = {
  settings: null,
  single: false,
  suggested: null,
  estimate: null,
  masked: false,
  phase: 'idle',
  progress: null,
  result: null,
  failed: null,
  followed: 0,
  restored: false,
  counts: new Uint32Array(0),
  trial: null,
  seeking: false,
} satisfies Omit<RunState, 'device' | 'models'>;

/** Whether what is shown is a quick look, whose objects are about to change. */
export const isQuickLook = (): boolean => useRun.getState().result?.followed?.quick === true;

export const useRun = create<RunState>()(() => ({ device: null, models: [], ...NO_RUN }));
