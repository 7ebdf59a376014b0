import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { followedIn, writeAt, writeWhole } from '../write.ts';
import { closeAlone, isBegun, openAlone, wholeAlone } from './folder.ts';

test('a clip that is alone goes on with the masks of a run to the same end, and with no others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unprompted-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, '00001.png'), 'of a run before');
  await utimes(join(folder, '00001.png'), 1, 1);

  expect([...(await openAlone(folder, 'a'))]).toEqual([]);
  await utimes(join(folder, 'unfinished'), 2, 2);
  await writeWhole(join(folder, '00000.png'), 'mask');
  expect([...(await openAlone(folder, 'a'))]).toEqual(['00000.png']);

  await writeAt(followedIn(folder), 0, Buffer.from('followed'));
  expect([await isBegun(folder, 'a'), await isBegun(folder, 'b')]).toEqual([true, false]);
  expect([...(await openAlone(folder, 'b'))]).toEqual([]);
  expect(await readdir(folder), 'what was followed to another end is gone').not.toContain('followed');
  await writeAt(followedIn(folder), 0, Buffer.from('followed'));
  await closeAlone(folder);
  expect((await readdir(folder)).sort()).toEqual(['00000.png', '00001.png']);
});

test('of a clip that is alone and whole there is nothing left to do, made the same way', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unprompted-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  expect(await wholeAlone(folder, 'a')).toBeNull();
  const record = JSON.stringify({ digest: 'a', frames: [], objects: [], seconds: 1 });
  await writeWhole(join(folder, 'run.json'), record);
  expect([await wholeAlone(folder, 'a'), await wholeAlone(folder, 'b')]).toEqual([record, null]);
  await openAlone(folder, 'a');
  expect(await wholeAlone(folder, 'a')).toBeNull();
});
