import { describe, expect, test } from 'vitest';
import { FIRST_MADE } from '../../engine/mask/corrections.ts';
import { NOTHING, type Stroke } from '../../engine/mask/strokes.ts';
import type { RunResult } from '../../engine/session/result.ts';
import { changedTokens, countsOf, inAllNodes, masksFor, nodesOfTokens, recounted } from './corrected.ts';
import {
  atLevel,
  changeFrames,
  choicesOf,
  dividedAt,
  type Hierarchy,
  hierarchyOf,
  largestNodes,
  nodeObjects,
  nodesOf,
  openOf,
  siblingsOf,
} from './hierarchy.ts';
import { merged, numbered, placesOf, type VideoObject } from './objects.ts';

/**
 * Six parts become three middle clusters and two final ones; one part has no token left.
 *
 *   level 2      0            1
 *   level 1   2      3        4
 *   level 0   5  6   7        8  9 (10 is empty)
 */
const grid = { frames: 2, rows: 2, columns: 4 };
const parts = Int32Array.of(0, 0, 0, 1, 1, 2, 3, 4, /* second frame */ 0, 0, 1, 2, 3, 3, 4, 4);
const levels = [
  { clusters: 6, parent: parts },
  { clusters: 3, parent: Int32Array.of(0, 0, 1, 2, 2, 2) },
  { clusters: 2, parent: Int32Array.of(0, 0, 1) },
];
const result = {
  grid,
  parts,
  clustering: {
    labels: parts.map((part) => Number(part > 2)),
    clusters: 2,
    levels,
    distances: null,
    pairs: { computed: 0, all: 0, share: 0 },
  },
  frames: Int32Array.of(0, 5),
} as unknown as RunResult;
const hierarchy: Hierarchy = hierarchyOf(result)!;

const object = (id: number, clusters: readonly number[], change: Partial<VideoObject> = {}): VideoObject => ({
  id,
  clusters,
  name: '',
  colour: 0x3366cc + id,
  visible: true,
  background: false,
  locked: false,
  ...change,
});
const OBJECTS = numbered([object(0, [0], { name: 'Rider' }), object(1, [1])]);
const clustersOf = (objects: readonly VideoObject[]) => objects.map(({ clusters }) => clusters);

test('nodes count up from the wholes to the parts, largest first, without empty ones', () => {
  expect(nodesOf(hierarchy, 2)).toEqual([0, 1]);
  expect(nodesOf(hierarchy, 1)).toEqual([2, 4, 3]);
  expect(nodesOf(hierarchy, 0)).toEqual([5, 6, 8, 9, 7]);
});

test('tokens add up from every level to the next, in each frame', () => {
  const counts = countsOf(result, []);
  for (const [node, children] of hierarchy.below.entries()) {
    if (children.length === 0) continue;
    const sum = children.reduce((tokens, child) => tokens + hierarchy.tokens[child]!, 0);
    expect(hierarchy.tokens[node]).toBe(sum);
  }
  expect([...counts.subarray(0, 4)]).toEqual([6, 4, 2, 4]);
});

test('K-means has no parts', () => {
  expect(hierarchyOf({ ...result, parts: null })).toBeNull();
});

test('opening passes over levels that divide nothing', () => {
  expect(openOf(hierarchy, 0)).toEqual([2, 3]);
  expect(openOf(hierarchy, 1)).toEqual([8, 9]);
  expect(openOf(hierarchy, 3)).toEqual([]);
});

describe('an area in nodes of a level', () => {
  test.each([
    [[0], 2, [0]],
    [[0], 1, [2, 3]],
    [[0], 0, [5, 6, 7]],
    [[5, 6], 2, [2]],
    [[5, 6, 7], 2, [0]],
    // Only partly in the area: the whole nodes below.
    [[5, 7], 2, [5, 3]],
  ])('%j at level %i is %j', (nodes, level, expected) => {
    expect(atLevel(hierarchy, nodes, level)).toEqual(expected);
  });

  test('only levels that divide an object differently are offered', () => {
    const choices = choicesOf(hierarchy, OBJECTS[1]!);
    expect(choices).toEqual([
      { level: 2, parts: 1 },
      { level: 0, parts: 2 },
    ]);
  });
});

describe('a level for one object', () => {
  const divided = dividedAt(hierarchy, OBJECTS, 0, 1);

  test('turns it into its parts there and leaves the others', () => {
    expect(clustersOf(divided)).toEqual([[2], [3], [1]]);
    expect(divided[0]).toMatchObject({ name: 'Rider', colour: OBJECTS[0]!.colour });
    expect(divided[1]!.colour).not.toBe(divided[0]!.colour);
    expect(divided[2]).toBe(OBJECTS[1]);
    expect(new Set(divided.map(({ id }) => id)).size).toBe(3);
  });

  test('a locked object, and one with nothing to divide, stay', () => {
    const locked = [object(0, [0], { locked: true })];
    expect(dividedAt(hierarchy, locked, 0, 0)).toBe(locked);
    expect(dividedAt(hierarchy, OBJECTS, 0, 2)).toBe(OBJECTS);
  });

  test('masks of parts find every object, and masks of clusters those that are whole', () => {
    expect(masksFor(hierarchy, OBJECTS, []).parts).toBeUndefined();
    expect(masksFor(hierarchy, divided, []).parts).toBe(hierarchy.leaves);
    const places = placesOf(inAllNodes(hierarchy, divided), hierarchy.above.length);
    const found = nodesOfTokens(result).map((node) => places[node]!);
    expect([...found.subarray(0, 8)]).toEqual([0, 0, 0, 0, 0, 1, 2, 2]);
    expect(places[1]).toBe(2);
  });

  test('parts join again with their siblings, and are whole then', () => {
    const part = divided[0]!;
    const siblings = siblingsOf(hierarchy, divided, part);
    expect(siblings).toEqual(divided.slice(0, 2));
    const joined = largestNodes(hierarchy, merged(divided, new Set(siblings.map(({ id }) => id))));
    expect(clustersOf(joined)).toEqual([[0], [1]]);
    expect(joined[0]!.name).toBe('Rider');
    expect(siblingsOf(hierarchy, joined, joined[0]!)).toEqual([joined[0]]);
  });
});

test('a correction of clusters still holds once they are divided', () => {
  // The first frame's top left token goes from cluster 0 to cluster 1.
  const points = [0.125, 0.25];
  const stroke = { frame: 0, to: 1, from: [0], points, radius: 0.1, carried: Int32Array.of(8) };
  expect([...countsOf(result, [stroke]).subarray(0, 4)]).toEqual([5, 3, 3, 5]);
  const divided = dividedAt(hierarchy, OBJECTS, 1, 0);
  const [onLeaves] = masksFor(hierarchy, divided, [stroke]).strokes!;
  expect(onLeaves!.to).toBe(8);
  expect(onLeaves).toHaveProperty('from');
  expect(new Set((onLeaves as Stroke).from)).toEqual(new Set([0, 2, 3, 5, 6, 7]));
});

test('a stroke is about the tokens under it that it changes, or all of them where it changes none', () => {
  // Over the whole first row of the first frame: three times leaf 5, once leaf 6, all of cluster 0.
  const over = { frame: 0, points: [0.125, 0.25, 0.875, 0.25], radius: 0.1, carried: new Int32Array(0) };
  const erase = { ...over, to: NOTHING, from: [5] };
  expect(changedTokens(result, erase, [])).toEqual([0, 1, 2]);
  expect(changedTokens(result, { ...erase, from: [0] }, [])).toEqual([0, 1, 2, 3]);
  expect(changedTokens(result, { ...erase, from: [1] }, [])).toEqual([0, 1, 2, 3]);
  const first = { ...erase, points: [0.125, 0.25] };
  expect(changedTokens(result, erase, [first]), 'what was erased before is no part of it').toEqual([1, 2]);
  expect(changedTokens({ ...result, parts: null }, { ...erase, from: [0] }, [first])).toEqual([0, 1, 2, 3]);
});

test('parts are painted in siblings of their whole’s colour, the largest in the colour itself', () => {
  const paint = nodeObjects(hierarchy, [object(0, [0]), object(1, [8], { colour: 0xff0000 })]);
  expect(paint(2).colour).toBe(paint(0).colour);
  expect(paint(3).colour).not.toBe(paint(0).colour);
  // A part that is an object has that object's colour, and gives it to what is above.
  expect([paint(8).colour, paint(1).colour]).toEqual([0xff0000, 0xff0000]);
  expect(paint(9)).toMatchObject({ visible: false, background: true });
});

test('there is no hierarchy where a node would have the number of an object made by hand', () => {
  const flat = (clusters: number) =>
    hierarchyOf({
      clustering: { levels: [{ clusters, parent: Int32Array.of(0) }], clusters },
      parts: Int32Array.of(0),
    } as Pick<RunResult, 'parts'> as RunResult);
  expect(flat(FIRST_MADE)).not.toBeNull();
  expect(flat(FIRST_MADE + 1)).toBeNull();
});

test('frames that have come are counted as if all had been counted again', () => {
  const late = structuredClone(result);
  late.parts!.fill(-1, 8);
  const [before, partly] = [countsOf(late, []), hierarchyOf(late)!.tokens];
  changeFrames(late, [1], () => late.parts!.set(parts.subarray(8), 8));
  expect(recounted(before, late, [1])).toEqual(countsOf(result, []));
  expect(hierarchyOf(late)).toEqual(hierarchy);
  expect(partly).not.toEqual(hierarchy.tokens);
});
