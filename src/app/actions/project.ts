import { download } from '../browser/download.ts';
import { inGroup } from '../model/action.ts';
import { pack } from '../project/document.ts';
import { ENDING } from '../project/names.ts';
import { useClip } from '../stores/clip.ts';
import { showFailure, showWait } from '../stores/notices.ts';
import { strings } from '../words/strings.ts';
import { currentProject } from './keep.ts';

const action = inGroup('file');

/** Saves the work on the open clip as a file, to continue elsewhere. */
export async function saveProject(withClip: boolean): Promise<void> {
  const project = currentProject();
  if (!project) return;
  const stopping = new AbortController();
  const { signal } = stopping;
  const wait = showWait(strings.project.writing, () => stopping.abort());
  try {
    const { writeProject } = await import('../project/file.ts');
    const clip = withClip ? useClip.getState().files : [];
    const blob = await writeProject(pack(project), clip, { signal, onPart: wait.report });
    download(blob, `${project.clip.name.replace(/\.[^.]+$/, '')}.${ENDING}`);
  } catch (thrown) {
    // Stopped, whatever error the writer throws.
    if (!signal.aborted) showFailure(thrown);
  } finally {
    wait.end();
  }
}

export const save = action(
  'saveProject',
  ['Mod+s'],
  () => saveProject(false),
  () => currentProject() !== null,
);
