import { proxy } from 'comlink';
import { type ExportOrder, fileOf, formatOf } from '../../engine/export/formats/index.ts';
import { framesOf, type Selection } from '../../engine/export/types.ts';
import type { ClipInfo } from '../../engine/video/types.ts';
import { download } from '../browser/download.ts';
import { inGroup } from '../model/action.ts';
import { isShown, looksOf, paintsOf } from '../model/appearance.ts';
import { inClassColours } from '../model/classes.ts';
import { correctedNodes, inAllNodes, masksFor } from '../model/corrected.ts';
import {
  contentOf,
  type ExportChoice,
  exportObjects,
  freeName,
  type WhichObjects,
} from '../model/exports.ts';
import { nameOf, type VideoObject } from '../model/objects.ts';
import { trailsOf } from '../model/trails.ts';
import { useClip } from '../stores/clip.ts';
import { currentHierarchy, useDocument } from '../stores/document.ts';
import { type Exported, useExport, useExportChoice } from '../stores/export.ts';
import { announce, showFailure, showInfo } from '../stores/notices.ts';
import { usePreferences } from '../stores/preferences.ts';
import { useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { asFailure, failure } from '../words/errors.ts';
import { strings } from '../words/strings.ts';
import { clip, runMasks } from '../workers/engine.ts';
import { stay } from './keep.ts';

const action = inGroup('file');

declare global {
  /** Where there is a dialog to choose a file to write. */
  interface Window {
    showSaveFilePicker?(options: {
      suggestedName: string;
      types: { accept: Record<string, string[]> }[];
    }): Promise<FileSystemFileHandle>;
  }
}

export const exportAction = action(
  'export',
  ['e'],
  () => {
    const { frame } = useView.getState();
    useExport.setState(({ running, done }) => ({ open: true, done: running ? done : null, frame }));
  },
  () => useRun.getState().result !== null,
);

/** The objects of an export, from the present list. */
export function chosenObjects(which: WhichObjects): VideoObject[] {
  const { objects, selected, solo } = useDocument.getState();
  if (which === 'all') return [...objects];
  return objects.filter((object) => (which === 'selected' ? selected.has(object.id) : isShown(object, solo)));
}

/**
 * The frames of an export: the chosen one, the segmented part, or the whole clip; of formats with a file per frame only the
 * reviewed ones, if that is chosen.
 */
export function chosenFrames({
  kind,
  wholeClip,
  reviewedOnly,
}: ExportChoice): Pick<Selection, 'start' | 'end' | 'reviewed' | 'reviewedOnly'> {
  const { result } = useRun.getState();
  const { frame } = useExport.getState();
  const { reviewed } = useDocument.getState();
  const { frames } = formatOf(kind);
  if (frames === 'one') return { start: frame, end: frame + 1 };
  const { start, end } = wholeClip || !result ? { start: 0, end: null } : result.settings;
  const only = reviewedOnly && frames === 'each';
  return { start, end, ...((only || reviewed.length > 0) && { reviewed, reviewedOnly: only }) };
}

/** Asks how this browser would encode the clip. */
export async function askFormats(): Promise<void> {
  try {
    const { quality } = useExportChoice.getState();
    const formats = await clip().videoFormats(quality);
    if (useExportChoice.getState().quality === quality) useExport.setState({ formats });
  } catch (thrown) {
    showFailure(thrown);
  }
}

/** The chosen export of the document as it is. */
function orderNow(info: ClipInfo): ExportOrder {
  const choice = useExportChoice.getState();
  const { objects, strokes, effects, classes } = useDocument.getState();
  const { result } = useRun.getState();
  const { byClass } = usePreferences.getState();
  const coloured = byClass ? inClassColours(objects, classes) : objects;
  const chosen = new Set(chosenObjects(choice.objects).map(({ id }) => id));
  const hierarchy = currentHierarchy();
  const spread = inAllNodes(hierarchy, coloured);
  const seen = coloured.map((object) => ({ ...object, visible: chosen.has(object.id) }));
  const look = {
    overlay: usePreferences.getState(),
    usual: effects.objects,
    hovered: null,
    selected: new Set<number>(),
    solo: null,
  };
  const trailed = spread.filter(({ id, background }) => chosen.has(id) && !background);
  const content = contentOf(choice, useExport.getState().formats, {
    // One per chosen object, and one for what belongs to none.
    paints: paintsOf(seen, look).filter((_, place) => seen[place]?.visible ?? true),
    looks: looksOf(seen, look).filter((own) => own !== null),
    effects,
    trails: effects.trail && result ? trailsOf(result, correctedNodes(result, strokes), trailed, info) : null,
  });
  return {
    content,
    objects: exportObjects(spread, chosen, (object) => nameOf(object, objects), classes),
    ...(classes.length > 0 && { classes: classes.map(({ name }) => name) }),
    ...masksFor(hierarchy, objects, strokes),
    ...chosenFrames(choice),
  };
}

/** The frame on the stage as the chosen export shows it, at most `longest` pixels a side; null where it shows none. */
export async function previewExport(longest: number): Promise<Blob | null> {
  const { info } = useClip.getState();
  const { kind, objects } = useExportChoice.getState();
  if (!info || !formatOf(kind).painter || chosenObjects(objects).length === 0) return null;
  const { frame } = useView.getState();
  const order = { ...orderNow(info), start: frame, end: frame + 1, still: longest };
  const { file } = await runMasks().export(
    order,
    null,
    proxy(() => {}),
  );
  return file;
}

/** Writes the chosen export into a file that the user chooses, or hands it to the browser's downloads. */
export async function startExport(): Promise<void> {
  const { info } = useClip.getState();
  if (!info || useExport.getState().running) return;
  const order = orderNow(info);
  const file = fileOf(order.content, info.name);
  const handle = await destination(file.name, file.type, file.ending);
  if (handle === undefined) return;
  announce(strings.export.started);
  try {
    const { name } = await write(order, info, handle, file.name);
    announce(strings.export.done(name));
    if (!useExport.getState().open) showInfo(strings.export.done(name));
  } catch (thrown) {
    if (asFailure(thrown).code === 'export/cancelled') announce(strings.export.cancelled);
    else showFailure(thrown);
  }
}

/**
 * Writes the chosen export of the open clip into a folder, under a name that no other of `taken` has, or hands it to the
 * browser's downloads. Throws what exports throw; `export/no-objects` where none is chosen.
 */
export async function exportInto(
  folder: FileSystemDirectoryHandle | null,
  taken: Set<string>,
): Promise<void> {
  const { info } = useClip.getState();
  const { objects, quality } = useExportChoice.getState();
  if (!info || chosenObjects(objects).length === 0) throw failure('export/no-objects');
  // The encoder depends on the clip.
  if (quality) await askFormats();
  useExport.setState({ frame: useView.getState().frame });
  const order = orderNow(info);
  const name = freeName(fileOf(order.content, info.name).name, taken);
  taken.add(name);
  const handle = folder && (await folder.getFileHandle(name, { create: true }));
  await write(order, info, handle, name);
}

async function write(
  order: ExportOrder,
  { frameCount }: ClipInfo,
  handle: FileSystemFileHandle | null,
  suggested: string,
): Promise<Exported> {
  const total = framesOf(order, frameCount).length;
  useExport.setState({ running: true, progress: { done: 0, total, left: null }, done: null });
  try {
    const { file, bytes, frames, notes } = await runMasks().export(
      order,
      handle,
      proxy((progress) => useExport.setState({ progress })),
    );
    if (file) download(file, suggested);
    const done = { name: handle?.name ?? suggested, bytes, frames, notes };
    useExport.setState({ done });
    stay();
    return done;
  } finally {
    useExport.setState({ running: false, progress: null });
  }
}

export async function stopExport(): Promise<void> {
  if (useExport.getState().running) await clip().cancelExport();
}

/** A file to write into; null: there is no such dialog here, so it becomes a download; undefined: nothing was chosen. */
async function destination(
  suggestedName: string,
  type: string,
  ending: string,
): Promise<FileSystemFileHandle | null | undefined> {
  if (!window.showSaveFilePicker) return null;
  try {
    return await window.showSaveFilePicker({
      suggestedName,
      types: [{ accept: { [type]: [`.${ending}`] } }],
    });
  } catch (thrown) {
    // Closing the dialog is an AbortError, which is no failure.
    showFailure(thrown);
    return undefined;
  }
}
