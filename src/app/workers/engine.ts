import { proxy, type Remote } from 'comlink';
import type { ClipHandle, RunEvents, RunHandle, StoredRunHandle } from '../../engine/session/api.ts';
import type { FrameUpdate, RunResult } from '../../engine/session/result.ts';
import type { RunSettings } from '../../engine/settings/run.ts';
import type { OnPart, Scope } from '../../lib/task.ts';
import { failure } from '../words/errors.ts';
import { workers } from './connection.ts';

/** The engine's handles that the page holds: the clip that is open, the run under way, and the one that is shown. */
let opened: Remote<ClipHandle> | null = null;
let running: Promise<Remote<RunHandle>> | null = null;
/** A run, or an earlier one's masks. */
let shown: { live: Remote<RunHandle> } | { stored: Remote<StoredRunHandle> } | null = null;

/** Opens a clip in the engine, until `scope` ends. It is asked nothing before `takeClip`. `onPart`: how much has been read. */
export async function openClip(
  files: readonly File[],
  scope: Scope,
  onPart: OnPart,
): Promise<Remote<ClipHandle>> {
  const handle = await workers().engine.open(files, proxy(onPart));
  // A worker that was lost holds nothing any more.
  return scope.own(handle, (clip) => clip.close().catch(() => undefined));
}

/** From now on this clip is asked, or none; the runs of the one before are forgotten. */
export function takeClip(handle: Remote<ClipHandle> | null): void {
  opened = handle;
  running = null;
  shown = null;
}

export const clipIsOpen = (): boolean => opened !== null;

/** The clip that is open. Throws `run/no-clip`. */
export function clip(): Remote<ClipHandle> {
  if (!opened) throw failure('run/no-clip');
  return opened;
}

/** From now on what is followed in the open clip is kept under a name. */
export async function keepIn(name: string): Promise<void> {
  // A clip that was closed meanwhile keeps nothing.
  await clip()
    .keepIn({ name })
    .catch(() => undefined);
}

/** Starts a run; the one under way is superseded. `watched`: see `ClipHandle.run`. */
export function startRun(
  settings: RunSettings,
  events: RunEvents,
  watched: boolean,
): Promise<Remote<RunHandle>> {
  running = clip().run(settings, proxy(events), watched);
  return running;
}

/** Stops the run under way, if any; resolves once it has released everything. */
export async function cancelRun(): Promise<void> {
  // One that was lost with its worker has stopped too.
  await running?.then((run) => run.cancel()).catch(() => undefined);
}

/** From now on this run is asked. */
export function takeRun(run: Remote<RunHandle>): void {
  shown = { live: run };
}

/** From now on the run under way is asked: it has masks before it ends. */
export async function takeRunning(): Promise<void> {
  const run = await running;
  if (run) takeRun(run);
}

/** Passes on to the run under way which frame is shown. */
export async function lookAt(frame: number): Promise<void> {
  // One that was superseded or lost need not know.
  await running?.then((run) => run.lookAt(frame)).catch(() => undefined);
}

/** An earlier run at another τ, from its leaves; null where that takes a run. Its other arrays are those of the run itself. */
export async function reclustered(result: RunResult, tau: number): Promise<RunResult | null> {
  const clustered = await clip().recluster(result, tau);
  return clustered && { ...result, ...clustered, settings: { ...result.settings, tau } };
}

/** From now on an earlier run's masks are asked. Gives the frames that were followed after its result was kept. */
export async function restoreRun(result: RunResult): Promise<FrameUpdate | null> {
  const stored = await clip().restore(result);
  shown = { stored };
  return stored.since();
}

/** The masks of the run that is shown, and what its leaves say of another τ. Throws `run/none`. */
export function runMasks(): Omit<Remote<StoredRunHandle>, 'release' | 'since'> {
  if (!shown) throw failure('run/none');
  return 'live' in shown ? shown.live : shown.stored;
}

/** The run that is shown, to look inside. Throws `run/none`; `run/tokens-gone` where only its masks are here. */
export function run(): Remote<RunHandle> {
  if (!shown) throw failure('run/none');
  if (!('live' in shown)) throw failure('run/tokens-gone');
  return shown.live;
}
