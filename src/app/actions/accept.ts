import { fill } from '../../engine/session/frame-updates.ts';
import type { FrameUpdate, RunResult } from '../../engine/session/result.ts';
import type { RunSettings } from '../../engine/settings/run.ts';
import { sameSettings } from '../../engine/settings/settings.ts';
import { type History, mapped, NO_HISTORY, type Snapshot } from '../model/history.ts';
import { firstOf, givesWay, renewed, repeated, succeeding } from '../model/succession.ts';
import { useClip } from '../stores/clip.ts';
import { commit, currentSnapshot, refill, type Shown, show, useDocument } from '../stores/document.ts';
import { useRun } from '../stores/run.ts';
import { strings } from '../words/strings.ts';

/** What a run is for, where it is not for itself. */
export interface Purpose {
  /** A document to show with it, known beforehand. */
  to?: { snapshot: Snapshot; history: History<Snapshot> };
  /** The search that it is a step of: all its steps are one edit. */
  search?: object | undefined;
}

/** Shows a result, with the document that what is shown becomes. `restored`: its tokens are not in the engine. */
export function accept(found: RunResult, { to, search }: Purpose, restored = false): void {
  const run: Shown = { result: found, restored };
  const { result, single } = useRun.getState();
  const { history } = useDocument.getState();
  const document = currentSnapshot();
  const shown = result && document && { result, document };
  const making = { single, palette: useClip.getState().palette };
  if (to) show(to.snapshot, to.history, run);
  else if (!shown) show(firstOf(found, making), history, run);
  else if (givesWay(shown, found)) show(renewed(shown, found, making), NO_HISTORY, run);
  else if (sameSettings(shown.result.settings, found.settings)) {
    const again = repeated(shown, found, making);
    show(again(shown.document), mapped(history, again), run);
  } else {
    const last = history.past.at(-1);
    const from = search && last?.group === search ? last.before : shown.document;
    const label = nameOfRun(from.settings, found.settings);
    commit(label, succeeding(shown, found, making), { run, group: search });
  }
}

/** What a new run is called in the history. */
function nameOfRun(before: RunSettings, after: RunSettings): string {
  if (before.model !== after.model) {
    const { models } = useRun.getState();
    return strings.edits.model(models.find(({ id }) => id === after.model)?.name ?? after.model);
  }
  if (before.tau === after.tau) return strings.edits.again;
  return after.tau < before.tau ? strings.edits.finer : strings.edits.coarser;
}

/** Copies newly followed frames into the result that is shown. */
export function takeFrames(result: RunResult, update: FrameUpdate): void {
  refill(result, update.places, () => fill(result, update));
}

/** Copies what is known only at the end of a run into the result that is shown. */
export function complete(shown: RunResult, found: RunResult): void {
  refill(shown, [...shown.frames.keys()], () => {
    shown.clustering.labels.set(found.clustering.labels);
    shown.parts?.set(found.parts!);
    Object.assign(shown, {
      times: found.times,
      notes: found.notes,
      memory: found.memory,
      followed: found.followed,
    });
  });
}
