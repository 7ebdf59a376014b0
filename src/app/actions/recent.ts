import type { ClipInfo } from '../../engine/video/types.ts';
import { sameData } from '../../lib/same.ts';
import type { Scope } from '../../lib/task.ts';
import { type ClipMark, type Project, type ProjectDocument, sameWork, unpack } from '../project/document.ts';
import { workedOn } from '../project/eviction.ts';
import { type KeptClip, listRecent, readKept, removeKept } from '../project/store.ts';
import { openBefore } from '../project/tab.ts';
import { useClip } from '../stores/clip.ts';
import { type Returning, useProject } from '../stores/project.ts';
import { useRun } from '../stores/run.ts';
import { failure } from '../words/errors.ts';
import { strings } from '../words/strings.ts';
import { workers } from '../workers/connection.ts';
import { clip, restoreRun } from '../workers/engine.ts';
import { takeFrames } from './accept.ts';
import { currentProject, stopKeeping } from './keep.ts';
import { refreshModels } from './models.ts';
import { openIn, opening } from './open.ts';
import { goTo } from './playback.ts';
import { reopenResult } from './runner.ts';
import { estimateCost } from './settings.ts';

/** Opens a project file. `beside`: a clip that was dropped with it. */
export async function openProject(file: File, beside: readonly File[]): Promise<void> {
  await opening(async (scope) => {
    const { readProject } = await import('../project/file.ts');
    const { document, clip } = await readProject(file);
    const id = await keptAs(document);
    await resume(scope, clip.length > 0 ? clip : beside, unpack(document), { name: file.name, id });
  });
}

/** Id under which the browser keeps the same work, so that it is not listed twice; null where it does not. */
async function keptAs(document: ProjectDocument): Promise<string | null> {
  const { checkDocument } = await import('../project/check.ts');
  // No id: nothing is kept.
  for (const { id, name } of await listRecent().catch(() => [])) {
    if (name !== document.clip.name) continue;
    try {
      const { document: kept, clip } = await readKept(id);
      if (clip && sameWork(checkDocument(kept, name), document)) return id;
    } catch {
      // An unreadable project counts as another one.
    }
  }
  return null;
}

/** Opens a project that the browser kept, as it was left. */
export async function openRecent(id: string, name: string): Promise<void> {
  await opening(async (scope) => {
    const [{ checkDocument }, kept] = await Promise.all([import('../project/check.ts'), readKept(id)]);
    const { document, clip, recent } = kept;
    const sample = recent?.sample === true;
    const worked = recent !== undefined && workedOn(recent);
    const origin = { name, id, sample, worked };
    await resume(scope, await filesOf(clip), unpack(checkDocument(document, name)), origin);
  });
}

/** The project that the browser keeps under an id; null where it cannot be read. */
export async function workKept(id: string, name: string): Promise<Project | null> {
  const [{ checkDocument }, kept] = await Promise.all([
    import('../project/check.ts'),
    readKept(id).catch(() => null),
  ]);
  return kept?.document === undefined ? null : unpack(checkDocument(kept.document, name));
}

/** After a reload: reopens the tab's project. */
export async function reopen(): Promise<void> {
  const id = openBefore();
  if (id === null) return;
  const kept = await readKept(id).catch(() => null);
  if (kept?.document !== undefined) return openRecent(id, strings.project.lastOne);
  stopKeeping();
  // The tab was left when at most a copy of its clip was kept.
  if (kept) await removeKept(id).catch(() => undefined);
}

/** Reopens the open project in workers that were restarted. */
export async function reopenHere(): Promise<void> {
  const project = currentProject();
  const { files, sample } = useClip.getState();
  const { id } = useProject.getState();
  await opening((scope) =>
    project
      ? resume(scope, files, project, { name: project.clip.name, id, sample })
      : openIn(scope, [...files], { sample }),
  );
}

/** A project's name in messages, the id that the browser keeps it under, and whether it is on a sample. */
interface Origin {
  name: string;
  id: string | null;
  sample?: boolean;
  /** Whether it was worked on, by the list of recent ones. */
  worked?: boolean;
}

/** Opens the clip and shows the project on it; without a clip, waits for it to be dropped. */
export async function resume(
  scope: Scope,
  files: readonly File[],
  project: Project,
  { name, id, sample = false, worked = false }: Origin,
): Promise<void> {
  const returning: Returning = {
    id,
    worked,
    check: (info) => checkClip(info, project.clip, name),
    comeBack: (clip) => comeBack(project, clip),
  };
  scope.signal.throwIfAborted();
  if (files.length > 0) return openIn(scope, [...files], { returning, sample });
  useProject.setState({ awaited: returning });
  throw failure('project/no-clip', { name, clip: project.clip.name });
}

/** The clip's files; none where they were not kept, or may no longer be read. */
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
  const marked = ({ width, height, frameCount }: ClipInfo | ClipMark) => ({ width, height, frameCount });
  const [wants, found] = [marked(clip), marked(info)];
  if (!sameData(wants, found)) throw failure('project/other-clip', { name, wants, found });
}

/** Shows a project as it was left, without a run, then the cost of its settings and what suits the clip. */
async function comeBack(project: Project, { signal }: Scope): Promise<void> {
  const { settings, result, history, frame } = project;
  const since = result && (await restoreRun(result));
  signal.throwIfAborted();
  useRun.setState({ settings });
  if (result && since) takeFrames(result, since);
  if (result) reopenResult(result, project, history);
  goTo(frame);
  const [device] = await Promise.all([workers().engine.device(), refreshModels()]);
  const suggested = await clip().suggest(settings.model, settings.device);
  signal.throwIfAborted();
  useRun.setState({ device, suggested: suggested.settings });
  estimateCost(settings);
}
