import type { Effects, ObjectLook } from '../../engine/mask/effects.ts';
import { inGroup } from '../model/action.ts';
import { changed, nameOf, type VideoObject } from '../model/objects.ts';
import { commit, useDocument } from '../stores/document.ts';
import { announce } from '../stores/notices.ts';
import { useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { strings } from '../words/strings.ts';

const words = strings.effects;

/** Changes effects under a name that undo shows. Changes of one `group`, as the steps of a drag, are one edit. */
export function setEffects(label: string, change: Partial<Effects>, group?: object): void {
  const { effects } = useDocument.getState();
  const names = Object.keys(change) as (keyof Effects)[];
  if (names.every((name) => effects[name] === change[name])) return;
  commit(label, { effects: { ...effects, ...change } }, { group });
  if (!group) announce(label);
}

/** Sets the effect of one object; null: that of all. Allowed in a quick look, whose objects hand it on. */
export function setLook(object: VideoObject, look: ObjectLook | null): void {
  const { objects } = useDocument.getState();
  const { look: before, ...bare } = object;
  if ((before ?? null) === look) return;
  const label = words.edits.look(nameOf(object, objects));
  const after = look ? changed(objects, new Set([object.id]), { look }) : null;
  commit(label, { objects: after ?? objects.map((other) => (other.id === object.id ? bare : other)) });
  announce(label);
}

const action = inGroup('view', () => useRun.getState().result !== null);

/** Dims everything but the shown objects, or undoes that. */
export const spotlight = action('spotlight', ['x'], () => {
  const on = useDocument.getState().effects.background !== 'dim';
  setEffects(
    on ? words.edits.spotlight : words.edits.noSpotlight,
    on ? { background: 'dim', objects: 'outline' } : { background: 'none', objects: 'fill' },
  );
});

/** Shows the divider between before and after in the middle of the picture, or hides it. */
export const compare = action('compare', ['Shift+X'], () => {
  useView.setState(({ compare }) => ({ compare: compare === null ? 0.5 : null }));
});
