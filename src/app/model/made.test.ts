import { expect, test } from 'vitest';
import { isMade, type Prompted } from '../../engine/mask/corrections.ts';
import { NOTHING, type Stroke } from '../../engine/mask/strokes.ts';
import type { RunResult } from '../../engine/session/result.ts';
import { countsOf, inAllNodes, masksFor } from './corrected.ts';
import { atLevel, hierarchyOf, largestNodes } from './hierarchy.ts';
import { freeLabel, lasting, withMade, withoutUnowned } from './made.ts';
import { merged, nameOf, presenceOf, type VideoObject } from './objects.ts';

const object = (id: number, background = false): VideoObject => ({
  id,
  clusters: [id],
  name: '',
  colour: 0x100000 * (id + 1),
  visible: !background,
  background,
  locked: false,
});
const OBJECTS = [object(0), object(1, true)];
const [FIRST, SECOND] = [NOTHING - 1, NOTHING - 2];
/** Two frames of 2 × 2 tokens: three leaves in two clusters. */
const result: Pick<RunResult, 'clustering' | 'parts' | 'grid' | 'frames'> = {
  grid: { frames: 2, rows: 2, columns: 2 },
  frames: Int32Array.of(0, 1),
  parts: Int32Array.of(0, 1, 2, 2, 0, 1, 2, 2),
  clustering: {
    labels: Int32Array.of(0, 0, 1, 1, 0, 0, 1, 1),
    clusters: 2,
    levels: [
      { clusters: 3, parent: Int32Array.of(0, 1, 2, 2, 0, 1, 2, 2) },
      { clusters: 2, parent: Int32Array.of(0, 0, 1) },
    ],
    distances: null,
    pairs: { computed: 1, all: 1, share: 1 },
  },
};
/** Takes the first row's right token in both frames, and a share of the left one that does not count. */
const clicked: Prompted = {
  clicks: [{ frame: 0, x: 0.75, y: 0.25, positive: true }],
  to: FIRST,
  keeps: [],
  tokens: Int32Array.of(0, 1, 5),
  shares: Uint8Array.of(90, 255, 200),
};
const painted: Stroke = {
  frame: 0,
  to: SECOND,
  from: [0, 1],
  points: [0.25, 0.75],
  radius: 0.01,
  carried: Int32Array.of(6),
};

test('labels of objects made by hand are given from the top, and none twice', () => {
  expect(freeLabel({ objects: OBJECTS, strokes: [] })).toBe(FIRST);
  expect(freeLabel({ objects: OBJECTS, strokes: [clicked] })).toBe(SECOND);
  const all = Array.from({ length: 1024 }, (_, i) => ({ ...painted, to: FIRST - i }));
  expect(all.every(({ to }) => isMade(to))).toBe(true);
  expect(freeLabel({ objects: OBJECTS, strokes: all })).toBeNull();
});

test('an object made by hand stands before the background, in a colour of its own', () => {
  const objects = withMade(OBJECTS, FIRST);
  expect(objects.map(({ id }) => id)).toEqual([0, FIRST, 1]);
  expect(nameOf(objects[1]!, objects)).toBe('Object 2');
  expect(new Set(objects.map(({ colour }) => colour)).size).toBe(3);
});

test('its tokens are counted for it and no longer for what lies under it', () => {
  const counts = countsOf(result as RunResult, [clicked, painted]);
  const [under, first, second] = [0, FIRST, SECOND].map((label) =>
    presenceOf(object(label), counts, result.grid),
  );
  expect([...under!]).toEqual([0.25, 0.25]);
  expect([...first!]).toEqual([0.25, 0.25]);
  expect([...second!]).toEqual([0.25, 0.25]);
});

test('what is locked keeps its tokens', () => {
  const counts = countsOf(result as RunResult, [{ ...clicked, keeps: [0] }]);
  expect([...presenceOf(object(FIRST), counts, result.grid)]).toEqual([0, 0]);
});

test('the levels leave it as it is, alone and merged with a cluster', () => {
  const hierarchy = hierarchyOf(result)!;
  expect(masksFor(hierarchy, withMade(OBJECTS, FIRST), [clicked]).parts).toBeUndefined();
  expect(atLevel(hierarchy, [FIRST], 0)).toEqual([FIRST]);
  const whole = merged(withMade(OBJECTS, FIRST), new Set([0, FIRST]));
  expect(largestNodes(hierarchy, whole)[0]!.clusters).toEqual([0, FIRST]);
  expect(inAllNodes(hierarchy, whole)[0]!.clusters).toContain(FIRST);
  expect(atLevel(hierarchy, [0, FIRST], 0).at(-1)).toBe(FIRST);
});

test('without its object a correction that makes it is gone; others stay', () => {
  const strokes = [clicked, { ...painted, to: 0 }];
  expect(withoutUnowned({ objects: withMade(OBJECTS, FIRST), strokes })).toBe(strokes);
  expect(withoutUnowned({ objects: OBJECTS, strokes })).toEqual([strokes[1]]);
});

test('of a document only what clicks made lasts into another run', () => {
  const objects = withMade(withMade(OBJECTS, FIRST), SECOND);
  const part = { ...clicked, to: 0 };
  const kept = lasting({ objects, strokes: [{ ...clicked, keeps: [1] }, part, painted] });
  expect(kept.objects.map(({ id }) => id)).toEqual([FIRST]);
  expect(kept.strokes).toEqual([clicked]);
});
