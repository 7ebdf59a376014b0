import { expect, test } from 'vitest';
import { SETTINGS } from '../../../test/page-workers.ts';
import type { ClusterSummary } from '../../engine/cluster/background.ts';
import { USUAL_EFFECTS } from '../../engine/mask/effects.ts';
import { NOTHING, type Stroke } from '../../engine/mask/strokes.ts';
import { withNewcomers } from './newcomers.ts';
import { objectsOf, type VideoObject } from './objects.ts';

const cluster = (id: number, background: boolean): ClusterSummary => ({
  id,
  tokens: 4,
  share: 0.2,
  frames: 1,
  border: 0,
  background,
});
const run = (parts: readonly number[], levels: readonly number[][], clusters: ClusterSummary[]) => ({
  parts: Int32Array.from(parts),
  clustering: {
    labels: Int32Array.from(parts),
    clusters: clusters.length,
    levels: levels.map((parent) => ({ clusters: new Set(parent).size, parent: Int32Array.from(parent) })),
    distances: null,
    pairs: { computed: 0, all: 0, share: 0 },
  },
  clusters,
});
/** Three leaves make an object (nodes 0; 2 and 3) and a background (1; 4); then two more leaves make one more object. */
const before = run(
  [0, 1, 2],
  [
    [0, 1, 2],
    [0, 0, 1],
  ],
  [cluster(0, false), cluster(1, true)],
);
const after = run(
  [0, 1, 2, 3, 4],
  [
    [0, 1, 2, 3, 4],
    [0, 0, 1, 2, 2],
  ],
  [cluster(0, false), cluster(1, true), cluster(2, false)],
);
const [whole, wall] = objectsOf(before.clusters) as [VideoObject, VideoObject];
const stroke: Stroke = {
  frame: 0,
  to: NOTHING,
  from: [0, 3],
  points: [0.5, 0.5],
  radius: 0.1,
  carried: new Int32Array(),
};

test('what there was stays, parts and corrections included, and a newcomer is one object more', () => {
  const halves = [2, 3].map((node) => ({ ...whole, id: node, clusters: [node], name: `half ${node}` }));
  const document = {
    settings: SETTINGS,
    objects: [...halves, wall],
    strokes: [stroke],
    effects: USUAL_EFFECTS,
    classes: [],
    reviewed: [],
  };
  const { objects, strokes, settings } = withNewcomers(before, after, false)(document);
  expect(settings).toBe(SETTINGS);
  // With one cluster more, the leaves' nodes begin one later.
  expect(objects.map(({ id, clusters, name }) => [id, clusters, name])).toEqual([
    [3, [3], 'half 2'],
    [4, [4], 'half 3'],
    [2, [2], ''],
    [1, [1], ''],
  ]);
  expect(new Set(objects.map(({ colour }) => colour)).size).toBe(3);
  expect(strokes).toEqual([{ ...stroke, from: [0, 4] }]);
});

test('with one foreground it goes there', () => {
  const document = {
    settings: SETTINGS,
    objects: [{ ...whole, name: 'all' }, wall],
    strokes: [],
    effects: USUAL_EFFECTS,
    classes: [],
    reviewed: [],
  };
  const { objects } = withNewcomers(before, after, true)(document);
  expect(objects.map(({ clusters, name }) => [clusters, name])).toEqual([
    [[0, 2], 'all'],
    [[1], ''],
  ]);
});

test('newcomers get the numbers after those that there are, however large they are', () => {
  const larger = run(
    [...after.parts!],
    after.clustering.levels.map(({ parent }) => [...parent]),
    [
      ...after.clusters.slice(0, 2),
      { ...cluster(2, false), share: 0.8 },
      { ...cluster(3, false), share: 0.9 },
    ],
  );
  larger.clustering.levels.at(-1)!.parent.set([2, 3], 3);
  const { objects } = withNewcomers(
    before,
    larger,
    false,
  )({
    settings: SETTINGS,
    objects: [whole, wall],
    strokes: [],
    effects: USUAL_EFFECTS,
    classes: [],
    reviewed: [],
  });
  expect(objects.map(({ number }) => number)).toEqual([1, 2, 3, undefined]);
});
