import { proxy } from 'comlink';
import { isLitter, natural } from '../../engine/video/names.ts';
import { workers } from '../connection.ts';
import { NO_HISTORY } from '../model/history.ts';
import type { Dropped } from '../model/truth.ts';
import { isProject } from '../project/names.ts';
import { useClip } from '../stores/clip.ts';
import { showFailure, showInfo } from '../stores/notices.ts';
import { useObjects } from '../stores/objects.ts';
import { type Returning, useProject } from '../stores/project.ts';
import { useRun } from '../stores/run.ts';
import { NO_LOOK, useView } from '../stores/view.ts';
import { strings } from '../words/strings.ts';
import type { Action } from './action.ts';
import { beginKeeping, keepNow, stopKeeping } from './keep.ts';
import { addFile, preferredModel, refreshModels } from './models.ts';
import { abandon, start } from './runner.ts';
import { suggest } from './settings.ts';

/** A run expected to take no longer starts by itself. */
const SOON = 20;
/** Pictures of the filmstrip, and their height in pixels (twice what is shown, for dense screens). */
const THUMBNAILS = 24;
const THUMBNAIL_HEIGHT = 112;

const isWeights = (file: File): boolean => /\.(safetensors|pth|pt)$/i.test(file.name);

/** Number of the newest opening; what an older one still brings is dropped. */
let newest = 0;

const mayBeTruth = (file: File): boolean => /\.(png|ppm|pgm|bmp|json)$/i.test(file.name);

/**
 * Takes files however they came: a clip is opened, weight files are added to the models, masks become the clip's truth.
 * `paths`: where each lay, relative to what was dropped.
 */
export async function take(
  files: readonly File[],
  paths: readonly string[] = files.map((file) => file.webkitRelativePath || file.name),
): Promise<void> {
  const all = files
    .map((file, i) => ({ file, path: paths[i]! }))
    .filter(({ file }) => !isWeights(file) && !isProject(file));
  // What file managers leave in folders is neither a frame nor a mask; alone, it is refused when it is opened.
  const sound = all.filter(({ file }) => !isLitter(file.name));
  const dropped = sound.length > 0 ? sound : all;
  for (const file of files.filter(isWeights)) await addFile(file);
  const project = files.find(isProject);
  if (!project && dropped.some(({ file }) => mayBeTruth(file)) && (await takeTruth(dropped))) return;
  const clip = dropped.map(({ file }) => file).sort((a, b) => natural(a.name, b.name));
  if (project) {
    const { openProject } = await import('./recent.ts');
    await openProject(project, clip);
  } else if (clip.length > 0) {
    const { awaited } = useProject.getState();
    await open(clip, awaited);
  }
}

/** Leaves the clip, its work kept, for the first screen. */
export async function closeClip(): Promise<void> {
  newest++;
  await keepNow();
  await abandon();
  stopKeeping();
  for (const { bitmap } of useClip.getState().thumbnails) bitmap?.close();
  useClip.setState({ files: [], info: null, thumbnails: [], opening: false });
  clearWork();
  const { engine, viewer } = workers();
  await Promise.all([engine.close(), viewer.close()]);
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
    showFailure(thrown);
  }
  return true;
}

/**
 * Opens a clip. The one before stays, with all its work, until the new one is known to be readable; the viewer is asked
 * first because it holds nothing that could be lost. `returning`: work on it that comes back.
 */
export async function open(files: File[], returning: Returning | null = null): Promise<void> {
  const number = ++newest;
  const before = useClip.getState();
  const { engine, viewer } = workers();
  useClip.setState({ opening: true });
  try {
    const info = await viewer.open(files);
    if (number !== newest) return;
    returning?.check(info);
    await keepNow();
    await abandon();
    await engine.open(files);
    if (number !== newest) return;
    for (const { bitmap } of before.thumbnails) bitmap?.close();
    clearWork();
    useClip.setState({ files, info, thumbnails: [], sample: false });
    for (const note of info.notes) showInfo(note);
    void beginKeeping(files, returning?.id ?? null);
    void fillFilmstrip(number, info.frameCount);
    await (returning ? returning.comeBack(() => number === newest) : prepare(number));
  } catch (thrown) {
    if (number !== newest) return;
    showFailure(thrown);
    if (before.files.length > 0) await viewer.open([...before.files]).catch(showFailure);
  } finally {
    if (number === newest) useClip.setState({ opening: false });
    useProject.setState({ awaited: null });
  }
}

/** Forgets all work on a clip that is left. */
function clearWork(): void {
  useRun.setState({
    settings: null,
    suggested: null,
    estimate: null,
    result: null,
    restored: false,
    counts: new Uint32Array(0),
  });
  useObjects.setState({
    objects: [],
    strokes: [],
    history: NO_HISTORY,
    selected: new Set(),
    hovered: null,
    solo: null,
  });
  useView.setState({ frame: 0, speed: 0, mode: 'masks', level: null, ...NO_LOOK, tab: 'settings' });
}

async function fillFilmstrip(number: number, frameCount: number): Promise<void> {
  const count = Math.min(THUMBNAILS, frameCount);
  useClip.setState({
    thumbnails: Array.from({ length: count }, (_, place) => ({ place, frame: 0, bitmap: null })),
  });
  const take = (place: number, frame: number, bitmap: ImageBitmap) => {
    if (number !== newest) {
      bitmap.close();
      return;
    }
    useClip.setState(({ thumbnails }) => ({ thumbnails: thumbnails.with(place, { place, frame, bitmap }) }));
  };
  try {
    await workers().viewer.filmstrip(count, THUMBNAIL_HEIGHT, proxy(take));
  } catch (thrown) {
    // Another clip was opened meanwhile: its own filmstrip follows.
    if (number === newest) showFailure(thrown);
  }
}

/** Works out the settings that suit the clip; a run that will be short starts at once. */
async function prepare(number: number): Promise<void> {
  const { engine } = workers();
  const [device] = await Promise.all([engine.device(), refreshModels()]);
  if (number !== newest) return;
  useRun.setState({ device });
  const model = preferredModel();
  if (!model) return;
  await suggest(model.id, 'auto');
  const { settings, estimate } = useRun.getState();
  if (number === newest && settings && estimate && estimate.seconds <= SOON) void start(settings);
}

/** Fetches a sample and opens it as if it had been dropped. */
export async function openSample(sample: { file: string; id: string }): Promise<void> {
  useClip.setState({ opening: true });
  try {
    const response = await fetch(`${import.meta.env.BASE_URL}samples/${sample.file}`);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText} for ${sample.file}`);
    const blob = await response.blob();
    await take([new File([blob], sample.file, { type: blob.type })]);
    useClip.setState(({ files }) => ({ sample: files[0]?.name === sample.file }));
  } catch (thrown) {
    useClip.setState({ opening: false });
    showFailure(thrown);
  }
}

/** Asks for files with the system's dialog. */
export function chooseFiles(
  options: { accept?: string; multiple: boolean },
  use: (files: File[]) => void,
): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = options.multiple;
  if (options.accept) input.accept = options.accept;
  input.addEventListener('change', () => {
    if (input.files && input.files.length > 0) use([...input.files]);
  });
  input.click();
}

export const openAction: Action = {
  id: 'open',
  label: strings.actions.open,
  group: 'file',
  keys: ['Mod+o'],
  run: () => chooseFiles({ multiple: true }, take),
};
