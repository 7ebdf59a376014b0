import { isLitter, isMaskName, natural } from '../../engine/video/names.ts';
import { inGroup } from '../model/action.ts';
import { isVideo } from '../model/queue.ts';
import type { Dropped } from '../model/truth.ts';
import { isProject } from '../project/names.ts';
import { showClipFailure, useClip } from '../stores/clip.ts';
import { useProject } from '../stores/project.ts';
import { useQueue } from '../stores/queue.ts';
import { chooseFiles } from './files.ts';
import { addFile } from './models.ts';
import { open } from './open.ts';
import { enqueue } from './queue.ts';
import { openProject } from './recent.ts';

const action = inGroup('file');

const isWeights = (file: File): boolean => /\.(safetensors|pth|pt|pth\.tar|ckpt|bin)$/i.test(file.name);
const mayBeTruth = ({ name }: File): boolean => isMaskName(name) || /\.json$/i.test(name);

/**
 * Takes files, however they were given: a clip is opened, several are queued, weight files are added to the models, masks
 * become the clip's truth. `paths`: of each, relative to what was dropped.
 */
export async function take(
  files: readonly File[],
  paths: readonly string[] = files.map((file) => file.webkitRelativePath || file.name),
): Promise<void> {
  const all = files
    .map((file, i) => ({ file, path: paths[i]! }))
    .filter(({ file }) => !isWeights(file) && !isProject(file));
  // Files that file managers leave in folders are neither frames nor masks; alone, they are refused when opened.
  const sound = all.filter(({ file }) => !isLitter(file.name));
  const dropped = sound.length > 0 ? sound : all;
  for (const file of files.filter(isWeights)) await addFile(file);
  const project = files.find(isProject);
  if (!project && dropped.some(({ file }) => mayBeTruth(file)) && (await takeTruth(dropped))) return;
  const clip = dropped.map(({ file }) => file).sort((a, b) => natural(a.name, b.name));
  const several = clip.length > 1 || useQueue.getState().clips.length > 0;
  if (project) await openProject(project, clip);
  else if (several && clip.length > 0 && clip.every(isVideo)) await enqueue(clip);
  else if (clip.length > 0) await open(clip, { returning: useProject.getState().awaited });
}

/** Takes masks, and the clip that came with them; false where there are none. */
async function takeTruth(dropped: readonly Dropped[]): Promise<boolean> {
  const truth = await import('./truth.ts');
  try {
    const found = await truth.findTruth(dropped);
    if (!found) return false;
    if (found.kind === 'both') {
      const byPath = new Map(dropped.map(({ path, file }) => [path, file]));
      const images = found.images.map((path) => byPath.get(path)!);
      await open(images);
      if (useClip.getState().files !== images) return true;
    }
    await truth.setTruth(found, dropped);
  } catch (thrown) {
    showClipFailure(thrown);
  }
  return true;
}

export const openAction = action('open', ['Mod+o'], () => chooseFiles({ multiple: true }, take));
