import { recorded, redone, undone } from '../model/history.ts';
import type { VideoObject } from '../model/objects.ts';
import { sameRun } from '../model/settings.ts';
import { announce } from '../stores/notices.ts';
import { type Snapshot, useObjects } from '../stores/objects.ts';
import { useRun } from '../stores/run.ts';
import { strings } from '../strings.ts';
import { start } from './runner.ts';
import { changeSettings } from './settings.ts';

/** Changes the objects under a name that undo shows. The same list back: nothing was changed. */
export function edit(
  label: string,
  change: (objects: readonly VideoObject[]) => readonly VideoObject[],
): void {
  const { result } = useRun.getState();
  const { objects, history, selected } = useObjects.getState();
  const after = change(objects);
  if (!result || after === objects) return;
  const { settings } = result;
  useObjects.setState({
    objects: after,
    history: recorded(history, { label, before: { settings, objects }, after: { settings, objects: after } }),
    selected: kept(selected, after),
  });
  announce(label);
}

/** An object's name as shown: its own, or its number among its kind. */
export function nameOf(object: VideoObject, objects: readonly VideoObject[]): string {
  if (object.name !== '') return object.name;
  const kin = objects.filter((other) => other.background === object.background);
  const place = 1 + kin.findIndex((other) => other.id === object.id);
  if (object.background) return strings.objects.background(kin.length > 1 ? place : null);
  return strings.objects.named(place);
}

function kept(selected: ReadonlySet<number>, objects: readonly VideoObject[]): ReadonlySet<number> {
  return new Set(objects.filter((object) => selected.has(object.id)).map((object) => object.id));
}

/** Takes the last edit back. One that changed the clustering runs it again: the same settings give the same objects. */
export async function undo(): Promise<void> {
  const step = undone(useObjects.getState().history);
  if (step) await go(step.edit.before, step.history, strings.edits.undid(step.edit.label));
}

export async function redo(): Promise<void> {
  const step = redone(useObjects.getState().history);
  if (step) await go(step.edit.after, step.history, strings.edits.redid(step.edit.label));
}

async function go(
  to: Snapshot,
  history: ReturnType<typeof useObjects.getState>['history'],
  told: string,
): Promise<void> {
  const { result } = useRun.getState();
  if (!result) return;
  const { objects } = to;
  if (sameRun(result.settings, to.settings)) {
    useObjects.setState({ objects, history, selected: kept(useObjects.getState().selected, objects) });
  } else {
    changeSettings(to.settings);
    await start(to.settings, { objects, history });
  }
  announce(told);
}
