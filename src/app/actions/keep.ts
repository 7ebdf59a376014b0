import { failure } from '../../lib/errors.ts';
import { type Project, pack } from '../project/document.ts';
import { handlesOf } from '../project/handles.ts';
import { keepClip, keepDocument, listRecent, removeKept } from '../project/store.ts';
import { useClip } from '../stores/clip.ts';
import { showFailure } from '../stores/notices.ts';
import { useObjects } from '../stores/objects.ts';
import { useProject } from '../stores/project.ts';
import { useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';

/** Clips larger than this are not copied; where the browser allows it, their place is remembered. */
const LARGEST_COPY = 512e6;
/** Milliseconds that things have to rest before they are kept. */
const REST = 500;
/** Longest side of a poster in pixels. */
const POSTER = 320;
/** The project of this tab, so that a reload comes back to it. */
const OPEN = 'unprompted.project';

/** The work on the open clip as it is now; null until its settings are known. */
export function currentProject(): Project | null {
  const { info } = useClip.getState();
  const { settings, result } = useRun.getState();
  const { objects, strokes, history } = useObjects.getState();
  if (!info || !settings) return null;
  const { name, width, height, frameCount, bytes } = info;
  const clip = { name, width, height, frameCount, bytes };
  return { clip, frame: useView.getState().frame, settings, result, objects, strokes, history };
}

/** Begins to keep the work on a clip that was just opened; with an `id`, goes on with what was kept under it. */
export async function beginKeeping(files: readonly File[], id: string | null): Promise<void> {
  const own = id ?? crypto.randomUUID();
  useProject.setState({ id: own, state: null });
  sessionStorage.setItem(OPEN, own);
  if (id !== null) return;
  try {
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    const { quota = 0, usage = 0 } = await navigator.storage.estimate();
    const handles = handlesOf(files);
    if (bytes <= LARGEST_COPY && bytes < quota - usage) await keepClip(own, { files });
    else if (handles) await keepClip(own, { handles });
  } catch (thrown) {
    showFailure(notKept(thrown));
  }
}

export function stopKeeping(): void {
  sessionStorage.removeItem(OPEN);
  useProject.setState({ id: null, state: null });
}

/** Id of the project that this tab had open before it was reloaded. */
export const openBefore = (): string | null => sessionStorage.getItem(OPEN);

let resting: ReturnType<typeof setTimeout> | undefined;
let writing: Promise<void> = Promise.resolve();

/** Keeps what there is now, after whatever is being written. */
export function keepNow(): Promise<void> {
  clearTimeout(resting);
  writing = writing.then(write);
  return writing;
}

async function write(): Promise<void> {
  const { id } = useProject.getState();
  const project = currentProject();
  if (!id || !project) return;
  useProject.setState({ state: 'saving' });
  try {
    const objects = project.objects.filter((object) => !object.background).length;
    const poster = await makePoster();
    await keepDocument({ id, name: project.clip.name, saved: Date.now(), objects, poster }, pack(project));
    if (useProject.getState().id === id) useProject.setState({ state: 'saved' });
  } catch (thrown) {
    useProject.setState({ state: 'failed' });
    showFailure(notKept(thrown));
  }
}

const notKept = (thrown: unknown) =>
  failure('project/not-kept', { detail: thrown instanceof Error ? thrown.message : String(thrown) });

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
  const soon = () => {
    if (useProject.getState().id === null) return;
    clearTimeout(resting);
    resting = setTimeout(() => void keepNow(), REST);
  };
  const leave = () => {
    if (document.visibilityState === 'hidden' && useProject.getState().id !== null) void keepNow();
  };
  const ends = [
    useObjects.subscribe((now, before) => {
      if (now.objects !== before.objects || now.strokes !== before.strokes || now.history !== before.history)
        soon();
    }),
    useRun.subscribe((now, before) => {
      if (now.settings !== before.settings || now.result !== before.result) soon();
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

export async function refreshRecent(): Promise<void> {
  try {
    useProject.setState({ recent: await listRecent() });
  } catch (thrown) {
    showFailure(notKept(thrown));
  }
}

export async function forgetRecent(id: string): Promise<void> {
  try {
    await removeKept(id);
  } catch (thrown) {
    showFailure(notKept(thrown));
  }
  await refreshRecent();
}
