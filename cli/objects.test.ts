import { expect, it } from 'vitest';
import { numberForeground, numberObjects } from './objects.ts';

const cluster = (id: number, tokens: number, background = false) => ({
  id,
  tokens,
  background,
  share: tokens / 100,
  frames: 1,
  border: 0,
});

it('numbers objects by size, with the background at 0', () => {
  const { objectOf, objects, leftOut } = numberObjects(
    [cluster(0, 50, true), cluster(1, 5), cluster(2, 30), cluster(3, 5), cluster(4, 0)],
    255,
  );
  expect(objectOf).toEqual([0, 2, 1, 3, 0]);
  expect(objects.map(({ id }) => id)).toEqual([2, 1, 3]);
  expect(leftOut).toBe(0);
});

it('keeps the largest and counts the others', () => {
  const { objectOf, leftOut } = numberObjects([cluster(0, 10), cluster(1, 20), cluster(2, 30)], 2);
  expect(objectOf).toEqual([0, 2, 1]);
  expect(leftOut).toBe(1);
});

it('numbers the background too when asked to', () => {
  const { objectOf } = numberObjects([cluster(0, 50, true), cluster(1, 5)], 255, true);
  expect(objectOf).toEqual([1, 2]);
});

it('joins all that is not background into one object', () => {
  const clusters = [cluster(0, 50, true), cluster(1, 5), cluster(2, 30)];
  const { objectOf, objects } = numberForeground(clusters, cluster(2, 35));
  expect(objectOf).toEqual([0, 1, 1]);
  expect(objects.map(({ tokens }) => tokens)).toEqual([35]);
  expect(numberForeground([cluster(0, 50, true)], null)).toEqual({ objectOf: [0], objects: [], leftOut: 0 });
});
