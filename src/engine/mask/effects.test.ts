import * as v from 'valibot';
import { expect, test } from 'vitest';
import { effectsSchema, USUAL_EFFECTS } from './effects.ts';

const reads = (change: object) => v.safeParse(effectsSchema, { ...USUAL_EFFECTS, ...change }).success;

test('what can be set is read, to the ends of its range', () => {
  expect(v.parse(effectsSchema, USUAL_EFFECTS)).toEqual(USUAL_EFFECTS);
  for (const change of [
    { background: 'colour', colour: 0xffffff },
    { objects: 'pixelate', strength: 0.08 },
    { feather: 32, shift: -32, trail: true },
  ])
    expect(reads(change)).toBe(true);
});

test.each([
  { background: 'toString' },
  { background: null },
  { colour: 0x1000000 },
  { colour: 0.5 },
  { objects: '<img onerror>' },
  { strength: 0 },
  { strength: Number.NaN },
  { feather: -1 },
  { feather: 1e9 },
  { shift: Number.POSITIVE_INFINITY },
  { shift: '3' },
  { trail: 1 },
])('%o is refused', (change) => {
  expect(reads(change)).toBe(false);
});
