import type { RunResult } from '../../engine/session/result.ts';
import type { UnpromptedError } from '../../lib/failure.ts';
import { debounced, serial } from '../../lib/task.ts';
import { foreground } from '../model/objects.ts';
import { openOf } from '../model/queue.ts';
import { type Project, pack } from '../project/document.ts';
import { isWork, workedOn } from '../project/eviction.ts';
import { handlesOf } from '../project/handles.ts';
import { isClipKept, keepClip, keepDocument, listRecent, orphans, removeKept } from '../project/store.ts';
import { openBefore, rememberInTab } from '../project/tab.ts';
import { showClipFailure, useClip } from '../stores/clip.ts';
import { useDocument } from '../stores/document.ts';
import { showFailure } from '../stores/notices.ts';
import { useProject } from '../stores/project.ts';
import { useQueue } from '../stores/queue.ts';
import { isQuickLook, unfinished, useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { failure, type Refusal } from '../words/errors.ts';
import { keepIn } from '../workers/engine.ts';

/** Clips larger than this are not copied; where the browser allows it, their place is remembered. */
const LARGEST_COPY = 512e6;
/** Milliseconds without a change before the work is saved. */
const REST = 500;
/** Longest side of a poster in pixels. */
const POSTER = 320;
/** The work on the open clip; null until its settings are known. */
export function currentProject(): Project | null {
  const { info } = useClip.getState();
  const { settings, result } = useRun.getState();
  const { objects, strokes, effects, classes, reviewed, history } = useDocument.getState();
  if (!info || !settings) return null;
  const { name, width, height, frameCount, bytes } = info;
  const clip = { name, width, height, frameCount, bytes };
  const { frame } = useView.getState();
  return { clip, frame, settings, result, objects, strokes, effects, classes, reviewed, history };
}

/** What this tab keeps of the open clip. */
interface Keeping {
  id: string;
  /** Why there is no copy of the clip; null: there is one; undefined: it is being copied. */
  clipless: Refusal | null | undefined;
  /** Whether its document was written at least once. */
  written: boolean;
  /** Whether there is work that must not be lost. */
  worked: boolean;
  /** Something was exported, or it was worked on before. */
  stays: boolean;
  /** Ends the lock that keeps it from other tabs. */
  release: () => void;
}

let keeping: Keeping | null = null;

/**
 * Begins to keep the work on a clip that was just opened; with an `id`, continues the work kept under it. `worked`: there was
 * any then.
 */
export async function beginKeeping(
  files: readonly File[],
  id: string | null,
  worked: boolean,
): Promise<void> {
  leaveKept();
  const own: Keeping = {
    id: id ?? crypto.randomUUID(),
    clipless: undefined,
    written: id !== null,
    worked: id !== null,
    stays: worked,
    release: () => {},
  };
  keeping = own;
  useProject.setState({ id: own.id, state: null });
  void keepIn(own.id);
  const remembered = rememberInTab(own.id);
  own.release = await lock(own.id);
  try {
    own.clipless = id !== null && (await isClipKept(id)) ? null : await copyClip(own.id, files);
  } catch (thrown) {
    own.clipless = reasonOf(thrown);
  }
  // The clip was left meanwhile: its copy belongs to nothing.
  if (keeping !== own) {
    own.release();
    if (!own.written || !own.worked) await removeKept(own.id).catch(() => undefined);
    return;
  }
  if (useProject.getState().state !== null) showKept(own);
  if (!remembered && own.clipless === null) sayOnce(failure('project/not-remembered'));
}

/** Copies a clip, or remembers handles of its files; returns the reason where neither is possible. */
async function copyClip(id: string, files: readonly File[]): Promise<Refusal | null> {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  // Where the browser does not say how much room there is, it is tried.
  const { quota = Number.POSITIVE_INFINITY, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  if (bytes <= LARGEST_COPY && bytes < quota - usage) {
    await keepClip(id, { files });
    return null;
  }
  const handles = handlesOf(files);
  if (!handles)
    return bytes > LARGEST_COPY ? { code: 'too-large', params: { most: LARGEST_COPY } } : { code: 'no-room' };
  await keepClip(id, { handles });
  return null;
}

const lockName = (id: string) => `unprompted.project.${id}`;

/** Marks a project as in use for other tabs, until the returned function is called or the tab is closed. */
async function lock(id: string): Promise<() => void> {
  if (!navigator.locks) return () => {};
  return new Promise((resolve) => {
    const held = () => new Promise<void>((release) => resolve(release));
    navigator.locks.request(lockName(id), { mode: 'shared' }, held).catch(() => resolve(() => {}));
  });
}

/** Removes projects without work that closed tabs have left: up to a whole clip each. */
async function sweep(): Promise<void> {
  if (!navigator.locks) return;
  const idle = (await listRecent()).filter((project) => !workedOn(project));
  const left = [...(await orphans()), ...idle.map(({ id }) => id)];
  // A tab takes its lock before it writes: a project without a lock belongs to no tab.
  const { held = [], pending = [] } = await navigator.locks.query();
  const used = new Set([...held, ...pending].map(({ name }) => name));
  for (const id of left) if (!used.has(lockName(id)) && id !== openBefore()) await removeKept(id);
}

/** Something of the open clip was exported: that counts as work. */
export function stay(): void {
  if (!keeping) return;
  keeping.stays = true;
  soon();
}

export function stopKeeping(): void {
  leaveKept();
  rememberInTab(null);
  useProject.setState({ id: null, state: null });
}

/** Stops keeping the open project; one without work is removed. */
function leaveKept(): void {
  const left = keeping;
  keeping = null;
  // Still being copied: it is removed once that has ended.
  if (!left || left.clipless === undefined) return;
  left.release();
  if (!left.written || !left.worked) void removeKept(left.id).catch(() => undefined);
}

/** A stamp that changes with the shown result and with its followed frames, which are filled in place. */
const stampNow = (() => {
  let last = { result: null as RunResult | null, followed: 0, stamp: '' };
  return (): string => {
    const { result, followed } = useRun.getState();
    if (last.result !== result || last.followed !== followed)
      last = { result, followed, stamp: crypto.randomUUID() };
    return last.stamp;
  };
})();

const writing = serial();

/** Keeps the present state, after any write under way. */
export function keepNow(): Promise<void> {
  soon.cancel();
  return writing(write);
}

const soon = debounced(() => void keepNow(), REST);

/** Whether something was edited since the last write began. */
let pending = false;

/** Keeps an edit soon; until then the page shows that it is not saved. */
function edited(): void {
  pending = true;
  const { state } = useProject.getState();
  if (state === 'saved' || state === 'clipless') useProject.setState({ state: 'saving' });
  soon();
}

async function write(): Promise<void> {
  const { id } = useProject.getState();
  const own = keeping;
  const project = currentProject();
  const stamp = stampNow();
  if (!id || own?.id !== id || !project) return;
  if (!failing) useProject.setState({ state: 'saving' });
  pending = false;
  try {
    const { objects, strokes, history } = project;
    const count = foreground(objects).length;
    const { sample, files, opening } = useClip.getState();
    const { clips } = useQueue.getState();
    const { phase } = useRun.getState();
    own.worked = isWork({
      edits: strokes.length + history.past.length,
      objects: count,
      exported: own.stays,
      sample,
      // A run that is cut off by another clip was not stopped by the user.
      finished: phase === 'idle' && !isQuickLook() && !(opening && unfinished(project.result)),
      queued: clips.length > 1 && openOf(clips, files) !== undefined,
    });
    const poster = await makePoster();
    const { name } = project.clip;
    const entry = { id, name, saved: Date.now(), objects: count, worked: own.worked, sample, poster };
    await keepDocument(entry, pack(project), stamp);
    own.written = true;
    failing = false;
    if (keeping === own) showKept(own);
  } catch (thrown) {
    if (keeping === own) useProject.setState({ state: 'failed' });
    sayNotKept(thrown);
  }
}

/** Shows whether the open clip and the work on it are kept, and says once why the clip is not. */
function showKept({ clipless, written }: Keeping): void {
  if (!written || failing || pending || clipless === undefined) return;
  useProject.setState({ state: clipless === null ? 'saved' : 'clipless' });
  const clip = useClip.getState().info?.name;
  if (clipless !== null && clip) sayOnce(failure('project/clip-not-kept', { clip, why: clipless }));
}

/** Messages already shown in this visit. */
const said = new Set<string>();
/** Whether the last save failed, and that was reported. */
let failing = false;

function sayOnce(failed: UnpromptedError): void {
  if (said.has(failed.message)) return;
  said.add(failed.message);
  showClipFailure(failed);
}

/** Reports once that saving fails, and again only after a save has succeeded. */
function sayNotKept(thrown: unknown): void {
  if (failing) return;
  failing = true;
  showFailure(failure('project/not-kept', { detail: reasonOf(thrown) }));
}

const NO_ROOM = new Set(['QuotaExceededError', 'QuotaExceeded']);
const DENIED = new Set([
  'SecurityError',
  'InvalidStateError',
  'UnknownError',
  'NotAllowedError',
  'InvalidAccessError',
]);

/** Why something was not kept. */
function reasonOf(thrown: unknown): Refusal {
  const { name = '', message = '' } = thrown instanceof Error ? thrown : {};
  if (NO_ROOM.has(name)) return { code: 'no-room' };
  if (DENIED.has(name) || !globalThis.indexedDB) return { code: 'denied' };
  return { says: (message || name || String(thrown)).replace(/\.$/, '') };
}

async function makePoster(): Promise<Blob | null> {
  const { thumbnails } = useClip.getState();
  const bitmap = thumbnails[Math.floor(thumbnails.length / 3)]?.bitmap;
  if (!bitmap || bitmap.width === 0) return null;
  const scale = Math.min(1, POSTER / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.ceil(bitmap.width * scale), Math.ceil(bitmap.height * scale));
  canvas.getContext('2d')!.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
}

/** Keeps the work whenever it changes, and at once when the page is left. */
export function keepAll(): () => void {
  // If the store cannot be read there is nothing to clean up; the failure is reported when something has to be saved.
  void sweep().catch(() => undefined);
  const leave = () => {
    if (document.visibilityState === 'hidden') void keepNow();
  };
  const ends = [
    useDocument.subscribe((now, before) => {
      if (
        now.objects !== before.objects ||
        now.strokes !== before.strokes ||
        now.effects !== before.effects ||
        now.history !== before.history
      )
        edited();
    }),
    useRun.subscribe((now, before) => {
      // At its end a run fills in the result in place.
      const ended = now.phase === 'idle' && before.phase !== 'idle' && now.result !== null;
      if (now.settings !== before.settings || now.result !== before.result || ended) edited();
    }),
    useView.subscribe((now, before) => {
      if (now.frame !== before.frame && now.speed === 0) soon();
    }),
    useClip.subscribe((now, before) => {
      if (now.thumbnails !== before.thumbnails) soon();
    }),
  ];
  document.addEventListener('visibilitychange', leave);
  return () => {
    for (const end of ends) end();
    document.removeEventListener('visibilitychange', leave);
  };
}

/** Lists what was worked on. */
export async function refreshRecent(): Promise<void> {
  try {
    useProject.setState({ recent: (await listRecent()).filter(workedOn) });
  } catch (thrown) {
    sayNotKept(thrown);
  }
}

export async function forgetRecent(id: string): Promise<void> {
  try {
    await removeKept(id);
  } catch (thrown) {
    sayNotKept(thrown);
  }
  await refreshRecent();
}
