import { pack } from '../project/document.ts';
import { ENDING } from '../project/names.ts';
import { useClip } from '../stores/clip.ts';
import { showFailure } from '../stores/notices.ts';
import { strings } from '../words/strings.ts';
import type { Action } from './action.ts';
import { currentProject } from './keep.ts';

/** Milliseconds that a download may take to begin. */
const DOWNLOADED = 60_000;

/** Hands over the work on the open clip as a file, to go on elsewhere. */
export async function saveProject(withClip: boolean): Promise<void> {
  const project = currentProject();
  if (!project) return;
  try {
    const { writeProject } = await import('../project/file.ts');
    const blob = await writeProject(pack(project), withClip ? useClip.getState().files : []);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `${project.clip.name.replace(/\.[^.]+$/, '')}.${ENDING}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), DOWNLOADED);
  } catch (thrown) {
    showFailure(thrown);
  }
}

export const save: Action = {
  id: 'saveProject',
  label: strings.actions.saveProject,
  group: 'file',
  keys: ['Mod+s'],
  enabled: () => currentProject() !== null,
  run: () => saveProject(false),
};
