import { proxy } from 'comlink';
import { Scope, stepOf } from '../../lib/task.ts';
import { type ClipState, NO_CLIP, useClip } from '../stores/clip.ts';
import { NO_DOCUMENT, useDocument } from '../stores/document.ts';
import { showFailure, showInfo, showWait } from '../stores/notices.ts';
import { type Returning, useProject } from '../stores/project.ts';
import { NO_QUEUE, useQueue } from '../stores/queue.ts';
import { NO_RUN, useRun } from '../stores/run.ts';
import { until } from '../stores/until.ts';
import { NO_VIEW, useView } from '../stores/view.ts';
import { noted } from '../words/messages.ts';
import { strings } from '../words/strings.ts';
import { workers } from '../workers/connection.ts';
import { openClip, takeClip } from '../workers/engine.ts';
import { beginKeeping, keepNow, stopKeeping } from './keep.ts';
import { preferredModel, refreshModels } from './models.ts';
import { colourBy } from './palette.ts';
import { abandon, forgetResults, start } from './runner.ts';
import { suggest } from './settings.ts';

/** Pictures of the filmstrip, and their height in pixels (twice what is shown, for dense screens). */
const THUMBNAILS = 24;
const THUMBNAIL_HEIGHT = 112;

/** The newest request to open or close: that of the open clip, or one on its way. */
let newest: Scope | null = null;

/**
 * Opens or closes a clip: the newest request supersedes any on its way. `work` begins with reading. Its failure is shown until
 * the next request.
 */
export async function opening(work: (scope: Scope) => Promise<void>): Promise<void> {
  const scope = new Scope();
  const before = newest;
  newest = scope;
  useClip.setState({ opening: true });
  if (before !== useClip.getState().scope) await before?.close();
  try {
    scope.signal.throwIfAborted();
    await work(scope);
  } catch (thrown) {
    showFailure(thrown, scope);
  } finally {
    if (newest === scope) useClip.setState({ opening: false });
  }
}

/** Cancels the opening of a clip: the one before, if any, stays as it is. */
export const cancelOpening = (): Promise<void> =>
  opening(async () => {
    const { files } = useClip.getState();
    if (files.length > 0) await workers().viewer.open([...files]);
  });

/** Goes back to the first screen: leaves the clip, whose work is kept, and the queue. */
export const closeClip = (): Promise<void> =>
  opening(async ({ signal }) => {
    await keepNow();
    signal.throwIfAborted();
    await abandon();
    signal.throwIfAborted();
    stopKeeping();
    useQueue.setState(NO_QUEUE);
    await replaceClip(NO_CLIP, null);
    await workers().viewer.close();
  });

/** Replaces the open clip, by another one or none: all that was started for it ends, and its work is cleared. */
async function replaceClip(
  next: Omit<ClipState, 'opening'>,
  handle: Awaited<ReturnType<typeof openClip>> | null,
): Promise<void> {
  const { scope } = useClip.getState();
  forgetResults();
  takeClip(handle);
  useClip.setState(next);
  useRun.setState(NO_RUN);
  useDocument.setState(NO_DOCUMENT);
  useView.setState(NO_VIEW);
  await scope?.close();
}

/** How a clip is opened: with earlier work on it, or as one of the page's samples. */
interface Occasion {
  returning?: Returning | null;
  sample?: boolean;
}

export const open = (files: File[], occasion: Occasion = {}): Promise<void> =>
  opening((scope) => openIn(scope, files, occasion));

/**
 * Opens a clip whose lifetime is `scope`. The one before stays, with all its work, until the new one is known to be
 * readable. The viewer opens it first, because it holds nothing that could be lost.
 */
export async function openIn(
  scope: Scope,
  files: File[],
  { returning = null, sample = false }: Occasion = {},
): Promise<void> {
  const { signal } = scope;
  const { files: before } = useClip.getState();
  const { viewer } = workers();
  const wait = showWait(strings.landing.opening, () => void cancelOpening());
  try {
    // Both read the file.
    const info = await viewer.open(files, proxy(stepOf(wait.report, 0, 0.5)));
    signal.throwIfAborted();
    returning?.check(info);
    await keepNow();
    signal.throwIfAborted();
    await abandon();
    const handle = await openClip(files, scope, stepOf(wait.report, 0.5, 1));
    await replaceClip({ ...NO_CLIP, scope, files, info, sample }, handle);
    signal.throwIfAborted();
    for (const note of info.notes) showInfo(noted(note));
    void beginKeeping(files, returning?.id ?? null, returning?.worked ?? false);
    colourBy(fillFilmstrip(scope, info.frameCount), scope);
  } catch (thrown) {
    if (!signal.aborted && before.length > 0)
      await viewer.open([...before]).catch((failed) => showFailure(failed, scope));
    throw thrown;
  } finally {
    wait.end();
    useProject.setState({ awaited: null });
  }
  await (returning ? returning.comeBack(scope) : prepare(scope));
}

async function fillFilmstrip(scope: Scope, frameCount: number): Promise<void> {
  const count = Math.min(THUMBNAILS, frameCount);
  useClip.setState({
    thumbnails: Array.from({ length: count }, (_, place) => ({ place, frame: 0, bitmap: null })),
  });
  const take = async (place: number, frame: number, bitmap: ImageBitmap) => {
    if (scope.signal.aborted) {
      bitmap.close();
      return;
    }
    scope.own(bitmap, (picture) => picture.close());
    useClip.setState(({ thumbnails }) => ({ thumbnails: thumbnails.with(place, { place, frame, bitmap }) }));
    // The first masks come before the other pictures, which keep the processor busy.
    await until(useClip, ({ opening }) => !opening);
    await until(useRun, ({ phase, masked }) => masked || phase === 'idle');
  };
  try {
    await workers().viewer.filmstrip(count, THUMBNAIL_HEIGHT, proxy(take));
  } catch (thrown) {
    showFailure(thrown, scope);
  }
}

/** Starts a run with the settings that suit the clip: the first masks come within seconds, whatever its length. */
async function prepare({ signal }: Scope): Promise<void> {
  const [device] = await Promise.all([workers().engine.device(), refreshModels()]);
  signal.throwIfAborted();
  useRun.setState({ device });
  const model = preferredModel();
  if (!model) return;
  await suggest(model.id, 'auto');
  const { settings } = useRun.getState();
  if (!signal.aborted && settings) void start(settings);
}
