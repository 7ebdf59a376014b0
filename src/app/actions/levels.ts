import { held, inGroup } from '../model/action.ts';
import {
  atLevel,
  dividedAt,
  type Hierarchy,
  largestNodes,
  levelCount,
  type ownersOf,
  siblingsOf,
} from '../model/hierarchy.ts';
import { merged, nameOf, type VideoObject } from '../model/objects.ts';
import { useClip } from '../stores/clip.ts';
import { currentHierarchy, useDocument } from '../stores/document.ts';
import { useView } from '../stores/view.ts';
import { strings } from '../words/strings.ts';
import { edit } from './edits.ts';

/** Replaces an object by its parts at a level, each an object. */
export function divide(object: VideoObject, level: number): void {
  const hierarchy = currentHierarchy();
  if (!hierarchy) return;
  const parts = atLevel(hierarchy, object.clusters, level).length;
  edit(strings.edits.divide(nameOf(object, useDocument.getState().objects), parts), (objects) =>
    dividedAt(hierarchy, objects, object.id, level, useClip.getState().palette),
  );
}

/** Joins an object with all others that were joined with it into one cluster. */
export function joinSiblings(object: VideoObject): void {
  const hierarchy = currentHierarchy();
  if (!hierarchy) return;
  const siblings = siblingsOf(hierarchy, useDocument.getState().objects, object);
  edit(strings.edits.merge(siblings.length), (objects) =>
    largestNodes(hierarchy, merged(objects, new Set(siblings.map(({ id }) => id)))),
  );
}

/** A part's name: its object's, and its place among the parts at each level down, largest first. */
export function nodeName(
  hierarchy: Hierarchy,
  objects: readonly VideoObject[],
  owners: ReturnType<typeof ownersOf>,
  node: number,
): string {
  const owner = owners[node];
  if (!owner) return strings.hierarchy.unowned;
  const places: number[] = [];
  let at = node;
  while (!owner.clusters.includes(at) && hierarchy.above[at]! >= 0) {
    const siblings = hierarchy.below[hierarchy.above[at]!]!;
    if (siblings.length > 1) places.unshift(siblings.indexOf(at) + 1);
    at = hierarchy.above[at]!;
  }
  const name = nameOf(owner, objects);
  return places.length > 0 ? strings.hierarchy.partOf(name, places) : name;
}

/** The level on the stage: the chosen one, by default the one below the run's own clusters. */
export const shownLevel = (hierarchy: Hierarchy, level: number | null): number =>
  Math.min(levelCount(hierarchy) - 1, level ?? Math.max(0, levelCount(hierarchy) - 2));

const step = (by: number) => () => {
  const hierarchy = currentHierarchy();
  if (!hierarchy) return;
  const level = shownLevel(hierarchy, useView.getState().level) + by;
  useView.setState({ level: Math.min(levelCount(hierarchy) - 1, Math.max(0, level)) });
};

const action = inGroup('view', () => useView.getState().mode === 'hierarchy' && currentHierarchy() !== null);

export const finer = held(action('levelFiner', ['PageDown'], step(-1)));
export const coarser = held(action('levelCoarser', ['PageUp'], step(1)));
