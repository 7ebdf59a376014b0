import type { Grid } from '../../engine/backend/types.ts';
import {
  type Correction,
  correctedLabels,
  FIRST_MADE,
  isMade,
  isPrompted,
} from '../../engine/mask/corrections.ts';
import { NOTHING, type Stroke, strokeTokens } from '../../engine/mask/strokes.ts';
import type { Masks } from '../../engine/mask/types.ts';
import type { RunResult } from '../../engine/session/result.ts';
import { type Divided, type Hierarchy, hierarchyOf, within } from './hierarchy.ts';
import { tokenCounts, type VideoObject } from './objects.ts';

/** Whether masks of parts are needed: some object, or some correction, is about less than a cluster. */
export function needParts(
  hierarchy: Hierarchy | null,
  objects: readonly VideoObject[],
  strokes: readonly Correction[],
): boolean {
  const isPart = (node: number) => hierarchy !== null && node >= hierarchy.clusters && node < FIRST_MADE;
  const others = (correction: Correction) => (isPrompted(correction) ? correction.keeps : correction.from);
  return (
    objects.some((object) => object.clusters.some(isPart)) ||
    strokes.some((correction) => isPart(correction.to) || others(correction).some(isPart))
  );
}

/** The masks to ask for, to show objects with their corrections: of clusters, or of parts where any object is one. */
export function masksFor(
  hierarchy: Hierarchy | null,
  objects: readonly VideoObject[],
  strokes: readonly Correction[],
): Masks {
  return hierarchy && needParts(hierarchy, objects, strokes) ? partMasks(hierarchy, strokes) : { strokes };
}

/** The masks of all leaves, with corrections. */
export const partMasks = (hierarchy: Hierarchy, strokes: readonly Correction[]): Masks => ({
  parts: hierarchy.leaves,
  strokes: strokesOnLeaves(hierarchy, strokes),
});

/** Corrections of a map of clusters as those of a map of leaves: a cluster stands for its largest leaf, or gives way whole. */
function strokesOnLeaves(hierarchy: Hierarchy, strokes: readonly Correction[]): Correction[] {
  const largest = (node: number): number => {
    const child = hierarchy.below[node]?.[0];
    return child === undefined ? node : largest(child);
  };
  const leaves = (nodes: readonly number[]) => nodes.flatMap((node) => within(hierarchy, node));
  return strokes.map((correction) =>
    isPrompted(correction)
      ? { ...correction, to: largest(correction.to), keeps: leaves(correction.keeps) }
      : { ...correction, to: largest(correction.to), from: leaves(correction.from) },
  );
}

/**
 * Tokens of every node in every processed frame, corrections included, [nodes, frames]; of clusters without a hierarchy.
 * Objects made by hand have the last rows (`rowOf`).
 */
export function countsOf(result: RunResult, strokes: readonly Correction[]): Uint32Array {
  const { clustering, grid } = result;
  const hierarchy = hierarchyOf(result);
  const nodes = hierarchy?.above.length ?? clustering.clusters;
  const made = strokes.reduce((most, { to }) => (isMade(to) ? Math.max(most, NOTHING - to) : most), 0);
  const counts = tokenCounts({ labels: correctedNodes(result, strokes), clusters: nodes + made }, grid);
  for (let place = 0; hierarchy && place < grid.frames; place++) climb(counts, hierarchy, grid, place);
  return counts;
}

/** The same of a result without corrections, of which some frames have changed: only they are counted again. */
export function recounted(counts: Uint32Array, result: RunResult, places: readonly number[]): Uint32Array {
  const { clustering, parts, grid } = result;
  const hierarchy = hierarchyOf(result);
  const labels = hierarchy ? parts! : clustering.labels;
  const perFrame = grid.rows * grid.columns;
  const now = counts.slice();
  for (const place of places) {
    for (let at = place; at < now.length; at += grid.frames) now[at] = 0;
    for (const label of labels.subarray(place * perFrame, (place + 1) * perFrame))
      if (label >= 0) now[(hierarchy?.leaves[label] ?? label) * grid.frames + place]! += 1;
    if (hierarchy) climb(now, hierarchy, grid, place);
  }
  return now;
}

/** Adds the tokens of all nodes in a frame to those of the nodes above. */
function climb(counts: Uint32Array, { above, clusters }: Hierarchy, { frames }: Grid, place: number): void {
  for (let node = above.length - 1; node >= clusters; node--)
    counts[above[node]! * frames + place]! += counts[node * frames + place]!;
}

/** Node of every token, corrections included. */
export function correctedNodes(result: RunResult, strokes: readonly Correction[]): Int32Array {
  const hierarchy = hierarchyOf(result);
  const own = hierarchy ? strokesOnLeaves(hierarchy, strokes) : strokes;
  return correctedLabels(nodesOfTokens(result), own, result);
}

/**
 * What a stroke is about: the tokens under it that it changes, so that a broad stroke over an object and what is around
 * it is followed by the one or the other alone. All under it where it changes none, being finer than a token.
 */
export function changedTokens(result: RunResult, stroke: Stroke, earlier: readonly Correction[]): number[] {
  const hierarchy = hierarchyOf(result);
  const from = new Set(hierarchy ? stroke.from.flatMap((node) => within(hierarchy, node)) : stroke.from);
  const nodes = correctedNodes(result, earlier);
  const under = strokeTokens(stroke, result);
  const changed = under.filter((token) => from.has(nodes[token]!));
  return changed.length > 0 ? changed : under;
}

/** Objects with every node below theirs named: found in label maps of clusters and of parts alike. */
export function inAllNodes(
  hierarchy: Hierarchy | null,
  objects: readonly VideoObject[],
): readonly VideoObject[] {
  if (!hierarchy) return objects;
  return objects.map((object) => ({
    ...object,
    clusters: object.clusters.flatMap((node) => within(hierarchy, node)),
  }));
}

/** Node of every token by which `inAllNodes` finds its object: its leaf, or its cluster where there are no parts. */
export function nodesOfTokens(result: Divided): Int32Array {
  const hierarchy = hierarchyOf(result);
  return hierarchy
    ? result.parts!.map((part) => (part < 0 ? -1 : hierarchy.leaves[part]!))
    : result.clustering.labels;
}
