import { expect, test } from 'vitest';
import { digestOf, type Making } from './digest.ts';

const making: Making = {
  version: '1.0.0',
  model: { id: 'tiny', file: { url: 'a', bytes: 5, sha256: 'ab' } },
  typed: { tau: 0.2, stride: 2 },
  most: 255,
  everything: false,
  single: false,
  edges: undefined,
  exports: ['davis', 'coco'],
};
const digest = digestOf(making, [10]);

test('the order in which settings and exports were typed, and the path of weights, do not matter', () => {
  const { url: _, ...file } = making.model.file;
  const same = { ...making, typed: { stride: 2, tau: 0.2 }, exports: ['coco', 'davis'] };
  expect(digestOf({ ...same, model: { id: 'tiny', file: { ...file, url: 'b' } } }, [10])).toBe(digest);
});

test.each([
  ['version', { version: '1.0.1' }],
  ['setting', { typed: { tau: 0.3, stride: 2 } }],
  ['device', { typed: { tau: 0.2, stride: 2, device: 'wasm' } }],
  ['setting less', { typed: { tau: 0.2 } }],
  ['weights', { model: { id: 'tiny', file: { url: 'a', bytes: 5, sha256: 'cd' } } }],
  ['objects', { most: 3 }],
  ['outlines', { edges: false }],
  ['export', { exports: ['davis'] }],
] satisfies [string, Partial<Making>][])('another %s is another digest', (_, change) => {
  expect(digestOf({ ...making, ...change }, [10])).not.toBe(digest);
});

test('another clip of the same name is another digest', () => {
  expect(digestOf(making, [11])).not.toBe(digest);
});
