import { LABELS } from '../../engine/mask/strokes.ts';
import { openDataset } from '../../evaluate/datasets.ts';
import { debounced, latest, serial } from '../../lib/task.ts';
import { inAllNodes, masksFor, needParts } from '../model/corrected.ts';
import { hierarchyOf } from '../model/hierarchy.ts';
import { numbersOf, scoresOf } from '../model/scores.ts';
import { type Dropped, type Found, isLabelPicture, placeMasks, truthIn } from '../model/truth.ts';
import { showClipFailure, useClip } from '../stores/clip.ts';
import { useDocument } from '../stores/document.ts';
import { announce, showInfo } from '../stores/notices.ts';
import { useRun } from '../stores/run.ts';
import { NO_TRUTH, useTruth } from '../stores/truth.ts';
import { strings } from '../words/strings.ts';
import { evaluator } from '../workers/connection.ts';
import { runMasks } from '../workers/engine.ts';

/** Milliseconds without an edit before scoring. */
const REST = 300;
/** Bytes of a picture that show whether it holds labels. */
const HEAD = 26;

/**
 * The truth among dropped files, if any; masks alone are truth only where a clip is open or their folder says so. Throws
 * `truth/several`, `dataset/bad-json`.
 */
export async function findTruth(dropped: readonly Dropped[]): Promise<Found | null> {
  const byPath = new Map(dropped.map(({ path, file }) => [path, file]));
  const read = async (path: string) => new Uint8Array(await byPath.get(path)!.arrayBuffer());
  const dataset = await openDataset({ paths: [...byPath.keys()], read });
  const start = await dropped[0]!.file.slice(0, HEAD).arrayBuffer();
  const open = useClip.getState().info !== null;
  return truthIn(dataset, open && isLabelPicture(new Uint8Array(start)));
}

/** The masks taken last. */
let taken: [Found, readonly Dropped[]] | null = null;

/** Takes masks as the truth of the open clip, in place of any before. Throws `truth/…`, `png/…`, `mask/…`. */
export const setTruth = latest(async (signal, found: Found, dropped: readonly Dropped[]): Promise<void> => {
  taken = [found, dropped];
  const { files, info: clip } = useClip.getState();
  if (!clip) return;
  const names = clip.container === 'images' ? files.map(({ name }) => name) : null;
  const placed =
    found.kind === 'both'
      ? found.placed
      : placeMasks(found.masks, { names, frameCount: clip.frameCount }).map(({ frame, truth }) => ({
          frame,
          truth,
        }));
  const paths = new Set(placed.flatMap(({ truth }) => ('files' in truth ? truth.files : [])));
  const masks = dropped.filter(({ path }) => paths.has(path));
  const info = await evaluator().open(placed, masks, { width: clip.width, height: clip.height });
  signal.throwIfAborted();
  held = null;
  useTruth.setState({ ...NO_TRUTH, info });
  announce(strings.scores.taken(info.frames.length));
  for (const note of info.notes) showInfo(strings.scores.notes[note]);
  schedule();
});

/** Takes the same masks again, after the evaluator was lost. */
export async function retakeTruth(): Promise<void> {
  try {
    if (taken) await setTruth(...taken);
  } catch (thrown) {
    showClipFailure(thrown);
  }
}

export function dropTruth(): void {
  taken = null;
  setTruth.cancel();
  useTruth.setState(NO_TRUTH);
}

/** The run whose clusters the evaluator has, and its frames; null: none yet. */
let held: { of: readonly unknown[]; frames: Set<number> } | null = null;

const turns = serial();

/** Sends the evaluator the frames that it lacks, one by one, and takes its scores; a newer call ends this between two frames. */
const score = latest((signal) =>
  turns(async () => {
    const { info } = useTruth.getState();
    const { result, phase } = useRun.getState();
    // Called again when the run ends.
    if (!info || !result || phase !== 'idle') return;
    const { objects, strokes } = useDocument.getState();
    const hierarchy = hierarchyOf(result);
    const parted = needParts(hierarchy, objects, strokes);
    const of = [info, result, strokes, parted];
    if (!held || held.of.some((thing, i) => thing !== of[i])) {
      await evaluator().forget();
      held = { of, frames: new Set() };
    }
    const { frames: taken } = held;
    const { start, end } = result.settings;
    const frames = info.frames.filter((frame) => frame >= start && (end === null || frame < end));
    try {
      for (const frame of frames) {
        signal.throwIfAborted();
        if (taken.has(frame)) continue;
        useTruth.setState({ progress: { done: taken.size, total: frames.length } });
        const masks = masksFor(hierarchy, objects, strokes);
        const map = await runMasks().labels(frame, info.width, info.height, masks);
        if (!map) continue;
        await evaluator().take(frame, map);
        taken.add(frame);
      }
      const found = await evaluator().score(numbersOf(inAllNodes(hierarchy, objects), LABELS));
      signal.throwIfAborted();
      useTruth.setState({ scores: found && scoresOf(found, objects) });
    } finally {
      useTruth.setState({ progress: null });
    }
  }, signal),
);

const scoreSoon = debounced(() => score().catch(showClipFailure), REST);

function schedule(): void {
  score.cancel();
  const { info, stopped } = useTruth.getState();
  if (info && !stopped) scoreSoon();
  else scoreSoon.cancel();
}

/** Stops comparing until `compare`; the counts stay. */
export function stopComparing(): void {
  useTruth.setState({ stopped: true });
  schedule();
}

export function compare(): void {
  useTruth.setState({ stopped: false });
  schedule();
}

useClip.subscribe((now, before) => {
  if (now.files !== before.files) dropTruth();
});
useRun.subscribe((now, before) => {
  if (now.result !== before.result || now.phase !== before.phase) schedule();
});
useDocument.subscribe((now, before) => {
  if (now.objects !== before.objects || now.strokes !== before.strokes) schedule();
});
