import { expect, test } from 'vitest';
import { planFollowing } from './plan.ts';

const shots = [{ start: 10, end: 50 }];
const plan = (seen?: number) =>
  planFollowing(shots, { most: 4, ratio: 1, stride: 1, ...(seen !== undefined && { seen }) });

test('a frame that has to be seen takes the place of the sample nearest to it, the order stays', () => {
  expect([...plan().samples]).toEqual([15, 25, 35, 45]);
  expect([...plan(10).samples]).toEqual([10, 25, 35, 45]);
  expect([...plan(49).samples]).toEqual([15, 25, 35, 49]);
  expect([...plan(35).samples]).toEqual([15, 25, 35, 45]);
  expect([...plan(29).samples]).toEqual([15, 29, 35, 45]);
  expect(plan(10).keys).toEqual(plan().keys);
});

test('a frame outside of the shots changes nothing', () => {
  expect([...plan(50).samples]).toEqual([15, 25, 35, 45]);
});
