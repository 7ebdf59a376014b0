import { describe, expect, test } from 'vitest';
import type { ClusterSummary } from '../../engine/cluster/background.ts';
import {
  changed,
  inheritIdentities,
  merged,
  moved,
  nameOf,
  numbered,
  objectsOf,
  oneForeground,
  placed,
  placesOf,
  presenceOf,
  split,
  tokenCounts,
  type VideoObject,
  without,
} from './objects.ts';
import { BACKGROUND_COLOUR } from './palette.ts';

const cluster = (id: number, share: number, background = false): ClusterSummary => ({
  id,
  tokens: Math.round(share * 100),
  share,
  frames: 1,
  border: Number(background),
  background,
});

const FOUND = objectsOf([cluster(0, 0.7, true), cluster(1, 0.1), cluster(2, 0.2), cluster(3, 0)]);

test('one foreground is all that is not background; one object stays as it is', () => {
  const [whole, ...rest] = oneForeground(FOUND);
  expect(whole!.clusters).toEqual([1, 2]);
  expect(rest.map(({ background }) => background)).toEqual([true]);
  expect(oneForeground([whole!, ...rest])).toEqual([whole, ...rest]);
});

const ids = (objects: readonly VideoObject[]) => objects.map((object) => object.id);

test('objects come largest first, the background last and hidden, and empty clusters not at all', () => {
  expect(ids(FOUND)).toEqual([2, 1, 0]);
  expect(FOUND.map((object) => object.visible)).toEqual([true, true, false]);
  expect(FOUND[2]!.colour).toBe(BACKGROUND_COLOUR);
  expect(new Set(FOUND.map((object) => object.colour)).size).toBe(3);
});

describe('merging', () => {
  test('joins the clusters into the first object, which keeps its place and colour', () => {
    const whole = merged(FOUND, new Set([1, 2]));
    expect(ids(whole)).toEqual([2, 0]);
    expect(whole[0]).toMatchObject({ clusters: [1, 2], colour: FOUND[0]!.colour, visible: true });
  });

  test('keeps the only name there is', () => {
    const named = changed(FOUND, new Set([1]), { name: 'Bird' });
    expect(merged(named, new Set([1, 2]))[0]!.name).toBe('Bird');
  });

  test('of fewer than two objects changes nothing', () => {
    expect(merged(FOUND, new Set([1]))).toBe(FOUND);
    expect(merged(FOUND, new Set([1, 99]))).toBe(FOUND);
  });

  test('is taken apart again into the same clusters, each with a colour of its own', () => {
    const apart = split(merged(FOUND, new Set([1, 2])), 2);
    expect(apart.flatMap((object) => object.clusters)).toEqual([1, 2, 0]);
    expect(new Set(apart.map((object) => object.colour)).size).toBe(3);
    expect(split(FOUND, 1)).toBe(FOUND);
  });
});

describe('an object without a name is called by a number', () => {
  const many = objectsOf([1, 2, 3, 4].map((id) => cluster(id, 0.5 - id / 10)).concat(cluster(0, 0.1, true)));
  const names = (objects: readonly VideoObject[]) => objects.map((object) => nameOf(object, objects));

  test('which it keeps when others are deleted, moved or joined', () => {
    expect(names(many)).toEqual(['Object 1', 'Object 2', 'Object 3', 'Object 4', 'Background']);
    expect(names(without(many, new Set([2])))).toEqual(['Object 1', 'Object 3', 'Object 4', 'Background']);
    expect(names(moved(many, 4, -3))[0]).toBe('Object 4');
    expect(names(merged(many, new Set([2, 3])))).toEqual(['Object 1', 'Object 2', 'Object 4', 'Background']);
  });

  test('and which no other has: what is new gets the first that is free', () => {
    const apart = split(merged(many, new Set([2, 3])), 2);
    expect(names(apart)).toEqual(['Object 1', 'Object 2', 'Object 3', 'Object 4', 'Background']);
    expect(numbered(apart)).toBe(apart);
    expect(names(changed(many, new Set([0]), { background: false })).at(-1)).toBe('Object 5');
  });

  test('as background too, and it has its own again as an object', () => {
    const marked = changed(many, new Set([1, 2]), { background: true });
    expect(names(marked)).toEqual(['Object 3', 'Object 4', 'Background', 'Background 2', 'Background 3']);
    expect(names(without(marked, new Set([0, 3])))).toEqual(['Object 4', 'Background 2', 'Background 3']);
    const back = changed(marked, new Set([1, 2]), { background: false });
    expect(names(back)).toEqual(['Object 3', 'Object 4', 'Object 1', 'Object 2', 'Background']);
    expect(names(changed(back, new Set([2]), { background: true })).at(-1)).toBe('Background 3');
  });

  test('of an earlier version it is that of its place', () => {
    const earlier = many.map(({ number: _, backgroundNumber: __, ...object }) => object);
    expect(names(earlier)).toEqual(names(many));
    expect(numbered(earlier)).toEqual(many);
  });
});

test('what is marked as background goes last, and moving cannot put an object behind it', () => {
  expect(ids(changed(FOUND, new Set([2]), { background: true }))).toEqual([1, 0, 2]);
  expect(ids(moved(FOUND, 2, 1))).toEqual([1, 2, 0]);
  expect(ids(moved(FOUND, 2, 9))).toEqual([1, 2, 0]);
  expect(ids(moved(FOUND, 1, -1))).toEqual([1, 2, 0]);
});

test('every cluster knows the place of its object, and one without an object the place after the last', () => {
  expect([...placesOf(FOUND, 4)]).toEqual([2, 1, 0, 3]);
});

test('tokens are counted by cluster and frame, and shares follow', () => {
  const grid = { frames: 2, rows: 1, columns: 4 };
  const counts = tokenCounts({ labels: Int32Array.of(0, 0, 1, 2, 0, 1, 1, 1), clusters: 3 }, grid);
  expect([...counts]).toEqual([2, 1, 1, 3, 1, 0]);
  const both = merged(FOUND, new Set([1, 2]))[0]!;
  expect([...presenceOf(both, counts, grid)]).toEqual([0.5, 0.75]);
});

describe('a new clustering of the same tokens', () => {
  const before = changed(FOUND, new Set([1]), { name: 'Bird', colour: 0x123456 });
  const labels = Int32Array.of(0, 0, 0, 0, 1, 1, 2, 2);

  test('hands names and colours to what overlaps most', () => {
    const now = objectsOf([cluster(0, 0.25), cluster(1, 0.5, true), cluster(2, 0.25)]);
    const carried = inheritIdentities(now, Int32Array.of(1, 1, 1, 1, 0, 0, 2, 2), before, labels);
    expect(carried.find((object) => object.id === 0)).toMatchObject({ name: 'Bird', colour: 0x123456 });
    expect(carried.find((object) => object.id === 1)).toMatchObject({ name: '', colour: BACKGROUND_COLOUR });
  });

  test('gives a name once, and a free colour to what is new', () => {
    const now = objectsOf([cluster(0, 0.5, true), cluster(1, 0.1), cluster(2, 0.1), cluster(3, 0.3)]);
    const carried = inheritIdentities(now, Int32Array.of(0, 0, 0, 0, 1, 2, 3, 3), before, labels);
    expect(carried.filter((object) => object.name === 'Bird')).toHaveLength(1);
    expect(new Set(carried.map((object) => object.colour)).size).toBe(carried.length);
  });

  test('of other tokens starts afresh', () => {
    expect(inheritIdentities(FOUND, Int32Array.of(0), before, labels)).toBe(FOUND);
  });
});

test('a locked object is not merged, split or taken out', () => {
  const whole = merged(FOUND, new Set([1, 2]));
  const locked = changed(whole, new Set([2]), { locked: true });
  expect(split(locked, 2)).toBe(locked);
  expect(without(locked, new Set([2]))).toBe(locked);
  expect(merged(locked, new Set([2, 0]))).toBe(locked);
  expect(ids(without(locked, new Set([0, 2])))).toEqual([2]);
});

test('objects are put before or after another one, the background last', () => {
  expect(ids(placed(FOUND, new Set([1]), 2, 'before'))).toEqual([1, 2, 0]);
  expect(ids(placed(FOUND, new Set([2]), 1, 'after'))).toEqual([1, 2, 0]);
  expect(placed(FOUND, new Set([2]), 1, 'before')).toBe(FOUND);
  expect(placed(FOUND, new Set([0]), 2, 'before')).toBe(FOUND);
  expect(placed(FOUND, new Set([1]), 1, 'after')).toBe(FOUND);
});
