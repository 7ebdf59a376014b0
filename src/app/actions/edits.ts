import { serial } from '../../lib/task.ts';
import { redone, type Snapshot, undone } from '../model/history.ts';
import { foreground, type VideoObject } from '../model/objects.ts';
import { showClipFailure } from '../stores/clip.ts';
import { commit, useDocument } from '../stores/document.ts';
import { announce, showInfo } from '../stores/notices.ts';
import { isQuickLook, useRun } from '../stores/run.ts';
import { strings } from '../words/strings.ts';
import { reach } from './runner.ts';

/**
 * Changes the objects under a name that undo shows; nothing where `change` returns the same list. `corrections`: those left with
 * the new list, all by default.
 */
export function edit(
  label: string,
  change: (objects: readonly VideoObject[]) => readonly VideoObject[],
  corrections: (content: Pick<Snapshot, 'objects' | 'strokes'>) => Snapshot['strokes'] = ({ strokes }) =>
    strokes,
): void {
  if (isQuickLook()) {
    showInfo(strings.run.quickEdit);
    return;
  }
  const { objects, strokes } = useDocument.getState();
  const after = change(objects);
  if (after === objects) return;
  commit(label, { objects: after, strokes: corrections({ objects: after, strokes }) });
  announce(label);
}

/** Steps through the history run one after the other, however fast they are requested. */
const turns = serial();

/** Undoes the last edit. */
export const undo = (): Promise<void> => turns(() => travel(undone, 'before', strings.edits.undid));

/** Redoes the last undone edit. */
export const redo = (): Promise<void> => turns(() => travel(redone, 'after', strings.edits.redid));

async function travel(
  take: typeof undone<Snapshot>,
  side: 'before' | 'after',
  done: (label: string) => string,
): Promise<void> {
  const step = take(useDocument.getState().history);
  if (!step) return;
  try {
    if (!(await reach(step.edit[side], step.history))) return;
    announce(done(step.edit.label));
    if (foreground(useDocument.getState().objects).length > 1) useRun.setState({ single: false });
  } catch (thrown) {
    showClipFailure(thrown);
  }
}
