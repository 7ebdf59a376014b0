import { expect, test } from 'vitest';
import { type Look, looksOf, paintsOf, USUAL_OVERLAY } from './appearance.ts';
import type { VideoObject } from './objects.ts';

const object = (id: number, change: Partial<VideoObject> = {}): VideoObject => ({
  id,
  clusters: [id],
  name: '',
  colour: id,
  visible: true,
  locked: false,
  background: false,
  ...change,
});
const objects = [object(1), object(2), object(0, { background: true, visible: false })];
const look = (change: Partial<Look> = {}): Look => ({
  overlay: { opacity: 0.5, outlines: true, patterns: false },
  usual: 'fill',
  hovered: null,
  selected: new Set(),
  solo: null,
  ...change,
});
const fills = (change: Partial<Look>) => paintsOf(objects, look(change)).map(({ fill }) => fill);

test('shown objects are filled, hidden ones and clusters without an object are bare', () => {
  expect(fills({})).toEqual([0.5, 0.5, 0, 0]);
});

test('what is pointed at stands out, but a hidden background does not', () => {
  const [first, second] = fills({ hovered: 1 });
  expect(first).toBeGreaterThan(second!);
  expect(fills({ hovered: 0 })).toEqual(fills({}));
});

test('solo shows one object, hidden or not', () => {
  expect(fills({ solo: 0 })).toEqual([0, 0, 0.5, 0]);
});

test('an object’s own look goes before that of all; what is not shown has none', () => {
  const own = [object(1, { look: 'pixelate' }), object(2), object(0, { background: true, visible: false })];
  expect(looksOf(own, look({ usual: 'outline' }))).toEqual(['pixelate', 'outline', null]);
  const paints = paintsOf(own, look({ usual: 'outline' }));
  expect(paints.map(({ fill }) => fill)).toEqual([0, 0, 0, 0]);
  expect(paints.map(({ outline }) => outline)).toEqual([0, 1, 0, 0]);
});

test('with patterns on, neighbours in the list differ in more than colour', () => {
  const overlay = { opacity: 0.5, outlines: true, patterns: true };
  const [first, second] = paintsOf(objects, look({ overlay }));
  expect(first!.pattern).not.toBe(second!.pattern);
});

test('a selected object looks different from others as they are drawn at first', () => {
  const usual = look({ overlay: USUAL_OVERLAY });
  const [chosen, other] = paintsOf(objects, { ...usual, selected: new Set([1]) });
  const [before] = paintsOf(objects, usual);
  expect(chosen).not.toEqual(before);
  expect(chosen!.rim).toBeDefined();
  expect(other!.rim).toBeUndefined();
});

test('a selected object keeps its outline when outlines are off', () => {
  const overlay = { opacity: 0.5, outlines: false, patterns: false };
  const outlines = paintsOf(objects, look({ overlay, selected: new Set([2]) })).map(({ outline }) => outline);
  expect(outlines).toEqual([0, 1, 0, 0]);
});
