import { expect, test } from 'vitest';
import { shardOf, typedShard } from './shard.ts';

const names = Array.from({ length: 1000 }, (_, i) => `clip ${i}`);

test('parts are disjoint, whole, about equal, and the same for ever', () => {
  const counts = [0, 0, 0, 0];
  for (const name of names) counts[shardOf(name, 4) - 1]! += 1;
  expect(counts.reduce((sum, count) => sum + count)).toBe(1000);
  for (const count of counts) expect(count).toBeGreaterThan(200);
  // First 48 bits of the name's SHA-256, by the number of parts.
  expect(['horse', 'dog', 'é'].map((name) => shardOf(name, 5))).toEqual([2, 2, 4]);
  expect(shardOf('e\u0301', 7)).toBe(shardOf('\u00e9', 7));
});

const slurm = { SLURM_ARRAY_TASK_ID: '3', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_MAX: '4' };

test.each([
  ['2/4', {}, { index: 2, of: 4 }],
  ['auto', { ...slurm, SLURM_ARRAY_TASK_COUNT: '4' }, { index: 3, of: 4 }],
  [
    'auto/8',
    { SLURM_ARRAY_TASK_ID: '3', SLURM_ARRAY_TASK_COUNT: '1', SLURM_ARRAY_TASK_MIN: '3' },
    { index: 4, of: 8 },
  ],
  ['auto/3', { JOB_COMPLETION_INDEX: '2' }, { index: 3, of: 3 }],
  ['auto', { AWS_BATCH_JOB_ARRAY_INDEX: '0', AWS_BATCH_JOB_ARRAY_SIZE: '2' }, { index: 1, of: 2 }],
])('--shard %s with %o', (text, env, shard) => {
  expect(typedShard('segment', text, env)).toEqual(shard);
});

test.each([
  ['0/4', {}, /from 1 to N/],
  ['5/4', {}, /from 1 to N/],
  ['half', {}, /from 1 to N/],
  ['auto', {}, /found none/],
  ['auto', { JOB_COMPLETION_INDEX: '2' }, /how many parts/],
  // Only some tasks submitted again: their count is not that of the parts.
  ['auto', { ...slurm, SLURM_ARRAY_TASK_COUNT: '2' }, /how many parts/],
  ['auto/3', { JOB_COMPLETION_INDEX: '3' }, /none of 3 parts/],
])('--shard %s with %o is refused', (text, env, expected) => {
  expect(() => typedShard('segment', text, env)).toThrow(expected);
});
