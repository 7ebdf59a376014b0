import { describe, expect, test, vi } from 'vitest';
import { followedOf, SETTINGS } from '../../../test/page-workers.ts';
import { sameMasks } from '../../engine/mask/packed.ts';
import type { Stroke } from '../../engine/mask/strokes.ts';
import type { LabelMap } from '../../engine/mask/types.ts';
import type { RunResult } from '../../engine/session/result.ts';
import { LabelCache } from './label-cache.ts';
import type { VideoObject } from './objects.ts';

const map = (width: number, height: number, labelAt: (pixel: number) => number): LabelMap => ({
  width,
  height,
  labels: Uint16Array.from({ length: width * height }, (_, pixel) => labelAt(pixel)),
});

test.each([
  ['one area', () => 3],
  ['runs over the ends of rows', (pixel: number) => Math.floor(pixel / 7)],
  ['no two neighbours alike', (pixel: number) => (pixel * 17) % 65_536],
  ['the largest label', (pixel: number) => (pixel === 5 ? 65_535 : 0)],
])('packed and unpacked a map is the same: %s', (_, labelAt) => {
  const cache = new LabelCache(12, 5, null, {});
  const given = map(12, 5, labelAt);
  cache.set(0, given);
  // Others take its place among those that are kept unpacked.
  for (let frame = 1; frame < 9; frame++)
    cache.set(
      frame,
      map(12, 5, () => frame),
    );
  const found = cache.get(0);
  expect(found).not.toBe(given);
  expect(found).toEqual(given);
  expect(cache.get(0), 'unpacked once').toBe(found);
});

test('a newer map of a frame takes the older one’s place', () => {
  const cache = new LabelCache(4, 1, null, {});
  cache.set(
    2,
    map(4, 1, () => 1),
  );
  cache.set(
    2,
    map(4, 1, () => 2),
  );
  expect(cache.get(2)!.labels).toEqual(Uint16Array.of(2, 2, 2, 2));
});

test('beyond the budget the oldest go, the newest never', () => {
  // Every pixel a run: eight bytes each, 16 MB a map, six of them within 96 MB.
  const noisy = map(2000, 1000, (pixel) => pixel % 2);
  const cache = new LabelCache(2000, 1000, null, {});
  for (let frame = 0; frame < 6; frame++) cache.set(frame, noisy);
  expect(cache.full).toBe(true);
  cache.set(0, noisy);
  cache.set(6, noisy);
  expect([0, 1, 2, 6].map((frame) => cache.has(frame))).toEqual([true, false, true, true]);
  expect(cache.get(1)).toBeUndefined();
});

test('what is missing is the first that is not there, and a map that comes is reported', () => {
  const cache = new LabelCache(1, 1, null, {});
  const listener = vi.fn();
  const stop = cache.subscribe(listener);
  cache.set(
    4,
    map(1, 1, () => 0),
  );
  expect(cache.missing([4, 5, 6])).toBe(5);
  expect(cache.missing([4])).toBeUndefined();
  expect([listener.mock.calls.length, cache.fetched()]).toEqual([1, 1]);
  stop();
  cache.set(
    5,
    map(1, 1, () => 0),
  );
  expect([listener.mock.calls.length, cache.fetched()]).toEqual([1, 2]);
});

test('maps from before an edit keep the objects that they were made with, the latest first', () => {
  const named = (name: string) => [{ id: 1, name }] as VideoObject[];
  const first = new LabelCache(2, 1, null, {});
  first.set(
    0,
    map(2, 1, () => 1),
  );
  first.set(
    1,
    map(2, 1, () => 2),
  );
  const second = new LabelCache(2, 1, null, {});
  second.set(
    1,
    map(2, 1, () => 3),
  );
  const earlier = second.earlier(named('second'), first.earlier(named('first')));
  expect(earlier.get(0)).toEqual({ map: map(2, 1, () => 1), objects: named('first') });
  expect(earlier.get(1)).toEqual({ map: map(2, 1, () => 3), objects: named('second') });
  expect(earlier.get(2)).toBeNull();
});

describe('masks are the same', () => {
  const stroke: Stroke = {
    frame: 1,
    points: [0, 1],
    radius: 0.1,
    carried: Int32Array.of(3),
    to: 2,
    from: [1],
  };
  const masks = { parts: Int32Array.of(0, 1), strokes: [stroke] };
  test('however they were made', () => {
    expect(sameMasks({}, { strokes: [] })).toBe(true);
    expect(sameMasks(masks, { parts: Int32Array.of(0, 1), strokes: [{ ...stroke, from: [1] }] })).toBe(true);
  });
  test.each([
    ['a part', { ...masks, parts: Int32Array.of(0, 2) }],
    ['no parts', { strokes: [stroke] }],
    ['another stroke', { ...masks, strokes: [{ ...stroke, to: 1 }] }],
    ['what it carries', { ...masks, strokes: [{ ...stroke, carried: Int32Array.of(3, 4) }] }],
    ['one more', { ...masks, strokes: [stroke, stroke] }],
    ['τ', { ...masks, tau: 0.2 }],
  ])('but not with %s', (_, other) => expect(sameMasks(masks, other)).toBe(false));
});

test('the map of a quick look stays until the frame’s own can be had, and is then fetched', () => {
  const cache = new LabelCache(2, 2, null, {});
  const flat = map(1, 1, () => 3);
  cache.set(4, flat, true);
  expect(cache.missing([4], () => true)).toBeUndefined();
  expect(cache.missing([4], () => false)).toBe(4);
  expect(cache.get(4)!.labels).toEqual(Uint16Array.of(3));
  cache.set(4, flat);
  expect(cache.missing([4], () => false)).toBeUndefined();
});

describe('a later result of a run', () => {
  const cached = (of: RunResult) => {
    const cache = new LabelCache(2, 1, of, {});
    for (let frame = 0; frame < 3; frame++)
      cache.set(
        frame,
        map(2, 1, () => frame),
      );
    return cache;
  };
  const framesOf = (cache: LabelCache) => [0, 1, 2].filter((frame) => cache.has(frame));
  const before = followedOf(SETTINGS, [0, 1, 2]);
  const clusters = [...before.clusters, before.clusters[0]!];

  test('keeps the maps of frames that it leaves as they are', () => {
    const end = followedOf(SETTINGS, [0, 1, 2]);
    expect(framesOf(cached(before).after(end))).toEqual([0, 1, 2]);
    expect(cached(before).after(end).get(1)).toEqual(map(2, 1, () => 1));
    end.clustering.labels[9]! += 1;
    expect(framesOf(cached(before).after(end))).toEqual([0, 2]);
  });

  test('while newcomers are followed, only their frames are made anew', () => {
    const newcomers = { ...followedOf(SETTINGS, [0, 2]), clusters };
    expect(framesOf(cached(before).after(newcomers))).toEqual([0, 2]);
  });

  test('keeps none where instances were told apart, of other settings or leaves, of a quick look, and no preview', () => {
    const end = followedOf(SETTINGS, [0, 1, 2]);
    const none = [
      { ...end, clusters },
      { ...end, settings: { ...SETTINGS, tau: 0.3 } },
      { ...end, followed: { ...end.followed!, mark: 'other' } },
      { ...end, followed: null },
    ];
    for (const other of none) expect(framesOf(cached(before).after(other))).toEqual([]);
    expect(framesOf(cached(followedOf(SETTINGS, [0, 1, 2], { quick: true })).after(end))).toEqual([]);
    const previews = new LabelCache(2, 1, before, {});
    previews.set(
      1,
      map(2, 1, () => 1),
      true,
    );
    expect(framesOf(previews.after(end))).toEqual([]);
  });
});
