import { expect, test } from 'vitest';
import type { Encoding } from '../../engine/export/encoders.ts';
import { USUAL_EFFECTS } from '../../engine/mask/effects.ts';
import {
  containerFor,
  contentOf,
  type ExportChoice,
  encodingOf,
  exportObjects,
  freeName,
  USUAL_CHOICE,
} from './exports.ts';
import type { VideoObject } from './objects.ts';

const choice: ExportChoice = { ...USUAL_CHOICE, backdrop: 'green', gifWidth: 320 };
const encoding = (codec: Encoding['codec']): Encoding => ({
  codec,
  size: { width: 8, height: 8 },
  bitrate: 1,
});
const webmOnly = { mp4: null, webm: encoding('vp9'), alpha: null };

test('the container is the one chosen, or the one that this browser can write', () => {
  expect(containerFor(choice, null)).toBe('mp4');
  expect(containerFor(choice, webmOnly)).toBe('webm');
  const effects = { ...USUAL_EFFECTS, feather: 3 };
  const overlay = { paints: [], looks: [], effects, trails: null };
  expect(contentOf(choice, webmOnly, overlay)).toMatchObject({ kind: 'overlay', container: 'webm', overlay });
  expect(contentOf({ ...choice, kind: 'cutout' }, webmOnly, overlay)).toMatchObject({
    edge: { feather: 3, shift: 0 },
  });
});

test('what cannot be encoded is distinguished from what is no video', () => {
  expect(encodingOf(choice, null)).toBeUndefined();
  expect(encodingOf(choice, webmOnly)).toEqual(encoding('vp9'));
  expect(encodingOf({ ...choice, kind: 'cutout' }, webmOnly)).toBeNull();
  expect(encodingOf({ ...choice, kind: 'csv' }, webmOnly)).toBeUndefined();
});

test('objects are numbered from 1 in the list’s order; their class is the one that a user gave, or else the name', () => {
  const object = (id: number, change: Partial<VideoObject> = {}): VideoObject => ({
    id,
    clusters: [id],
    name: '',
    colour: 0,
    visible: true,
    locked: false,
    background: false,
    ...change,
  });
  const list = [
    object(7),
    object(3, { name: 'horse', clusters: [3, 4] }),
    object(9),
    object(0, { background: true }),
  ];
  expect(exportObjects(list, new Set([3, 9, 0]), ({ id }) => `Object ${id}`)).toEqual([
    { index: 1, name: 'Object 3', category: 'horse', clusters: [3, 4] },
    { index: 2, name: 'Object 9', category: 'object', clusters: [9] },
    { index: 3, name: 'Object 0', category: 'background', clusters: [0] },
  ]);
  const classes = [{ id: 4, name: 'animal', colour: 0 }];
  const classed = list.map((one) => (one.id === 9 || one.id === 3 ? { ...one, classId: 4 } : one));
  const named = exportObjects(classed, new Set([7, 3, 9]), ({ id }) => `Object ${id}`, classes);
  expect(named.map(({ category }) => category)).toEqual(['object', 'animal', 'animal']);
});

test('files of several clips have names of their own', () => {
  const taken = new Set(['a-coco.json', 'a-coco-2.json', 'b']);
  expect(freeName('c-coco.json', taken)).toBe('c-coco.json');
  expect(freeName('a-coco.json', taken)).toBe('a-coco-3.json');
  expect(freeName('b', taken)).toBe('b-2');
});
