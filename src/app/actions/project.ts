import { download } from '../browser/download.ts';
import { inGroup } from '../model/action.ts';
import { pack } from '../project/document.ts';
import { ENDING } from '../project/names.ts';
import { useClip } from '../stores/clip.ts';
import { showFailure } from '../stores/notices.ts';
import { currentProject } from './keep.ts';

const action = inGroup('file');

/** Hands over the work on the open clip as a file, to go on elsewhere. */
export async function saveProject(withClip: boolean): Promise<void> {
  const project = currentProject();
  if (!project) return;
  try {
    const { writeProject } = await import('../project/file.ts');
    const blob = await writeProject(pack(project), withClip ? useClip.getState().files : []);
    download(blob, `${project.clip.name.replace(/\.[^.]+$/, '')}.${ENDING}`);
  } catch (thrown) {
    showFailure(thrown);
  }
}

export const save = action(
  'saveProject',
  ['Mod+s'],
  () => saveProject(false),
  () => currentProject() !== null,
);
