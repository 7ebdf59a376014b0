import { isAbort, type Scope } from '../../lib/task.ts';
import { inGroup } from '../model/action.ts';
import {
  isTouched,
  nextClip,
  nextWaiting,
  openOf,
  type QueuedClip,
  withChange,
  withFiles,
} from '../model/queue.ts';
import { useAdapt } from '../stores/adapt.ts';
import { useClip } from '../stores/clip.ts';
import { useDocument } from '../stores/document.ts';
import { useExport } from '../stores/export.ts';
import { useModels } from '../stores/models.ts';
import { announce, showFailure } from '../stores/notices.ts';
import { useProject } from '../stores/project.ts';
import { usePrompt } from '../stores/prompt.ts';
import { NO_QUEUE, useQueue } from '../stores/queue.ts';
import { unfinished, useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { asFailure } from '../words/errors.ts';
import { explained } from '../words/messages.ts';
import { strings } from '../words/strings.ts';
import { openIn, opening } from './open.ts';
import { resume, workKept } from './recent.ts';
import { start } from './runner.ts';

const words = strings.queue;

/** The state of the queue's open clip when it was opened. */
let opened = { frame: 0, edits: 0 };

const openClip = (): QueuedClip | undefined => openOf(useQueue.getState().clips, useClip.getState().files);

const change = (id: number, to: Parameters<typeof withChange>[2]): void =>
  useQueue.setState(({ clips }) => ({ clips: withChange(clips, id, to) }));

/**
 * Adds clips to the queue. The first is opened where no clip of the queue is open, and a single one always, as it was meant
 * to be seen; others wait.
 */
export async function enqueue(files: readonly File[]): Promise<void> {
  const before = useQueue.getState().clips;
  const clips = withFiles(before, files);
  useQueue.setState({ clips });
  const [first] = clips.slice(before.length);
  if (first && (files.length === 1 || !openClip())) await go(first, true);
  else await goOn();
}

/** Opens a clip of the queue, as it was left or for a first run. One that fails is reported, and with `on` skipped. */
async function go(clip: QueuedClip, on: boolean): Promise<void> {
  useQueue.setState({ opening: clip.id });
  let failed = false;
  await opening(async (scope) => {
    try {
      await openQueued(scope, clip);
    } catch (thrown) {
      if (isAbort(thrown) || scope.signal.aborted) throw thrown;
      failed = true;
      change(clip.id, { state: 'failed', why: explained(asFailure(thrown)).what });
      // The notice outlives this request, as the next clip is opened at once.
      showFailure(thrown);
    }
  });
  useQueue.setState((queue) => (queue.opening === clip.id ? { opening: null } : {}));
  if (failed && on) await toNext(clip.id);
}

async function openQueued(scope: Scope, { id, file, kept }: QueuedClip): Promise<void> {
  const project = kept === null ? null : await workKept(kept, file.name);
  opened = { frame: project?.frame ?? 0, edits: project?.history.past.length ?? 0 };
  if (!project) return openIn(scope, [file]);
  await resume(scope, [file], project, { name: file.name, id: kept });
  scope.signal.throwIfAborted();
  const { settings, result, phase } = useRun.getState();
  if (result && !unfinished(result)) change(id, { state: 'done', why: null });
  else if (settings && phase === 'idle') void start(settings);
}

/** Opens the next waiting clip. Without any, the queue ends. */
async function toNext(id: number): Promise<void> {
  const { clips } = useQueue.getState();
  const next = nextWaiting(clips, id);
  if (next) return go(next, true);
  announce(words.ended);
  // None of its clips could be opened: the reasons are shown.
  if (clips.every(({ state }) => state === 'failed')) useQueue.setState(NO_QUEUE);
}

/** Opens the next clip, if the open one is done and the user did nothing with it. */
async function goOn(): Promise<void> {
  const clip = openClip();
  if (clip?.state === 'waiting' || useClip.getState().opening || touched()) return;
  if (clip) await toNext(clip.id);
}

function touched(): boolean {
  const { frame, speed, mode, brush, help, menu, renaming } = useView.getState();
  const { history, selected } = useDocument.getState();
  const { tool, clicks } = usePrompt.getState();
  const exporting = useExport.getState();
  const adapting = useAdapt.getState();
  const tools = brush !== null || tool || clicks.length > 0 || menu !== null || renaming !== null;
  const dialogs = exporting.open || adapting.open || useModels.getState().open || help;
  const writing = exporting.running || useQueue.getState().exporting !== null;
  return isTouched(opened, {
    frame,
    edits: history.past.length,
    selected: selected.size,
    playing: speed !== 0,
    busy: mode !== 'masks' || tools || dialogs || writing || adapting.phase !== 'setup',
  });
}

useRun.subscribe((now, before) => {
  if (now.phase !== 'idle' || before.phase === 'idle' || useClip.getState().opening) return;
  const clip = openClip();
  if (!clip) return;
  if (now.failed !== null) change(clip.id, { state: 'failed', why: now.failed });
  else if (now.result && !unfinished(now.result)) change(clip.id, { state: 'done', why: null });
  // The user stopped it: it stays.
  else return;
  // The code that ended the run is still busy with its clip.
  queueMicrotask(() => void goOn());
});

useProject.subscribe((now, before) => {
  const clip = now.id !== before.id && openClip();
  if (clip && now.id !== null) change(clip.id, { kept: now.id });
});

/** Opens a chosen clip of the queue. */
export const openFromQueue = (clip: QueuedClip): Promise<void> => go(clip, false);

/** Removes a clip from the queue; if it is open, the next waiting one is opened. Work on it stays saved. */
export async function leaveQueue({ id }: QueuedClip): Promise<void> {
  const { clips } = useQueue.getState();
  const next = openClip()?.id === id ? nextWaiting(clips, id) : undefined;
  useQueue.setState({ clips: clips.filter((clip) => clip.id !== id) });
  if (next) await go(next, true);
}

const action = inGroup('file');

export const nextInQueue = action(
  'nextClip',
  ['Shift+N'],
  async () => {
    const next = nextClip(useQueue.getState().clips, openClip()?.id);
    if (next) await go(next, true);
  },
  () => nextClip(useQueue.getState().clips, openClip()?.id) !== undefined,
);
