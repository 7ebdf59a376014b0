import { expect, test } from 'vitest';
import { measureStages } from './progress.ts';
import type { Progress } from './result.ts';

test('time left follows the stage’s own pace once there is one, and the estimate before and after', async () => {
  let clock = 0;
  const reports: Progress[] = [];
  const { stage, times } = measureStages(
    { model: 1, tokens: 10, cluster: 4, follow: 2 },
    (progress) => reports.push(progress),
    () => clock,
  );
  await stage('tokens', 'frames', async (report) => {
    clock = 4000;
    report(1, 100);
    report(20, 100);
    clock = 20_000;
    report(100, 100);
  });
  // At first the estimate; at 1 % what is left of it; at 20 % the pace, 4 s for a fifth; each with the 6 s to come.
  expect(reports.map(({ left }) => left)).toEqual([16, 12, 22, 6]);
  expect(times).toEqual([{ stage: 'tokens', seconds: 20 }]);
});

test('stages to come take what was found out about the device meanwhile', async () => {
  const left: Progress['left'][] = [];
  const { stage, expect: estimate } = measureStages(
    { model: 1, tokens: 10, cluster: 4, follow: 2 },
    (progress) => left.push(progress.left),
    () => 0,
  );
  await stage('cluster', 'rows', async (report) => {
    estimate({ model: 1, tokens: 20, cluster: 8, follow: 30 });
    report(0, 100);
  });
  expect(left).toEqual([6, 38]);
});
