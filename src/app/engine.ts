import { proxy, type Remote } from 'comlink';
import type {
  ClipHandle,
  RunEvents,
  RunHandle,
  RunMasks,
  StoredRunHandle,
} from '../engine/session/api.ts';
import type { RunResult, RunSettings } from '../engine/settings/run.ts';
import { failure } from '../lib/errors.ts';
import { latest } from '../lib/task.ts';
import { workers } from './connection.ts';

/** A run, or what came with a project. */
type Shown = { live: Remote<RunHandle>; stored: null } | { live: null; stored: Remote<StoredRunHandle> };

/** The engine's handles that the page holds: the clip, the run under way, and the one that is shown. */
let opened: Remote<ClipHandle> | null = null;
let running: Promise<Remote<RunHandle>> | null = null;
let shown: Shown | null = null;

const opening = latest((_, files: readonly File[]) => workers().engine.open(files));

/** Opens a clip in the engine, which closes the one before. Rejects with an AbortError where a later call supersedes it. */
export async function openClip(files: readonly File[]): Promise<void> {
  opened = await opening(files);
  running = null;
  shown = null;
}

/** Closes the clip, or ends its opening. */
export async function closeClip(): Promise<void> {
  opening.cancel();
  forgetHandles();
  await workers().engine.close();
}

/** Forgets all handles: of a clip that is closed, or of a worker that is lost. */
export function forgetHandles(): void {
  opened = null;
  running = null;
  shown = null;
}

/** The clip that is open. Throws `run/no-clip`. */
export function clip(): Remote<ClipHandle> {
  if (!opened) throw failure('run/no-clip');
  return opened;
}

export const clipIsOpen = (): boolean => opened !== null;

/** Starts a run; the one under way is superseded. */
export async function startRun(settings: RunSettings, events: RunEvents): Promise<Remote<RunHandle>> {
  running = clip().run(settings, proxy(events));
  return running;
}

/** Stops the run under way, if any; resolves once it has let go of everything. */
export async function cancelRun(): Promise<void> {
  const run = await running?.catch(() => null);
  await run?.cancel();
}

/** Asks this run from now on. */
export function showRun(run: Remote<RunHandle>): void {
  shown = { live: run, stored: null };
}

/** Asks an earlier session's run from now on. */
export async function restoreRun(result: RunResult): Promise<void> {
  shown = { live: null, stored: await clip().restore(result) };
}

/** The masks of the run that is shown. Throws `run/none`. */
export function masks(): Pick<Remote<RunMasks>, 'labels' | 'export'> {
  if (!shown) throw failure('run/none');
  return shown.live ?? shown.stored;
}

/** The run that is shown, to look inside. Throws `run/none`; `run/tokens-gone` where only its masks are here. */
export function run(): Remote<RunHandle> {
  if (!shown) throw failure('run/none');
  if (!shown.live) throw failure('run/tokens-gone');
  return shown.live;
}
