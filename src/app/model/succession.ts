import type { RunResult } from '../../engine/session/result.ts';
import { sameSettings } from '../../engine/settings/settings.ts';
import { inAllNodes, nodesOfTokens } from './corrected.ts';
import { hierarchyOf } from './hierarchy.ts';
import type { Snapshot } from './history.ts';
import { lasting } from './made.ts';
import { leavesIn, withNewcomers } from './newcomers.ts';
import { inheritIdentities, inListOrder, numbered, objectsOf, oneForeground } from './objects.ts';

/** What the page shows: a result, and the work on it. */
export interface OnPage {
  result: RunResult;
  document: Snapshot;
}

/** How objects are made of clusters. */
interface Making {
  /** All that is not background is one object. */
  single: boolean;
  /** The clip's colours. */
  palette: readonly number[];
}

type Content = Pick<Snapshot, 'objects' | 'strokes'>;

/** Whether a result has less in it than another of the same run, as before newcomers are found again. */
export const isLess = (found: RunResult, than: RunResult): boolean =>
  sameSettings(than.settings, found.settings) && leavesIn(found) < leavesIn(than);

/** Whether what is shown gives way to a result without becoming an edit: a quick look, or more than the run now has. */
export const givesWay = ({ result }: OnPage, found: RunResult): boolean =>
  result.followed?.quick === true || isLess(found, result);

/** The first document of a result. */
export function firstOf({ clusters }: RunResult, { single, palette }: Making): Content {
  const objects = objectsOf(clusters, palette);
  return { objects: single ? oneForeground(objects) : objects, strokes: [] };
}

/** The document of a result that something gives way to: named as the clusters were that it is like. */
export function renewed({ result, document }: OnPage, found: RunResult, making: Making): Content {
  const { objects, strokes } = firstOf(found, making);
  const [now, before] = [found.clustering.labels, result.clustering.labels];
  return { objects: inheritIdentities(objects, now, document.objects, before, making.palette), strokes };
}

/** What becomes of documents when their run comes again: it brings what came into the clip later, and changes nothing else. */
export function repeated({ result }: OnPage, found: RunResult, { single, palette }: Making) {
  const grown = leavesIn(found) > leavesIn(result) ? withNewcomers(result, found, single, palette) : null;
  return (document: Snapshot): Snapshot =>
    grown && sameSettings(document.settings, found.settings) ? grown(document) : document;
}

/** The document of another run: named as what is shown, with what clicks made, which the new run answers. */
export function succeeding({ result, document }: OnPage, found: RunResult, making: Making): Content {
  const objects = inheritIdentities(
    firstOf(found, making).objects,
    found.clustering.labels,
    inAllNodes(hierarchyOf(result), document.objects),
    nodesOfTokens(result),
    making.palette,
  );
  const made = lasting(document);
  const strokes = found.followed?.apart ? made.strokes : [];
  return {
    objects: strokes.length > 0 ? inListOrder(numbered([...objects, ...made.objects])) : objects,
    strokes,
  };
}
