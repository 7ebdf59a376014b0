import { expect, test } from 'vitest';
import { latest } from './latest.ts';

/** A job whose ends are in the test's hands. */
function held() {
  const started: number[] = [];
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const job = (wish: number) =>
    new Promise<void>((resolve, reject) => {
      started.push(wish);
      ends.push({ resolve, reject });
    });
  return { started, ends, job };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test('wishes that newer ones overtook while a job ran are dropped', async () => {
  const { started, ends, job } = held();
  const wish = latest(job, () => undefined);
  wish(1);
  wish(2);
  wish(3);
  expect(started).toEqual([1]);
  ends[0]!.resolve();
  await settled();
  expect(started).toEqual([1, 3]);
  ends[1]!.resolve();
  await settled();
  wish(4);
  expect(started).toEqual([1, 3, 4]);
});

test('a job that fails is told of, and the newest wish still has its turn', async () => {
  const { started, ends, job } = held();
  const failures: unknown[] = [];
  const wish = latest(job, (error) => failures.push(error));
  wish(1);
  wish(2);
  const fault = new Error('no');
  ends[0]!.reject(fault);
  await settled();
  expect(failures).toEqual([fault]);
  expect(started).toEqual([1, 2]);
});
