import { FIRST_MADE, isMade } from '../../engine/mask/corrections.ts';
import type { RunResult } from '../../engine/session/result.ts';
import { freeColours, numbered, type VideoObject } from './objects.ts';
import { PALETTE, siblings } from './palette.ts';

/**
 * The levels of Algorithm 1 as a tree (Fig. 5). A node is a cluster of one level: nodes 0..clusters-1 are the run's final
 * clusters, so that objects of clusters are objects of nodes too; then come the levels below, the leaf level's
 * clusters last. Nodes without tokens are nowhere in it.
 */
export interface Hierarchy {
  clusters: number;
  /** Cluster i of level l is node `first[l] + i`; the last level's first node is 0. */
  first: readonly number[];
  /** Node of the next level that a node became part of; −1 for final clusters. */
  above: Int32Array;
  /** Nodes that became a node, largest first. */
  below: readonly (readonly number[])[];
  /** Node of every cluster of the leaf level: what masks of parts are asked for with. */
  leaves: Int32Array;
  /** Tokens of every node. */
  tokens: Uint32Array;
  /** Leaves, clusters of the leaf level, that every node consists of. */
  sizes: Uint32Array;
}

export type Divided = Pick<RunResult, 'clustering' | 'parts'>;

const known = new WeakMap<Divided, Hierarchy | null>();

/**
 * A run's hierarchy. Null after K-means, and where there are more parts than a label map can number: its 16 bits
 * number nodes, objects made by hand, and NOTHING.
 */
export function hierarchyOf(result: Divided): Hierarchy | null {
  const hierarchy = known.get(result);
  if (hierarchy !== undefined) return hierarchy;
  const made = makeHierarchy(result);
  known.set(result, made);
  return made;
}

/** Changes frames of a result, in place; of its hierarchy only their tokens are counted again. `places`: of these frames. */
export function changeFrames(
  result: Divided & Pick<RunResult, 'grid'>,
  places: readonly number[],
  change: () => void,
): void {
  const hierarchy = known.get(result);
  if (!hierarchy) {
    change();
    return;
  }
  const perFrame = result.grid.rows * result.grid.columns;
  const ofLeaves = hierarchy.tokens.slice(hierarchy.first[0]!);
  const count = (by: 1 | -1) => {
    for (const place of places)
      for (const part of result.parts!.subarray(place * perFrame, (place + 1) * perFrame))
        if (part >= 0) ofLeaves[part]! += by;
  };
  count(-1);
  change();
  count(1);
  known.set(result, filled(hierarchy, ofLeaves));
}

function makeHierarchy({ clustering, parts }: Divided): Hierarchy | null {
  const { levels, clusters } = clustering;
  const size = levels.reduce((sum, level) => sum + level.clusters, 0);
  if (!parts || size > FIRST_MADE) return null;
  const first = levels.map((_, l) => levels.slice(l + 1).reduce((sum, level) => sum + level.clusters, 0));
  const above = new Int32Array(size).fill(-1);
  for (let l = 1; l < levels.length; l++)
    levels[l]!.parent.forEach((parent, i) => {
      above[first[l - 1]! + i] = first[l]! + parent;
    });

  const leaves = Int32Array.from({ length: levels[0]!.clusters }, (_, part) => first[0]! + part);
  const ofLeaves = new Uint32Array(leaves.length);
  for (const part of parts) if (part >= 0) ofLeaves[part]!++;
  return filled({ clusters, first, above, leaves }, ofLeaves);
}

type Shape = Pick<Hierarchy, 'clusters' | 'first' | 'above' | 'leaves'>;

/** A hierarchy with so many tokens in its leaves. */
function filled({ clusters, first, above, leaves }: Shape, ofLeaves: Uint32Array): Hierarchy {
  const size = above.length;
  const tokens = new Uint32Array(size);
  tokens.set(ofLeaves, first[0]!);
  // Nodes of higher levels have lower numbers, so a node is complete before it is added to the one above.
  for (let node = size - 1; node >= clusters; node--) tokens[above[node]!]! += tokens[node]!;
  const below: number[][] = Array.from({ length: size }, () => []);
  above.forEach((node, child) => {
    if (node >= 0 && tokens[child]! > 0) below[node]!.push(child);
  });
  for (const children of below) children.sort((a, b) => tokens[b]! - tokens[a]! || a - b);
  const present = leaves.filter((leaf) => tokens[leaf]! > 0);
  return { clusters, first, above, below, leaves, tokens, sizes: climbed(above, present) };
}

export const levelCount = ({ first }: Hierarchy): number => first.length;

function levelOf({ first }: Hierarchy, node: number): number {
  return first.findIndex((start) => node >= start);
}

/**
 * Where a node is in the hierarchy of the same run once newcomers are in it: final clusters keep their numbers, and the
 * newcomers' nodes come behind those of every level below.
 */
export function inGrown(before: Hierarchy, after: Hierarchy): (node: number) => number {
  return (node) => {
    // What belongs to nothing, too.
    if (node < before.clusters || node >= before.above.length) return node;
    const level = levelOf(before, node);
    return after.first[level]! + node - before.first[level]!;
  };
}

/** Nodes of a level, largest first. */
export function nodesOf(hierarchy: Hierarchy, level: number): number[] {
  const { first, tokens } = hierarchy;
  const end = level === 0 ? tokens.length : first[level - 1]!;
  const nodes = Array.from({ length: end - first[level]! }, (_, i) => first[level]! + i);
  return nodes.filter((node) => tokens[node]! > 0).sort((a, b) => tokens[b]! - tokens[a]! || a - b);
}

/** A node and everything below it. */
export function within({ below }: Hierarchy, node: number): number[] {
  const nodes = [node];
  // What belongs to nothing is in no tree.
  for (let i = 0; i < nodes.length; i++) nodes.push(...(below[nodes[i]!] ?? []));
  return nodes;
}

/** What a node is seen to consist of when it is opened: levels that do not divide it are passed over. Largest first. */
export function openOf({ below }: Hierarchy, node: number): readonly number[] {
  let at = node;
  while (below[at]!.length === 1) at = below[at]![0]!;
  return below[at]!;
}

/** How many of these leaves lie below every node. */
function climbed(above: Int32Array, leaves: Iterable<number>): Uint32Array {
  const found = new Uint32Array(above.length);
  for (const leaf of leaves) for (let at = leaf; at >= 0; at = above[at]!) found[at]!++;
  return found;
}

const leavesOf = (hierarchy: Hierarchy, nodes: readonly number[]): number[] =>
  nodes.flatMap((node) => within(hierarchy, node)).filter((node) => hierarchy.below[node]?.length === 0);

/**
 * The same area in nodes of a level, largest first. Where a node of that level is only partly in the area, the largest
 * nodes below it that are wholly in it take its place. What was made by hand has no levels, and comes last.
 */
export function atLevel(hierarchy: Hierarchy, nodes: readonly number[], level: number): number[] {
  const { above, first, sizes } = hierarchy;
  const leaves = leavesOf(hierarchy, nodes);
  const found = climbed(above, leaves);
  const chosen = new Set<number>();
  for (const leaf of leaves) {
    let at = leaf;
    // Nodes of higher levels have lower numbers.
    for (let next = above[at]!; next >= first[level]! && found[next] === sizes[next]; next = above[at]!)
      at = next;
    chosen.add(at);
  }
  return [...[...chosen].sort(bySize(hierarchy)), ...nodes.filter(isMade)];
}

const bySize =
  ({ tokens }: Hierarchy) =>
  (a: number, b: number): number =>
    tokens[b]! - tokens[a]! || a - b;

/** A level at which an object can be looked at, and how many nodes it has there. */
export interface Choice {
  level: number;
  parts: number;
}

/** Levels that divide an object differently, wholes first. */
export function choicesOf(hierarchy: Hierarchy, object: VideoObject): Choice[] {
  const choices: Choice[] = [];
  for (let level = levelCount(hierarchy) - 1; level >= 0; level--) {
    const parts = atLevel(hierarchy, object.clusters, level).length;
    if (parts !== choices.at(-1)?.parts) choices.push({ level, parts });
  }
  return choices;
}

/** An object in the parts of a level: each becomes an object. The largest keeps its name and colour. */
export function dividedAt(
  hierarchy: Hierarchy,
  objects: readonly VideoObject[],
  id: number,
  level: number,
  palette: readonly number[] = PALETTE,
): readonly VideoObject[] {
  const whole = objects.find((object) => object.id === id);
  if (!whole || whole.locked) return objects;
  const nodes = atLevel(hierarchy, whole.clusters, level);
  if (nodes.length < 2) return objects;
  const colours = freeColours(objects, palette);
  const parts = nodes.map((node, place) => ({
    ...whole,
    id: node,
    clusters: [node],
    name: place === 0 ? whole.name : '',
    colour: place === 0 || whole.background ? whole.colour : colours(),
  }));
  return numbered(objects.flatMap((object) => (object === whole ? parts : [object])));
}

/** The smallest node that holds an object and more than it; null where there is none. */
function wholeAround(hierarchy: Hierarchy, object: VideoObject): number | null {
  const { above, sizes } = hierarchy;
  const leaves = leavesOf(hierarchy, object.clusters);
  const found = climbed(above, leaves);
  for (let at = leaves[0] ?? -1; at >= 0; at = above[at]!)
    if (found[at] === leaves.length && sizes[at]! > leaves.length) return at;
  return null;
}

/** Objects that lie wholly in the smallest node that holds an object and more: what it can be joined with, and itself. */
export function siblingsOf(
  hierarchy: Hierarchy,
  objects: readonly VideoObject[],
  object: VideoObject,
): readonly VideoObject[] {
  const whole = wholeAround(hierarchy, object);
  if (whole === null) return [object];
  const inside = new Set(within(hierarchy, whole));
  return objects.filter((other) => other.clusters.every((node) => inside.has(node)));
}

/** Objects whose areas are given as the largest nodes that make them up: what was divided and merged again is whole. */
export function largestNodes(
  hierarchy: Hierarchy | null,
  objects: readonly VideoObject[],
): readonly VideoObject[] {
  if (!hierarchy) return objects;
  const top = levelCount(hierarchy) - 1;
  const simplified = objects.map((object) => {
    if (object.clusters.every((node) => node < hierarchy.clusters || isMade(node))) return object;
    const clusters = atLevel(hierarchy, object.clusters, top);
    return clusters.length === object.clusters.length ? object : { ...object, clusters };
  });
  return simplified.every((object, place) => object === objects[place]) ? objects : simplified;
}

/** Object of every node; of what lies above several, the one of its largest part. Undefined: of none. */
export function ownersOf(
  { above, below }: Hierarchy,
  objects: readonly VideoObject[],
): readonly (VideoObject | undefined)[] {
  const owners = new Array<VideoObject | undefined>(above.length);
  for (const object of objects) for (const node of object.clusters) owners[node] = object;
  for (let node = 0; node < above.length; node++) owners[node] ??= owners[above[node]!];
  for (let node = above.length - 1; node >= 0; node--) owners[node] ??= owners[below[node]![0] ?? node];
  return owners;
}

/**
 * Nodes as they are painted: each a shade of the colour that it has as a whole, so that parts show what they belong to; a
 * largest part has the very colour. Visible where the object that has most of it is.
 */
export function nodeObjects(
  hierarchy: Hierarchy,
  objects: readonly VideoObject[],
): (node: number) => VideoObject {
  const { above, below, tokens, clusters } = hierarchy;
  const owners = ownersOf(hierarchy, objects);
  const own = new Set(objects.flatMap((object) => object.clusters));
  const colours = new Int32Array(tokens.length);
  for (let node = 0; node < tokens.length; node++) {
    const whole = above[node]!;
    const owner = owners[node]?.colour ?? 0;
    const place = whole < 0 ? 0 : below[whole]!.indexOf(node);
    colours[node] = node < clusters || own.has(node) ? owner : siblings(colours[whole]!, place);
  }
  return (node) => ({
    id: node,
    clusters: [node],
    name: '',
    colour: colours[node]!,
    visible: owners[node]?.visible ?? false,
    background: owners[node]?.background ?? true,
    locked: false,
  });
}
