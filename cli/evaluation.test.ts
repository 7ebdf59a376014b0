import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { numberClusters, savedOutcome, saveOutcome } from './evaluation.ts';

it('numbers objects first, the largest with 1, then what counts as background', () => {
  const cluster = (id: number, tokens: number, background: boolean) => ({
    ...{ id, tokens, background },
    ...{ share: 0, frames: 1, border: 0 },
  });
  const clusters = [cluster(0, 90, true), cluster(1, 5, false), cluster(2, 20, false), cluster(3, 5, false)];
  expect(numberClusters(clusters)).toEqual({ objectOf: [4, 2, 1, 3], objects: 3 });
  expect(numberClusters([])).toEqual({ objectOf: [], objects: 0 });
});

it('keeps outcomes, and has those that failed tried again', async () => {
  const out = await mkdtemp(join(tmpdir(), 'unprompted-'));
  const done = { variant: 'run', sequence: 'a/b', run: null, scores: {}, error: null };
  await saveOutcome(out, 'run', done);
  expect(await savedOutcome(out, 'run', 'a/b')).toEqual(done);
  await saveOutcome(out, 'run', { ...done, error: { code: 'png/damaged', message: 'cut' } });
  expect(await savedOutcome(out, 'run', 'a/b')).toBeNull();
  expect(await savedOutcome(out, 'run', 'c')).toBeNull();
  await rm(out, { recursive: true });
});
