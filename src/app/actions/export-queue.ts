import type { UnpromptedError } from '../../lib/failure.ts';
import { exportable } from '../model/queue.ts';
import { useClip } from '../stores/clip.ts';
import { useExport } from '../stores/export.ts';
import { announce, showFailure, showInfo } from '../stores/notices.ts';
import { useQueue } from '../stores/queue.ts';
import { unfinished, useRun } from '../stores/run.ts';
import { asFailure, failure } from '../words/errors.ts';
import { strings } from '../words/strings.ts';
import { exportInto, stopExport } from './export.ts';
import { openFromQueue } from './queue.ts';

const words = strings.queue;

declare global {
  /** Where there is a dialog to choose a folder to write into. */
  interface Window {
    showDirectoryPicker?(options: { mode: 'readwrite' }): Promise<FileSystemDirectoryHandle>;
  }
}

/**
 * Exports every clip of the queue that is done, as the dialog says, into a folder that the user chooses or the browser's
 * downloads. One clip is opened after the other; what fails is reported and passed over. The clip that was open is opened again.
 */
export async function exportQueue(): Promise<void> {
  const clips = exportable(useQueue.getState().clips);
  if (clips.length === 0 || useQueue.getState().exporting || useExport.getState().running) return;
  const before = clips.find(({ file }) => useClip.getState().files.includes(file));
  const folder = await chooseFolder();
  if (folder === undefined) return;
  useExport.setState({ open: false });
  const stopped = () => useQueue.getState().exporting === null;
  const taken = new Set<string>();
  const failed: { name: string; error: UnpromptedError }[] = [];
  useQueue.setState({ exporting: { done: 0, total: clips.length } });
  for (const [done, clip] of clips.entries()) {
    useQueue.setState({ exporting: { done, total: clips.length } });
    try {
      await openFromQueue(clip);
      if (stopped()) break;
      const { result, phase } = useRun.getState();
      const open = useClip.getState().files.includes(clip.file);
      if (!open || !result || unfinished(result) || phase !== 'idle') throw failure('queue/not-done');
      await exportInto(folder, taken);
    } catch (thrown) {
      if (stopped()) break;
      failed.push({ name: clip.file.name, error: asFailure(thrown) });
    }
  }
  const cancelled = stopped();
  useQueue.setState({ exporting: null });
  if (cancelled) return announce(strings.export.cancelled);
  const counted = { done: clips.length - failed.length, total: clips.length };
  announce(words.exported(counted.done, counted.total));
  if (failed.length > 0) showFailure(failure('queue/not-all', { ...counted, failed }));
  else showInfo(words.exported(counted.done, counted.total));
  if (before) await openFromQueue(before);
}

export async function stopExportingQueue(): Promise<void> {
  useQueue.setState({ exporting: null });
  await stopExport();
}

/** A folder to write into; null: there is no such dialog here, so files become downloads; undefined: none was chosen. */
async function chooseFolder(): Promise<FileSystemDirectoryHandle | null | undefined> {
  if (!window.showDirectoryPicker) return null;
  try {
    return await window.showDirectoryPicker({ mode: 'readwrite' });
  } catch (thrown) {
    // Closing the dialog is an AbortError, which is no failure.
    showFailure(thrown);
    return undefined;
  }
}
