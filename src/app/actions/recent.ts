import type { ClipInfo } from '../../engine/video/types.ts';
import { failure } from '../../lib/errors.ts';
import { workers } from '../connection.ts';
import { countsOf } from '../model/hierarchy.ts';
import { type ClipMark, type Project, unpack } from '../project/document.ts';
import { type KeptClip, readKept } from '../project/store.ts';
import { useClip } from '../stores/clip.ts';
import { showFailure } from '../stores/notices.ts';
import { useObjects } from '../stores/objects.ts';
import { type Returning, useProject } from '../stores/project.ts';
import { useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { strings } from '../words/strings.ts';
import { openBefore, stopKeeping } from './keep.ts';
import { refreshModels } from './models.ts';
import { open } from './open.ts';
import { goTo } from './playback.ts';
import { reckon } from './settings.ts';

/** Opens a project file; `beside`: a clip that was dropped with it. */
export async function openProject(file: File, beside: readonly File[]): Promise<void> {
  await opening(async () => {
    const { readProject } = await import('../project/file.ts');
    const { document, clip } = await readProject(file);
    await resume(clip.length > 0 ? clip : beside, unpack(document), file.name, null);
  });
}

/** Opens what the browser kept, as it was left. */
export async function openRecent(id: string, name: string): Promise<void> {
  await opening(async () => {
    const [{ checkDocument }, kept] = await Promise.all([import('../project/check.ts'), readKept(id)]);
    await resume(await filesOf(kept.clip), unpack(checkDocument(kept.document, name)), name, id);
  });
}

/** After a reload: comes back to what this tab had open. */
export async function reopen(): Promise<void> {
  const id = openBefore();
  if (id === null) return;
  const { document } = await readKept(id).catch(() => ({ document: undefined }));
  // Left before there was anything to keep.
  if (document === undefined) stopKeeping();
  else await openRecent(id, strings.project.lastOne);
}

async function opening(work: () => Promise<void>): Promise<void> {
  useClip.setState({ opening: true });
  try {
    await work();
  } catch (thrown) {
    showFailure(thrown);
  } finally {
    useClip.setState({ opening: false });
  }
}

/** Opens the clip and shows the project on it; without a clip, waits for it to be dropped. */
async function resume(
  files: readonly File[],
  project: Project,
  name: string,
  id: string | null,
): Promise<void> {
  const returning: Returning = {
    id,
    check: (info) => checkClip(info, project.clip, name),
    comeBack: (wanted) => comeBack(project, wanted),
  };
  if (files.length > 0) return open([...files], returning);
  useProject.setState({ awaited: returning });
  throw failure('project/no-clip', { name, clip: project.clip.name });
}

/** The clip's files; none where they were not kept, or may not be read any more. */
async function filesOf(clip: KeptClip | undefined): Promise<readonly File[]> {
  if (!clip) return [];
  if ('files' in clip) return clip.files;
  const files: File[] = [];
  for (const handle of clip.handles) {
    const leave = await handle.requestPermission?.({ mode: 'read' });
    if (leave !== 'granted') return [];
    files.push(await handle.getFile());
  }
  return files;
}

function checkClip(info: ClipInfo, clip: ClipMark, name: string): void {
  const told = (mark: ClipMark) => strings.project.clip(mark.width, mark.height, mark.frameCount);
  if (told(info) === told(clip)) return;
  throw failure('project/other-clip', { name, wants: told(clip), found: told(info) });
}

/** Shows a project as it was left, without a run; its settings' cost and what suits the clip follow. */
async function comeBack(project: Project, wanted: () => boolean): Promise<void> {
  const { engine } = workers();
  const { settings, result, objects, strokes, history, frame } = project;
  if (result) await engine.restore(result);
  if (!wanted()) return;
  if (result) useRun.setState({ result, restored: true, counts: countsOf(result, strokes) });
  useRun.setState({ settings });
  useObjects.setState({ objects, strokes, history });
  useView.setState({ tab: result ? 'objects' : 'settings' });
  goTo(frame);
  const [device] = await Promise.all([engine.device(), refreshModels()]);
  const suggested = await engine.suggest(settings.model, settings.device);
  if (!wanted()) return;
  useRun.setState({ device, suggested: suggested.settings });
  reckon(settings);
}
